"""How a customer takes each kind of move. One small function a label; `take` sends a move to its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from .answering import answer
from .company import stopped_by
from .trouble import take_trouble

if TYPE_CHECKING:
    from .compiled import Compiled, FactIndex, PlantIndex
    from .draft import Draft
    from .model import Move

__all__ = ["find_fact", "take"]

Found = tuple[Literal["opens", "guarded", "heard"], "FactIndex"]


def find_fact(
    compiled: Compiled,
    label: str,
    topics: int,
    past: bool,
    flags: int,
    trust: int,
    holder: str = "",
    wanted: str | None = None,
) -> Found | None:
    """The fact a question meets: the first that opens, else one under too little trust, else one heard before.

    Args:
        topics: mask of the question's topics.
        past: whether it asks about something that happened.
        flags: `State.flags`: who is there, which facts are open.
        holder: only this person's facts, where one person is addressed.
        wanted: the fact that is meant, where it is known; what comes of it goes before others on its topic.
    """
    entries = compiled.facts_by_label[label]
    if wanted:
        own = tuple(entry for entry in entries if entry.fact.id == wanted)
        if found := _first(own, topics, past, flags, trust, holder):
            return found
    return _first(entries, topics, past, flags, trust, holder)


def _first(
    entries: tuple[FactIndex, ...], topics: int, past: bool, flags: int, trust: int, holder: str
) -> Found | None:
    guarded = heard = None
    for entry in entries:
        if not entry.topics & topics or not flags & entry.present or (holder and entry.fact.holder != holder):
            continue
        unlock = entry.fact.unlock
        if flags & entry.bit:
            heard = heard or entry
        elif flags & entry.after == entry.after and (past or not unlock.past):
            if unlock.min_trust <= trust:
                return "opens", entry
            guarded = guarded or entry
    if guarded:
        return "guarded", guarded
    return ("heard", heard) if heard else None


def take(draft: Draft, move: Move) -> None:
    """Let the customers react to one move; the draft holds what comes of it."""
    draft.thread |= draft.compiled.topic_mask(move.topics)
    if move.trouble and draft.modern:
        take_trouble(draft, move)
    elif move.attacks_rival:
        draft.react("winces", draft.rules.attacks_rival)
    elif move.manner and draft.pending:
        answer(draft, move)
    elif move.bypasses and draft.here(move.bypasses):
        draft.react("bristles", draft.rules.bypass, speaker=move.bypasses, about=move.bypasses)
    else:
        _BY_LABEL[move.label](draft, move)
        if move.slots and move.label not in _FRAMING and draft.agree(move.slots):
            draft.react("agrees_frame", silent=True)


def _situation(draft: Draft, move: Move) -> None:
    asked = [other for other in draft.moves[: max(0, draft.move)] if other.label == "situation"]
    if asked and draft.source != "picked":
        _question(draft, move)  # a typed line with several is one question in several words
        return
    draft.situations += 1
    if draft.situations > draft.rules.situation_allowance:
        draft.react("tires", draft.rules.situation_excess)
    _question(draft, move)


def _implication(draft: Draft, move: Move) -> None:
    """Consequences: pressed before anything was taken in, they cool; a typed line that the plant sheet answers asks
    for no more than that."""
    if draft.warm or (draft.source != "picked" and move.plant and not move.fact_wanted):
        _question(draft, move)
        return
    draft.stalled = True
    draft.react("cools", draft.rules.cold_implication)


def _clarify(draft: Draft, move: Move) -> None:
    about_something_else = draft.source != "picked" and not move.objection and (move.plant or move.fact_wanted)
    if about_something_else or not _deal(draft, move):
        _question(draft, move)
    elif move.fact_wanted and not draft.flags & draft.compiled.facts[move.fact_wanted].bit:
        _brings_out(draft, move)


def _question(draft: Draft, move: Move) -> None:
    """Any question: a fact, else the plant sheet, else a shrug. Unlocking looks at the trust before the bonus."""
    topics = draft.compiled.topic_mask(move.topics)
    wanted = move.fact_wanted
    found = find_fact(draft.compiled, move.label, topics, move.past, draft.flags, draft.trust, draft.to, wanted)
    if found and found[0] == "opens":
        draft.disclose(found[1], _past_credit(draft, move))
    elif found and found[0] == "guarded":
        fact = found[1].fact
        place = f"facts.{fact.id}.guarded"
        draft.stalled = True
        credit = _past_credit(draft, move)
        draft.react("guards", credit, speaker=fact.holder, line=fact.guarded, place=place, about=fact.id)
    elif not ((draft.modern or move.label in {"situation", "clarify"}) and _plant(draft, move, topics)):
        if found:
            draft.react("repeats", speaker=found[1].fact.holder, about=found[1].fact.id)
        elif not _too_early(draft, move):
            draft.react("shrugs")


def _too_early(draft: Draft, move: Move) -> bool:
    """A typed question for a fact whose turn has not come: its guarded words, where it has any, and no credit."""
    entry = draft.compiled.facts.get(move.fact_wanted or "")
    if entry is None or draft.source == "picked" or not entry.fact.guarded or draft.flags & entry.bit:
        return False
    fact = entry.fact
    fits = move.label in fact.unlock.labels and (move.past or not fact.unlock.past)
    if not fits or not draft.here(fact.holder) or (draft.to and draft.to != fact.holder):
        return False
    draft.stalled = True
    draft.react("guards", speaker=fact.holder, line=fact.guarded, place=f"facts.{fact.id}.guarded", about=fact.id)
    return True


def _plant(draft: Draft, move: Move, topics: int) -> bool:
    """Answer from the plant sheet, something new where there is any; False where it has nothing on this."""
    given = None
    entries = draft.compiled.plants
    if move.plant:
        entries = tuple(entry for entry in entries if entry.plant.id == move.plant)
        topics = -1
    for entry in entries:
        if not entry.topics & topics or not draft.flags & entry.present:
            continue
        if draft.to and entry.plant.holder != draft.to:
            continue
        if draft.told & entry.bit:
            given = given or entry
            continue
        _tell(draft, move, entry)
        return True
    if given:
        draft.react("repeats", speaker=given.plant.holder, about=given.plant.id)
    return given is not None


def _tell(draft: Draft, move: Move, entry: PlantIndex) -> None:
    draft.told |= entry.bit
    plant = entry.plant
    place = f"plant.{plant.id}.says"
    credit = _past_credit(draft, move)
    draft.react("answers", credit, speaker=plant.holder, line=plant.says, place=place, about=plant.id, lead=True)


def _past_credit(draft: Draft, move: Move) -> int:
    """A question about what happened earns its step of trust once, however often it is put."""
    key = f"{move.label}:{','.join(move.topics)}"
    if not move.past or key in draft.credited:
        return 0
    draft.credited = draft.credited | {key}
    return draft.rules.past_question


def _reflect(draft: Draft, move: Move) -> None:
    facts = [draft.compiled.facts[name] for name in move.facts]
    holder = facts[-1].fact.holder if facts and not draft.to and draft.here(facts[-1].fact.holder) else ""
    about = ",".join(move.facts)
    if move.wrong:
        draft.react("corrects", draft.rules.wrong_playback, speaker=holder, about=about)
    elif not facts:
        _sympathise(draft)
    elif not all(draft.flags & entry.bit for entry in facts):
        draft.react("premature_playback", speaker=holder, about=about)
    elif any(entry.bit & draft.compiled.decoys[draft.before.variant] for entry in facts):
        # Said as noise, played back as trouble: that twists it as well.
        draft.react("corrects", draft.rules.wrong_playback, speaker=holder, about=about)
    elif all(draft.played & entry.bit for entry in facts):
        draft.react("repeats", speaker=holder, about=about)
    else:
        for entry in facts:
            draft.played |= entry.bit
            draft.thread |= entry.topics
        draft.warm = True
        draft.react("confirms", draft.rules.accurate_playback, speaker=holder, about=about)
        _brings_out(draft, move)


def _sympathise(draft: Draft) -> None:
    draft.warm = True
    draft.react("acknowledged")


def _acknowledge(draft: Draft, move: Move) -> None:
    if not _deal(draft, move):
        _sympathise(draft)
        _brings_out(draft, move)


def _deal(draft: Draft, move: Move) -> bool:
    """Take a step with an open objection; False when the move has nothing to do with one."""
    for objection, _ in draft.compiled.objections:
        if not draft.flags & draft.compiled.bits["open", objection.id]:
            continue
        step = draft.progress.get(objection.id, 0)
        fits = move.label == objection.needs[step]
        # A move that names no objection deals with the first one whose next step it is.
        if move.objection != objection.id and (move.objection is not None or not fits):
            continue
        who = objection.holder if draft.here(objection.holder) else ""
        place = f"objections.{objection.id}"
        if not fits:
            line, where = objection.unsettled, f"{place}.unsettled"
            draft.react("insists", speaker=who, line=line, place=where, about=objection.id, reply=True)
            return True
        draft.progress[objection.id] = step + 1
        if move.label == "acknowledge":
            draft.warm = True
        if step + 1 == len(objection.needs):
            draft.drop("open", objection.id)
            draft.lift("settled", objection.id)
            trust, line, where = draft.rules.objection_settled, objection.settled, f"{place}.settled"
            draft.react("settles", trust, speaker=who, line=line, place=where, about=objection.id, reply=True)
        elif not _brings_out(draft, move):
            draft.react("acknowledged", speaker=who, about=objection.id, reply=True)
        return True
    return False


def _brings_out(draft: Draft, move: Move) -> bool:
    """What is no plain question may bring out a fact too: proof, empathy, a question about an objection."""
    topics = draft.compiled.topic_mask(move.topics)
    if not topics:
        return False
    wanted = move.fact_wanted
    found = find_fact(draft.compiled, move.label, topics, move.past, draft.flags, draft.trust, draft.to, wanted)
    if found is None or found[0] != "opens":
        return False
    draft.disclose(found[1], _past_credit(draft, move))
    return True


def _overclaims(draft: Draft, move: Move) -> bool:
    """Something is claimed that the data sheet does not carry, and the customer says so."""
    if move.claim not in draft.compiled.unsupported and not (draft.modern and move.overclaims):
        return False
    draft.react("doubts", draft.rules.unsupported_claim, about=str(move.claim or ""))
    return True


def _evidence(draft: Draft, move: Move) -> None:
    if _overclaims(draft, move):
        return
    if _deal(draft, move):
        return
    if draft.need_stated() or _answers_belief(draft, move):
        draft.react("hears_proof", about=move.claim or "")
        _brings_out(draft, move)
    else:
        draft.react("told_early", draft.rules.early_pitch, about=move.claim or "")


def _answers_belief(draft: Draft, move: Move) -> bool:
    """Proof against something the customer believes and has said."""
    topics = draft.compiled.topic_mask(move.topics)
    beliefs = draft.compiled.by_kind.get("belief", 0) & draft.flags
    return any(entry.bit & beliefs and entry.topics & topics for entry in draft.compiled.facts.values())


def _pitch(draft: Draft, move: Move) -> None:
    if _overclaims(draft, move):
        return
    if draft.need_stated():
        draft.react("hears_pitch", about=move.claim or "")
        _brings_out(draft, move)
    else:
        draft.react("told_early", draft.rules.early_pitch, about=move.claim or "")


def _commit(draft: Draft, move: Move) -> None:
    if move.ask is None:
        _frame(draft, move)
        return
    commitment, needs = draft.compiled.commitments[move.ask]
    place = f"commitments.{commitment.id}"
    if not draft.here(commitment.giver):
        draft.react("bristles", draft.rules.bypass, about=commitment.giver)
    elif draft.flags & draft.compiled.bits["granted", commitment.id]:
        draft.react("repeats", speaker=commitment.giver, about=commitment.id)
    elif stop := stopped_by(draft):
        persona, veto = stop
        where = f"personas.{persona.id}.veto.says"
        draft.stalled = True
        cost = draft.rules.premature_ask
        draft.react("vetoes", cost, speaker=persona.id, line=veto.says, place=where, about=commitment.id)
    elif needs.holds(draft.flags, draft.trust, draft.turn, draft.counts):
        draft.lift("granted", commitment.id)
        draft.agree(move.slots)
        if commitment.ends:
            draft.ends.add(commitment.ends)
        line, where = commitment.granted, f"{place}.granted"
        draft.react("grants", speaker=commitment.giver, line=line, place=where, about=commitment.id)
    else:
        draft.stalled = True
        cost, line, where = draft.rules.premature_ask, commitment.refused, f"{place}.refused"
        draft.react("refuses", cost, speaker=commitment.giver, line=line, place=where, about=commitment.id)


def _frame(draft: Draft, move: Move) -> None:
    """Agreeing on the call itself: purpose, time, agenda."""
    if not move.slots:
        draft.react("mumbles")
    elif draft.agree(move.slots):
        draft.react("agrees_frame")
    else:
        draft.react("repeats")


def _rapport(draft: Draft, move: Move) -> None:
    if move.slots:
        _frame(draft, move)
    elif not _brings_out(draft, move):
        draft.react("chats")


_BY_LABEL: dict[str, Callable[[Draft, Move], None]] = {
    "rapport": _rapport,
    "situation": _situation,
    "problem": _question,
    "implication": _implication,
    "payoff": _question,
    "reflect": _reflect,
    "acknowledge": _acknowledge,
    "clarify": _clarify,
    "evidence": _evidence,
    "pitch": _pitch,
    "commit": _commit,
    "other": _frame,
}

_FRAMING = ("rapport", "commit", "other")
"""labels that agree the slots themselves"""
