"""Detectors over what was done: each reads how customers took the learner's lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import why
from .signs import Sign, Wanted, about, clean_line, coverage_line, does, line_of, opens, quote, tidy, useful

if TYPE_CHECKING:
    from techsell.roleplay.model import Criterion
    from techsell.roleplay.state import Reacted, Turn

    from .call import Call

__all__ = ["FAULTS", "faults"]

Chooser = Callable[["Call", "Turn", "Reacted"], "Criterion | None"]
Wanting = Callable[["Call", "Turn", "Reacted"], tuple[Wanted, ...]]
Wording = Callable[["Call", "Turn", "Reacted"], str]


@dataclass(frozen=True)
class Fault:
    """One reaction that costs something: why it matters, the rubric's line, what would have been better."""

    kind: str
    why: Wording
    line: Chooser
    wanted: Wanting


def _measured(call: Call, turn: Turn, reacted: Reacted) -> Criterion | None:
    return None


def _clean(call: Call, turn: Turn, reacted: Reacted) -> Criterion | None:
    return clean_line(call, reacted.reaction)


def _outcome(call: Call, turn: Turn, reacted: Reacted) -> Criterion | None:
    return line_of(call, "outcome")


def _nothing(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    return ()


def _sequence(call: Call, turn: Turn, reacted: Reacted) -> Criterion | None:
    label = turn.moves[reacted.move].label
    return line_of(call, "sequence", lambda one: one.evidence.kind == "sequence" and label in one.evidence.labels)


def _impact(call: Call, turn: Turn, reacted: Reacted) -> Criterion | None:
    return coverage_line(call, *_asked_for(call, turn, reacted))


def _asked_for(call: Call, turn: Turn, reacted: Reacted) -> list[str]:
    """Facts that the move in question asks for."""
    move = turn.moves[reacted.move]
    return [
        fact.id
        for fact in call.scenario.facts
        if move.label in fact.unlock.labels and not set(move.topics).isdisjoint(fact.unlock.topics)
    ]


def _warmly(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    finds, warm = opens(*_asked_for(call, turn, reacted)), does("confirms", "acknowledged")
    return (lambda tried: finds(tried) and warm(tried), warm)


def _playback(call: Call, turn: Turn, reacted: Reacted) -> Criterion | None:
    return line_of(call, "playback")


def _rightly(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    same = about("confirms", *reacted.about.split(","))
    return (same, does("confirms"))


def _carried(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    proof = does("hears_proof", "hears_pitch")
    if reacted.reply:
        return (does("thanks", "respects"), proof)
    objections = does("settles", "acknowledged")
    return (objections, proof) if any(move.objection for move in turn.moves) else (proof, objections)


def _short(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    return (about("thanks", reacted.about), about("respects", reacted.about))


def _objection(call: Call, turn: Turn, reacted: Reacted) -> Criterion | None:
    return line_of(
        call, "clean", lambda one: one.evidence.kind == "clean" and reacted.about in tuple(one.evidence.objections)
    )


def _in_order(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    return (about("settles", reacted.about), about("acknowledged", reacted.about))


def _deciders(call: Call, turn: Turn, reacted: Reacted) -> Criterion | None:
    return coverage_line(call, *(fact.id for fact in call.scenario.facts if fact.kind == "decision"))


def _along(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    return (does("grants"), opens(*(fact.id for fact in call.scenario.facts if fact.kind == "decision")))


def _trouble_facts(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    kinds = {"problem", "impact", "constraint", "belief", "payoff"}
    return (opens(*(fact.id for fact in call.scenario.facts if fact.kind in kinds and fact.id not in call.noise)),)


def _needed(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    needs = next((one.needs for one in call.scenario.commitments if one.id == reacted.about), None)
    return (opens(*needs.facts),) if needs is not None else ()


def _vetoer(call: Call, turn: Turn, reacted: Reacted) -> tuple[Wanted, ...]:
    veto = call.compiled.personas[reacted.speaker].veto
    own = [fact.id for fact in call.scenario.facts if fact.holder == reacted.speaker]
    return (opens(*veto.when.not_facts), opens(*own)) if veto is not None else (opens(*own),)


FAULTS: dict[str, Fault] = {
    "told_early": Fault("told_early", why.told_early, _sequence, _nothing),
    "cools": Fault("pressed_cold", why.cools, _impact, _warmly),
    "corrects": Fault("twisted_playback", why.corrects, _playback, _rightly),
    "premature_playback": Fault("unsaid_playback", why.premature, _playback, _nothing),
    "doubts": Fault("overclaim", why.doubts, _clean, _carried),
    "winces": Fault("ran_down_a_rival", why.winces, _clean, _nothing),
    "glazes": Fault("lectured", why.glazes, _measured, _short),
    "notes_dodge": Fault("dodged", why.dodges, _measured, _short),
    "insists": Fault("objection_out_of_order", why.insists, _objection, _in_order),
    "bristles": Fault("bypassed", why.bristles, _deciders, _along),
    "tires": Fault("too_many_situation_questions", why.tires, _measured, _trouble_facts),
    "refuses": Fault("asked_too_early", why.refuses, _outcome, _needed),
    "vetoes": Fault("veto_ignored", why.vetoes, _outcome, _vetoer),
    "offended": Fault("rude", why.offended, _clean, _nothing),
    "puzzled": Fault("unclear", why.unread, _measured, _nothing),
    "overlong": Fault("unclear", why.unread, _measured, _nothing),
    "foreign": Fault("unclear", why.unread, _measured, _nothing),
}
"""by the customers' reaction"""


def faults(call: Call) -> Iterator[Sign]:
    """Everything that was taken amiss, one sign for each occurrence."""
    for turn, reacted in call.reactions(*FAULTS):
        fault = FAULTS[reacted.reaction]
        criterion = fault.line(call, turn, reacted)
        threw_out = reacted.reaction in _threw_out(call)
        if threw_out and (criterion is None or criterion.evidence.kind == "coverage"):
            criterion = line_of(call, "outcome") or criterion
        number = _where(call, turn, reacted)
        yield Sign(
            kind=fault.kind,
            turn=number,
            line=criterion.id if criterion is not None else "",
            observed=_observed(call, number, turn, reacted),
            why=fault.why(call, turn, reacted),
            estimate=call.unit(criterion) if criterion is not None else 100 * max(0, -reacted.trust),
            wanted=(*fault.wanted(call, turn, reacted), *useful(call)),
            decisive=threw_out,
        )


def _threw_out(call: Call) -> frozenset[str]:
    """The reactions by which the call ended, where it ended for the worse because of what had happened too often."""
    if not call.state.over:
        return frozenset()
    end = call.compiled.ending(call.state.ending)
    return frozenset(end.when.at_least) if end.kind in {"ejected", "polite_no"} else frozenset()


def _where(call: Call, turn: Turn, reacted: Reacted) -> int:
    """A question passed over in silence could have been answered in the turn after it was put."""
    if reacted.reaction != "notes_dodge" or reacted.move >= 0:
        return turn.number
    since = call.before[turn.number].pending_since + 1
    return since if since in call.before else turn.number


def _observed(call: Call, number: int, turn: Turn, reacted: Reacted) -> str:
    own = call.turn(number)
    last = 0 <= reacted.move == len(turn.moves) - 1 and reacted.move > 0
    words = quote(call.words(own if own is not None else turn), end=last)
    answer = next((line.text for line in turn.lines if line.speaker == reacted.speaker), "")
    told = f" {call.name(reacted.speaker)}: {quote(answer, 90)}." if answer and number == turn.number else ""
    cost = f" Trust {call.trust_before(turn.number)} → {turn.trust}." if reacted.trust < 0 else ""
    return tidy(f"In turn {number} you said {words}.{told}{cost}")
