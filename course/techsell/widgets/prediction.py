"""A prediction: an option and a probability, committed before the data are seen, scored after."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets.traitlets as t

from techsell.errors import MoveNotAllowed, TechsellError
from techsell.questions import Prediction as PredictionText

from .binding import Binding
from .theme import PREDICTION, compose

__all__ = ["Prediction", "brier"]

LEAST, MOST = 50, 100


def brier(probability: int, right: bool) -> float:
    """Squared distance between how sure somebody was and what happened.

    Args:
        probability: of the statement chosen, in per cent, 0 to 100.
        right: whether that statement turned out true.

    Returns:
        0 for sure and right, 0.25 for a coin toss, 1 for sure and wrong.

    Source: G. W. Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78 (1950),
    in its one-sided form (p - outcome)².
    """
    distance = 100 - probability if right else probability
    return distance * distance / 10_000


class Prediction(anywidget.AnyWidget):
    """One prediction of a module.

    Committing appends `predicted` on `<module>/<prediction>` with `{option, probability, right, brier}`, once and for
    ever. Setting `reveal` to true, or pressing the button, shows the truth and appends `completed`. Both are read back
    from the store.

    Example:
        >>> bet = lesson("discovery_conversation").prediction("closing_effect")  # doctest: +SKIP
        >>> bet.commit(0, 80)  # doctest: +SKIP
        >>> bet.reveal = True  # doctest: +SKIP
    """

    _esm = compose(*PREDICTION)
    _css = compose("theme.css", "questions.css")

    view = t.Dict(help="all that the front end shows; plain JSON").tag(sync=True)
    reveal = t.Bool(False, help="the truth is shown; needs a commit first and stays").tag(sync=True)

    def __init__(self, text: PredictionText, binding: Binding, *, module: str) -> None:
        self._text = text
        self._store = binding.store
        self._note = binding.note
        self._object = f"{module}/{text.id}"
        self._said = self._restored()
        super().__init__()
        if self._said and self._store.latest(self._object, verb="completed"):
            self.reveal = True
        self.observe(self._on_reveal, names="reveal")
        self.on_msg(self._receive)
        self._paint()

    def _restored(self) -> tuple[int, int] | None:
        events = self._store.events(object=self._object, verb="predicted")
        result = (events[0].result or {}) if events else {}
        option, probability = result.get("option"), result.get("probability")
        if not isinstance(option, int) or not isinstance(probability, int) or option >= len(self._text.options):
            return None
        return option, probability

    @property
    def committed(self) -> tuple[int, int] | None:
        """Option (counted from 0) and probability in per cent, or None before the commit."""
        return self._said

    def commit(self, option: int, probability: int) -> None:
        """Commit to an option with a probability of 50 to 100 per cent.

        A second commit, numbers out of range and failures of the store are shown in the widget.
        """
        try:
            self._commit(option, probability)
        except TechsellError as error:
            self._paint(notice=str(error))
        else:
            self._paint()

    def _commit(self, option: int, probability: int) -> None:
        if self._said is not None:
            raise MoveNotAllowed("The prediction is made", place=self._object, cure="Read what the data say")
        if not 0 <= option < len(self._text.options):
            raise MoveNotAllowed(f"There is no option {option}", place=self._object, cure="Pick one of those shown")
        if not LEAST <= probability <= MOST:
            raise MoveNotAllowed(
                f"{probability} % is not between {LEAST} and {MOST}",
                place=self._object,
                cure="Below 50 % you would rather pick another answer",
            )
        right = option == self._text.truth
        result = {"option": option, "probability": probability, "right": right, "brier": brier(probability, right)}
        self._store.append("predicted", self._object, result=result)
        self._said = (option, probability)

    @t.validate("reveal")
    def _reveal_needs_commit(self, proposal: Any) -> bool:
        if self._said is None and proposal["value"]:
            self._paint(notice="Commit to an expectation first; then the data may speak.")
        return self._said is not None and (bool(proposal["value"]) or self.reveal)

    def _on_reveal(self, change: Any) -> None:
        if not change["new"]:
            return
        try:
            if not self._store.latest(self._object, verb="completed"):
                self._store.append("completed", self._object, result=self._result())
        except TechsellError as error:
            self._paint(notice=str(error))
        else:
            self._paint()

    def _result(self) -> dict[str, Any]:
        option, probability = self._said or (0, LEAST)
        right = option == self._text.truth
        return {"right": right, "brier": brier(probability, right)}

    def _paint(self, notice: str = "") -> None:
        said = self._said
        truth = {"truth": self._text.truth, "after": self._text.after, **self._result()}
        self.view = {
            "text": self._text.text,
            "options": list(self._text.options),
            "note": self._note,
            "notice": notice,
            "reply": self.view.get("reply", 0) + 1,
            "committed": {"option": said[0], "probability": said[1]} if said else None,
            "revealed": truth if said and self.reveal else None,
        }

    def _receive(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        if content.get("do") == "reveal":
            self._show_truth()
        elif content.get("do") == "commit":
            option, probability = content.get("option"), content.get("probability")
            if isinstance(option, int) and isinstance(probability, int):
                self.commit(option, probability)
            else:
                self._paint(notice="Pick an option, and give a whole number from 50 to 100.")

    def _show_truth(self) -> None:
        if self.reveal:
            self._paint()
        self.reveal = True
