"""One turn from end to end: the learner's moves in order, then the ending or the customer's own initiative."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .chance import variant_of
from .company import come_and_go
from .draft import Draft
from .labels import REACTIONS
from .ledger import recall
from .moves import take
from .state import Source, State

if TYPE_CHECKING:
    from .compiled import Compiled
    from .model import End, Move

__all__ = ["ENGINE", "hang_up", "open_call", "take_turn"]

ENGINE = 2
"""Version of the rules; noted in every transcript, and a call is always played by those it began with.

1: menu only. 2: typed text, patience, vetoes, plant answers to any question, a cap on what is picked.
"""

PATIENCE_FOR_ANSWERS = 2
"""Turns in which a customer's question may stay unanswered; then it counts as dodged."""


def open_call(
    compiled: Compiled,
    *,
    seed: int,
    mode: str,
    learner: str,
    attempt: int,
    seq: int,
    engine: int = ENGINE,
    nlu: str = "",
    ledger: tuple[tuple[str, str], ...] = (),
) -> State:
    """The state after the greeting, turn 0.

    Args:
        engine: version of the rules to play by.
        nlu: fingerprint of the recogniser, for the record.
        ledger: what earlier calls left behind: about, company; newest first.
    """
    scenario = compiled.scenario
    present = tuple(persona.id for persona in scenario.personas if persona.joins is None)
    blank = State(
        seed=seed,
        variant=variant_of(seed, len(scenario.variants)),
        mode=mode,
        learner=learner,
        attempt=attempt,
        seq=seq,
        turn=-1,
        trust=scenario.trust.start,
        speaker=present[0],
        present=present,
        facts=(),
        pending="",
        pending_since=0,
        ending="",
        hints=0,
        situations=0,
        warm=False,
        flags=compiled.mask("present", present),
        used=0,
        resting=-1,
        asked=0,
        told=0,
        played=0,
        thread=0,
        slots=(),
        progress=(),
        counts=(0,) * len(REACTIONS),
        credited=frozenset(),
        worn=frozenset(),
        history=(),
        before=None,
        engine=engine,
        nlu=nlu,
        ledger=ledger,
    )
    draft = Draft(compiled, blank)
    for persona in present:
        draft.react("greets", speaker=persona)
        recall(draft, persona)
    _speak_up(draft)
    return draft.freeze(option="", used=0, resting=-1, seq=seq)


def take_turn(
    compiled: Compiled,
    state: State,
    moves: Sequence[Move],
    *,
    to: str = "",
    said: str = "",
    option: int = -1,
    seq: int = 0,
    source: Source = "picked",
    low: tuple[Move, ...] | None = None,
    raw: str = "",
) -> State:
    """The state after the learner's moves.

    Args:
        moves: what the learner did, in order; from an option or recognised in typed text.
        to: who is addressed, or empty for anybody who can answer.
        said: the learner's words, for the record.
        option: index of the option picked, or -1.
        seq: number of the event.
        source: how the words came: typed, confirmed after 'Did you mean', or picked.
        low: the less favourable reading of a typed line, where there is doubt.
        raw: what was typed.
    """
    # Whoever is insulted hears nothing else of the line.
    moves = [move for move in moves if move.trouble] or moves
    draft = Draft(compiled, state, to=to, moves=moves, said=said, source=source)
    for index, move in enumerate(draft.moves):
        draft.move = index
        take(draft, move)
    draft.move = -1
    if draft.pending and draft.turn - draft.pending_since >= PATIENCE_FOR_ANSWERS:
        _lapse(draft)
    end = _ending(draft)
    if end is None:
        if not come_and_go(draft):
            _speak_up(draft)
    else:
        _finish(draft, end)
    used, resting = state.used, -1
    name = place = ""
    if option >= 0:
        entry = compiled.options[option]
        name = entry.option.id
        place = compiled.lines[f"options.{name}.text", entry.option.text]
        # What was guarded, pressed too coldly or asked too early can be tried again, after a turn's rest.
        if draft.stalled:
            resting = option
        elif not entry.option.repeatable:
            used |= entry.bit
    return draft.freeze(option=name, used=used, resting=resting, seq=seq, low=low, raw=raw, option_line=place)


def hang_up(compiled: Compiled, state: State, seq: int) -> State:
    """The learner ends the call; a turn without moves."""
    draft = Draft(compiled, state)
    draft.turn = state.turn
    for end, rule in compiled.endings:
        if end.trigger == "hang_up" and rule.holds(draft.flags, draft.trust, draft.turn, draft.counts):
            _finish(draft, end)
            break
    return draft.freeze(option="", used=state.used, resting=-1, seq=seq)


def _ending(draft: Draft) -> End | None:
    """The first ending in file order that is due; at trust 0 the learner is shown the door."""
    compiled = draft.compiled
    if draft.trust == 0:
        return next((end for end, _ in compiled.endings if end.kind == "ejected"), compiled.endings[-1][0])
    spent = draft.turn >= compiled.scenario.budget.turns
    for end, rule in compiled.endings:
        due = (
            end.trigger == "condition"
            or (end.trigger == "budget" and spent)
            or (end.trigger == "commitment" and end.id in draft.ends)
        )
        if due and rule.holds(draft.flags, draft.trust, draft.turn, draft.counts):
            return end
    return None


def _finish(draft: Draft, end: End) -> None:
    draft.ending = end.id
    draft.say(end.speaker or draft.speaker, end.says, f"endings.{end.id}.says")


def _speak_up(draft: Draft) -> None:
    """At most one thing the customers bring up themselves: an objection, else a question."""
    bits = draft.compiled.bits
    for objection, rule in draft.compiled.objections:
        bit = bits["open", objection.id]
        if draft.asked & bit or not draft.here(objection.holder):
            continue
        if rule.holds(draft.flags, draft.trust, draft.turn, draft.counts):
            draft.asked |= bit
            draft.flags |= bit
            draft.say(objection.holder, objection.says, f"objections.{objection.id}.says")
            return
    if draft.pending:
        return
    for question, rule in draft.compiled.questions:
        bit = bits["pending", question.id]
        if draft.asked & bit or not draft.here(question.asker):
            continue
        if rule.holds(draft.flags, draft.trust, draft.turn, draft.counts):
            draft.asked |= bit
            draft.flags |= bit
            draft.pending, draft.pending_since = question.id, draft.turn
            draft.say(question.asker, question.says, f"questions.{question.id}.says")
            return


def _lapse(draft: Draft) -> None:
    """A question passed over in silence was dodged."""
    asker = draft.asker()
    question, draft.pending = draft.pending, ""
    draft.drop("pending", question)
    draft.react("notes_dodge", draft.rules.dodge, speaker=asker, about=question)
