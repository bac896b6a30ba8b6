"""What a hand-in's transcripts prove: every declared attempt replayed against its pinned scenario; the best counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .asking import Recognisers, shipped_recogniser
from .chance import declared_seed
from .conversation import MAX_ATTEMPTS
from .engine import ENGINE
from .events import SCHEMA
from .replay import read_by, replay, unknown_readers
from .rubric import Scorecard, score_state
from .transcript import Session, Transcript

if TYPE_CHECKING:
    from .model import Scenario

__all__ = ["Assessment", "AttemptResult", "assess_hand_in"]


@dataclass(frozen=True)
class AttemptResult:
    """One declared attempt. `total` is None when its scenario version is not known here."""

    attempt: int
    line: int
    total: float | None
    passed: bool
    finished: bool
    needs_person: bool
    reasons: tuple[str, ...]
    scorecard: Scorecard | None


@dataclass(frozen=True)
class Assessment:
    """The verdict on a hand-in.

    `best` is 0 to 100, or None when a person must look first. `reasons` say everything that was found odd. `undecided`:
    `best` stands, but whether it passes hangs on how unclear lines are read, and no other attempt passes for sure.
    """

    best: float | None
    passed: bool
    needs_person: bool
    reasons: tuple[str, ...]
    attempts: tuple[AttemptResult, ...]
    undecided: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types, scorecards included."""
        return {
            "best": self.best,
            "passed": self.passed,
            "needs_person": self.needs_person,
            "undecided": self.undecided,
            "reasons": list(self.reasons),
            "attempts": [
                {
                    "attempt": attempt.attempt,
                    "line": attempt.line,
                    "total": attempt.total,
                    "passed": attempt.passed,
                    "finished": attempt.finished,
                    "needs_person": attempt.needs_person,
                    "reasons": list(attempt.reasons),
                    "scorecard": attempt.scorecard.as_dict() if attempt.scorecard else None,
                }
                for attempt in self.attempts
            ],
        }


def assess_hand_in(
    text: str | bytes,
    *,
    scenario_id: str,
    learner: str,
    pins: Callable[[str], Scenario | None],
    recognisers: Recognisers = shipped_recogniser,
) -> Assessment:
    """Score what was handed in. Never raises for what stands in the file.

    Args:
        text: content of `<scenario>.transcript.jsonl`: up to three declared attempts one after the other.
        scenario_id: the scenario that was to be played.
        learner: whose hand-in it is, as the collector knows it, not as the file says.
        pins: a released scenario version by its fingerprint, None when there is none.
        recognisers: a recogniser by its fingerprint, None when it is not known; by default that of this package.
            Asked only for attempts in which something was typed.

    Returns:
        The best attempt's score. A broken chain: what stands before the break is replayed. An unknown version of the
        scenario or of the recogniser: `needs_person`, never 0. Another learner's seed: 0 and `needs_person`. A pass
        that hangs on how an unclear line is read, with no other attempt that passes for sure: `needs_person`.
        Practice, another scenario, a stored score: passed over, with the reason.
    """
    transcript = Transcript.parse(text)
    reasons = [str(finding) for finding in transcript.findings]
    attempts: list[AttemptResult] = []
    for session in transcript.sessions:
        why_not = _passed_over(session, scenario_id, {result.attempt for result in attempts})
        if why_not:
            reasons.append(f"line {session.line}: {why_not}")
            continue
        result = _attempt(session, scenario_id, learner, pins, recognisers)
        attempts.append(result)
        reasons += result.reasons
    if not attempts and not reasons:
        reasons.append("the transcript is empty")
    if not attempts:
        reasons.append("there is no declared attempt in this hand-in")
    totals = [result.total for result in attempts if result.total is not None]
    best: float | None = max(totals, default=0.0)
    if not best and any(result.total is None for result in attempts):
        best = None
    hangs = [result for result in attempts if result.scorecard is not None and result.scorecard.needs_person]
    sure = any(result.passed and result not in hangs for result in attempts)
    undecided = bool(hangs) and not sure
    if undecided:
        reasons += [_hangs(result) for result in hangs]
    return Assessment(
        best=best,
        passed=any(result.passed for result in attempts),
        needs_person=any(result.needs_person for result in attempts) or undecided,
        reasons=tuple(reasons),
        attempts=tuple(attempts),
        undecided=undecided,
    )


def _hangs(result: AttemptResult) -> str:
    card = result.scorecard
    if card is None:
        return ""
    turns = ", ".join(str(turn) for turn in card.depends_on) or "several together"
    between = f"between {card.low:.2f} and {card.high:.2f}, {card.pass_mark} pass"
    return f"attempt {result.attempt}: {between}; it hangs on how turns {turns} are read; a person must look"


def _passed_over(session: Session, scenario_id: str, seen: set[int]) -> str:
    """Why a conversation does not count at all, or nothing."""
    start = session.start
    attempt = start["attempt"]
    if start["scenario"] != scenario_id:
        return f"a conversation with {start['scenario'][:60]!r} proves nothing about {scenario_id!r}"
    if start["mode"] != "declared":
        return "a practice run does not count; play a declared attempt"
    if not 1 <= attempt <= MAX_ATTEMPTS:
        return f"there are {MAX_ATTEMPTS} declared attempts; number {attempt} does not count"
    if attempt in seen:
        return f"attempt {attempt} stands here twice; the first counts"
    return ""


def _knows_typing(scenario: Scenario) -> bool:
    """Whether this version came with rules that know typed text: only then does everybody have words for nonsense."""
    return all("puzzled" in persona.lines for persona in scenario.personas)


def _attempt(
    session: Session,
    scenario_id: str,
    learner: str,
    pins: Callable[[str], Scenario | None],
    recognisers: Recognisers,
) -> AttemptResult:
    start = session.start
    attempt = start["attempt"]
    name = f"attempt {attempt}"
    found = [f"{name}, {finding}" for finding in session.findings]

    def result(
        total: float | None, person: bool, scorecard: Scorecard | None = None, over: bool = False
    ) -> AttemptResult:
        return AttemptResult(
            attempt=attempt,
            line=session.line,
            total=total,
            passed=scorecard is not None and scorecard.passed,
            finished=over,
            needs_person=person,
            reasons=tuple(found),
            scorecard=scorecard,
        )

    if start["learner"] != learner:
        found.append(f"{name}: played by {start['learner'][:60]!r}, handed in by {learner!r}; a person must look")
        return result(0.0, True)
    if start["seed"] != declared_seed(learner, scenario_id, attempt):
        found.append(f"{name}: its seed is not the one of this learner and attempt; a person must look")
        return result(0.0, True)
    if start["schema"] > SCHEMA or start["engine"] > ENGINE:
        found.append(f"{name}: written by a later techsell than this one; a person must look")
        return result(None, True)
    scenario = pins(start["scenario_sha"])
    if scenario is not None and start["engine"] < 2 and _knows_typing(scenario):
        found.append(f"{name}: its rules are older than the version of the scenario; a person must look")
        return result(0.0, True)
    if scenario is None:
        version = start["scenario_sha"][:12]
        found.append(f"{name}: version {version} of {scenario_id!r} is not among those released; a person must look")
        return result(None, True)
    if scenario.id != scenario_id:
        found.append(f"{name}: what was played is {scenario.id!r}, which proves nothing about {scenario_id!r}")
        return result(0.0, True)
    found += _readers(name, session, recognisers)
    if unknown_readers(session, recognisers):
        return result(None, True)
    played = replay(scenario, session, recognisers)
    found += [f"{name}, {finding}" for finding in played.findings]
    if played.state is None:
        return result(0.0, False)
    if not played.state.over:
        found.append(f"{name}: the call was not ended; it is scored as far as it goes")
    scorecard = score_state(scenario, played.state)
    return result(scorecard.total, False, scorecard, played.state.over)


def _readers(name: str, session: Session, recognisers: Recognisers) -> list[str]:
    """What is to be said of the recognisers that read an attempt: an update on the way, those not known here."""
    lines = read_by(session)
    said = []
    if len(lines) > 1:
        parts = ", ".join(f"{which[:12]} from line {line} on" for which, line in lines.items())
        said.append(f"{name}: techsell was updated during the call; each line is read as it was then ({parts})")
    for which in unknown_readers(session, recognisers):
        version = which[:12] or "without a name"
        said.append(f"{name}: the recogniser that read it ({version}) is not known here; a person must look")
    return said
