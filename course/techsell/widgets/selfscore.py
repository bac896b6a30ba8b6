"""The learner's own marks on a finished call, given before the score is seen, and how far they were from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from techsell.errors import MoveNotAllowed
from techsell.roleplay.debrief import calibration

if TYPE_CHECKING:
    from techsell.progress import Store
    from techsell.roleplay import Scorecard

__all__ = ["SelfScores"]


@dataclass(frozen=True)
class SelfScores:
    """The own marks of one scenario's calls in a store: `progressed` on `<module>/<scenario>/self_score`."""

    store: Store
    object: str

    def of(self, key: str) -> Mapping[str, Any] | None:
        """What was said of the call `key`, None while it is not marked yet.

        Returns:
            `marks` by line, `error` (mean absolute difference from the score, in points of 100), `lean` (mean
            difference, positive where the learner saw more than there was), `skipped`.
        """
        events = self.store.events(object=f"{self.object}/self_score", verb="progressed")
        return next((event.result for event in events if event.context.get("conversation") == key), None)

    def mark(self, key: str, marks: Mapping[str, int], card: Scorecard) -> None:
        """Keep the marks of a finished call, once.

        Raises:
            MoveNotAllowed: it is marked already, or a line has no mark.
            UsageError: a mark is no whole number from 0 to 4, or for a line that does not exist.
            StoreError: it could not be recorded.
        """
        self._still_open(key)
        missing = next((line for line in card.lines if line.id not in marks), None)
        if missing is not None:
            cure = "Give every line a whole number from 0 to 4"
            raise MoveNotAllowed(f"{missing.id} has no mark yet", place=missing.title, cure=cure)
        apart = calibration(marks, card)
        own = {line["id"]: marks[line["id"]] for line in apart["lines"]}
        self._keep(key, {"marks": own, "error": apart["mean"], "lean": apart["lean"], "skipped": False})

    def skip(self, key: str) -> None:
        """Go to the debrief without marks; that is kept too.

        Raises:
            MoveNotAllowed: it is marked already.
            StoreError: it could not be recorded.
        """
        self._still_open(key)
        self._keep(key, {"marks": {}, "error": None, "lean": None, "skipped": True})

    def _still_open(self, key: str) -> None:
        if self.of(key) is not None:
            raise MoveNotAllowed("This call has its marks", place=key, cure="Read the debrief")

    def _keep(self, key: str, result: Mapping[str, Any]) -> None:
        self.store.append("progressed", f"{self.object}/self_score", result=result, context={"conversation": key})
