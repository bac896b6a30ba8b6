"""What a new version of a scenario changes: things, reach, what bots score, what stored calls are worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from techsell.roleplay.bots import BOTS, simulate

from .reach import Reach

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario
    from techsell.roleplay.transcript import Session

__all__ = ["Change", "Difference", "Regraded", "compare", "regrade"]

SPACES = (
    *("personas", "topics", "facts", "plant", "datasheet", "questions", "objections", "commitments", "endings"),
    *("options", "rubric", "variants", "rumours"),
)


@dataclass(frozen=True)
class Change:
    """One thing added, removed or changed; `fields` names what is other than before, as `field: old -> new`."""

    place: str
    what: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Regraded:
    """One stored conversation under both versions. Totals are of 100; None where it cannot be played."""

    file: str
    line: int
    before: float | None
    after: float | None
    ending_before: str | None
    ending_after: str | None
    passed_before: bool
    passed_after: bool
    note: str = ""

    @property
    def changed(self) -> bool:
        return (self.before, self.ending_before, self.passed_before) != (
            self.after,
            self.ending_after,
            self.passed_after,
        )


@dataclass(frozen=True)
class Difference:
    """All of it. `bots` has means of 100 before and after; `same` when the versions are one and the same."""

    old: str
    new: str
    same: bool
    changes: tuple[Change, ...]
    reach: tuple[str, ...]
    """facts and endings that can be reached now or no longer"""
    bots: tuple[tuple[str, float, float], ...]
    transcripts: tuple[Regraded, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        data = asdict(self)
        data["changes"] = [change | {"fields": list(change["fields"])} for change in data["changes"]]
        data["reach"] = list(self.reach)
        data["bots"] = {bot: {"before": before, "after": after} for bot, before, after in self.bots}
        data["transcripts"] = [asdict(entry) | {"changed": entry.changed} for entry in self.transcripts]
        return data


def compare(old: Scenario, new: Scenario, *, runs: int = 0, transcripts: tuple[Regraded, ...] = ()) -> Difference:
    """Hold two versions side by side.

    Args:
        runs: calls that bots play in each version; 0 leaves the scores out.
        transcripts: from `regrade`.
    """
    bots: tuple[tuple[str, float, float], ...] = ()
    if runs:
        before = simulate({old.id: old}, runs=runs)[old.id]
        after = simulate({new.id: new}, runs=runs)[new.id]
        bots = tuple((bot, round(before[bot].mean, 2), round(after[bot].mean, 2)) for bot in BOTS)
    return Difference(
        old=f"{old.id} {old.version} {old.fingerprint[:12]}",
        new=f"{new.id} {new.version} {new.fingerprint[:12]}",
        same=old.fingerprint == new.fingerprint,
        changes=tuple(_changes(old, new)),
        reach=tuple(_reach(old, new)),
        bots=bots,
        transcripts=transcripts,
    )


def _changes(old: Scenario, new: Scenario) -> Iterator[Change]:
    before, after = (version.model_dump(mode="json", by_alias=True) for version in (old, new))
    for space in SPACES:
        was = {str(thing["id"]): thing for thing in before.pop(space, None) or ()}
        now = {str(thing["id"]): thing for thing in after.pop(space, None) or ()}
        yield from (Change(f"{space}.{name}", "removed") for name in was if name not in now)
        yield from (Change(f"{space}.{name}", "added") for name in now if name not in was)
        for name, thing in now.items():
            if name in was and was[name] != thing:
                yield Change(f"{space}.{name}", "changed", tuple(_fields(was[name], thing)))
        shared = [name for name in was if name in now]
        if shared != [name for name in now if name in was]:
            yield Change(space, "changed", ("order",))
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Change(name, "changed", tuple(_fields({name: before.get(name)}, {name: after.get(name)})))


def _fields(was: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name in dict.fromkeys((*was, *now)):
        old, new = was.get(name), now.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _fields(old, new, f"{path}{name}.")
        else:
            yield f"{path}{name}: {_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:
    text = "nothing" if value in (None, [], {}) else str(value)
    return text if len(text) <= 48 else f"{text[:47]}…"


def _reach(old: Scenario, new: Scenario) -> Iterator[str]:
    before, after = Reach(old), Reach(new)
    for what in ("facts", "endings"):
        was, now = getattr(before, what), getattr(after, what)
        there = {thing.id for thing in getattr(new, what)}
        was_there = {thing.id for thing in getattr(old, what)}
        yield from (f"{what}.{name}: can no longer be reached" for name in sorted(was & there - now))
        yield from (f"{what}.{name}: can be reached now" for name in sorted(now & was_there - was))
        yield from (f"{what}.{name}: new, and out of reach" for name in sorted(there - was_there - now))


def regrade(old: Scenario, new: Scenario, file: str, raw: bytes) -> tuple[Regraded, ...]:
    """Play the conversations of a transcript under both versions; those with other scenarios are passed over."""
    from techsell.roleplay.transcript import Transcript

    return tuple(
        _regraded(old, new, file, session)
        for session in Transcript.parse(raw).sessions
        if session.start["scenario"] in {old.id, new.id}
    )


def _regraded(old: Scenario, new: Scenario, file: str, session: Session) -> Regraded:

    notes = [] if session.start["scenario_sha"] == old.fingerprint else ["not played with the old version"]
    before, after = _played(old, session), _played(new, session)
    notes += [f"{name} version: {played.stop}" for name, played in (("old", before), ("new", after)) if played.stop]
    return Regraded(
        file,
        session.line,
        before.total,
        after.total,
        before.ending,
        after.ending,
        before.passed,
        after.passed,
        "; ".join(notes),
    )


@dataclass(frozen=True)
class _Played:
    total: float | None
    ending: str | None
    passed: bool
    stop: str


def _played(version: Scenario, session: Session) -> _Played:
    from techsell.roleplay.replay import replay
    from techsell.roleplay.rubric import score_state

    result = replay(version, session)
    stop = next((str(finding) for finding in result.findings if finding.kind == "break"), "")
    if result.state is None:
        return _Played(None, None, False, stop)
    card = score_state(version, result.state)
    return _Played(card.total, result.state.ending or None, card.passed, stop)
