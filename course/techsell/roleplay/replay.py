"""Play a transcript again from its inputs and compare what it says was answered with what is answered now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from techsell.errors import ContentError, RoleplayError

from .asking import Recogniser, Recognisers, own_recogniser, shipped_recogniser
from .engine import ENGINE, fold, step
from .events import SCHEMA
from .reading import Hearing
from .rubric import Scorecard, score_state
from .transcript import Finding, Session, Transcript

if TYPE_CHECKING:
    from .model import Scenario
    from .state import State

__all__ = [
    "Pins",
    "Replay",
    "SessionReport",
    "Verification",
    "is_input",
    "read_by",
    "rendered",
    "replay",
    "score",
    "shipped",
    "unknown_readers",
    "verify",
]

Pins = Callable[[str], "Scenario | None"]
"""A scenario version by its fingerprint, None when it is not known here."""


def is_input(event: Mapping[str, Any]) -> bool:
    """Whether an event is something that was done; the others only show what came of it."""
    return event["type"] != "CustomerRendered" and not (event["type"] == "Ended" and event["data"]["by"] != "learner")


def rendered(scenario: Scenario, event: Mapping[str, Any], after: State) -> list[tuple[str, Mapping[str, Any]]]:
    """The display events that follow an input: kinds and data."""
    if event["type"] not in {"SessionStarted", "LearnerPicked", "LearnerSaid", "LearnerChose", "Ended"}:
        return []
    typed = event["type"] in {"LearnerSaid", "LearnerChose"}
    took_no_turn = typed and after.seq != event["seq"]
    spoken = after.aside if took_no_turn else after.history[-1].lines
    said = [line for line in spoken if line.speaker != "you"]
    if took_no_turn and not said:
        return []
    lines = [{"speaker": line.speaker, "text": line.text} for line in said]
    shown: dict[str, Any] = {"lines": lines} if after.engine < 2 else {"lines": lines, "turn": after.turn}
    found: list[tuple[str, Mapping[str, Any]]] = [("CustomerRendered", shown)]
    if after.over and (typed or event["type"] == "LearnerPicked"):
        spent = scenario.compiled.ending(after.ending).trigger == "budget"
        found.append(("Ended", {"by": "time" if spent else "customer"}))
    return found


@dataclass(frozen=True)
class Replay:
    """Where the events lead, and what is odd on the way. `state` is None when not even the start holds."""

    state: State | None
    findings: tuple[Finding, ...]


def read_by(session: Session) -> dict[str, int]:
    """Fingerprints of the recognisers that read what was typed, each with the line of the file where it begins."""
    found: dict[str, int] = {}
    now = session.start.get("nlu", "")
    for event, line in zip(session.events, session.lines, strict=True):
        if event["type"] == "RecogniserChanged":
            now = event["data"]["nlu"]
        elif event["type"] == "LearnerSaid":
            found.setdefault(now, line)
    return found


def unknown_readers(session: Session, recognisers: Recognisers) -> dict[str, int]:
    """Those of `read_by` that are not known here; with one of them missing nothing is replayed nor scored."""
    return {name: line for name, line in read_by(session).items() if recognisers(name) is None}


def _the_one_here(_fingerprint: str) -> Recogniser:
    return own_recogniser()


def replay(scenario: Scenario, session: Session, recognisers: Recognisers = _the_one_here) -> Replay:
    """Fold the inputs of a conversation; stops where something cannot have happened.

    Args:
        recognisers: finds the one that read a typed line, by its fingerprint; every line is read by that of the package
            when left out.
    """
    state: State | None = None
    findings: list[Finding] = []
    expected: list[tuple[str, Mapping[str, Any]]] = []
    drift = 0
    for event, line in zip(session.events, session.lines, strict=True):
        if is_input(event):
            ears = _ears(event, state, recognisers)
            try:
                state = step(scenario, state, event, ears)
            except RoleplayError as error:
                message = f"{error.problem}; what stands before it counts"
                findings.append(Finding(line, "break", message))
                break
            if ears is not None and "read" in event["data"] and event["data"]["read"] != ears.note.get("read"):
                message = "the reading noted here is not what the recogniser makes of the line; the replay counts"
                findings.append(Finding(line, "edit", message))
            expected = rendered(scenario, event, state)
            continue
        shown = expected.pop(0) if expected else None
        if shown is None or (event["type"], event["data"]) != (shown[0], dict(shown[1])):
            drift += 1
            if drift == 1:
                message = "the answer noted here is not what the customer says; the replay counts"
                findings.append(Finding(line, "edit", message))
    return Replay(state, tuple(findings))


def _ears(event: Mapping[str, Any], state: State | None, recognisers: Recognisers) -> Hearing | None:
    """Whoever read a typed line; None for all other events."""
    if event["type"] != "LearnerSaid" or state is None:
        return None
    found = recognisers(state.nlu)
    if found is None:
        raise LookupError(f"recogniser {state.nlu!r} is not known here: ask unknown_readers first")
    return Hearing(found)


@dataclass(frozen=True)
class SessionReport:
    """One conversation of a file, derived again."""

    line: int
    scenario: str
    version: str
    """first digits of the fingerprint"""
    mode: str
    learner: str
    attempt: int
    seed: int
    finished: bool
    scorecard: Scorecard | None
    """None when the version is not known here"""
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return self.scorecard is not None and all(finding.kind == "note" for finding in self.findings)


@dataclass(frozen=True)
class Verification:
    """A whole file, derived again. `sound`: nothing was changed and every version is known."""

    sessions: tuple[SessionReport, ...]
    findings: tuple[Finding, ...]
    """of lines that belong to no conversation"""

    @property
    def sound(self) -> bool:
        odd = any(finding.kind != "note" for finding in self.findings)
        return bool(self.sessions) and not odd and all(session.sound for session in self.sessions)


def score(scenario: Scenario, events: Iterable[Mapping[str, Any]], recogniser: Recogniser | None = None) -> Scorecard:
    """The scorecard of a conversation from its events, as far as it goes.

    Args:
        recogniser: reads all typed lines, whoever read them then; that of the package when left out.

    Raises:
        RoleplayError: the events cannot have happened in this scenario.
    """
    return score_state(scenario, fold(scenario, events, recogniser=recogniser))


def shipped(sha: str) -> Scenario | None:
    """`Pins` over the scenarios that come with the package."""
    from .load import list_scenarios, load_scenario

    for name in list_scenarios():
        try:
            scenario = load_scenario(name)
        except ContentError:
            continue  # a broken file pins nothing; lint says what is wrong with it
        if scenario.fingerprint == sha:
            return scenario
    return None


def verify(text: str | bytes, pins: Pins = shipped, recognisers: Recognisers = shipped_recogniser) -> Verification:
    """Check the chain, replay, compare and score every conversation of a transcript file.

    Args:
        text: the file's content.
        pins: finds a scenario version; by default among those of this package.
        recognisers: finds the recogniser that read a typed line; by default that of this package, if it is the same.
    """
    transcript = Transcript.parse(text)
    reports = tuple(_report(session, pins, recognisers) for session in transcript.sessions)
    return Verification(reports, transcript.findings)


def _report(session: Session, pins: Pins, recognisers: Recognisers) -> SessionReport:
    start = session.start
    scenario = pins(start["scenario_sha"]) if start["schema"] <= SCHEMA and start["engine"] <= ENGINE else None
    findings = list(session.findings)
    scorecard, finished = None, False
    unknown = unknown_readers(session, recognisers)
    if scenario is None:
        message = f"version {start['scenario_sha'][:12]} of {start['scenario'][:60]!r} is not known here"
        findings.append(Finding(session.line, "break", message))
    elif unknown:
        for name, line in unknown.items():
            message = f"the recogniser {name[:12] or 'of no name'} that read this is not known here"
            findings.append(Finding(line, "break", message))
    else:
        result = replay(scenario, session, recognisers)
        findings += result.findings
        if result.state is not None:
            scorecard, finished = score_state(scenario, result.state), result.state.over
    return SessionReport(
        line=session.line,
        scenario=start["scenario"],
        version=start["scenario_sha"][:12],
        mode=start["mode"],
        learner=start["learner"],
        attempt=start["attempt"],
        seed=start["seed"],
        finished=finished,
        scorecard=scorecard,
        findings=tuple(sorted(findings, key=lambda finding: finding.line)),
    )
