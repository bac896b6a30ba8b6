"""Who is in the call: people join, leave and stop one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ledger import recall

if TYPE_CHECKING:
    from .draft import Draft
    from .model import Persona, Veto

__all__ = ["come_and_go", "stopped_by"]


def come_and_go(draft: Draft) -> bool:
    """People leave, others join; whether somebody joined. Whoever would leave nobody behind stays."""
    going = _going(draft)
    for persona in going:
        draft.drop("present", persona.id)
    coming = _coming(draft)
    if going and not coming and len(going) == len(draft.present):
        for persona in going:
            draft.lift("present", persona.id)
        going = []
    for persona in going:
        _part(draft, persona)
    for persona in coming:
        draft.present = (*draft.present, persona.id)
        draft.lift("present", persona.id)
        draft.react("greets", speaker=persona.id)
        recall(draft, persona.id)
    if going and not draft.here(draft.speaker):
        draft.speaker = draft.present[0]
    return bool(coming)


def _going(draft: Draft) -> list[Persona]:
    return [
        persona
        for persona, rule in draft.compiled.leaves
        if draft.here(persona.id) and rule.holds(draft.flags, draft.trust, draft.turn, draft.counts)
    ]


def _coming(draft: Draft) -> list[Persona]:
    bits, coming = draft.compiled.bits, []
    for persona, rule in draft.compiled.joins:
        if draft.here(persona.id) or draft.gone & bits["present", persona.id]:
            continue
        if rule.holds(draft.flags, draft.trust, draft.turn, draft.counts):
            coming.append(persona)
    return coming


def _part(draft: Draft, persona: Persona) -> None:
    """Last words; a question of this person's goes along unanswered and is held against nobody."""
    draft.present = tuple(name for name in draft.present if name != persona.id)
    draft.gone |= draft.compiled.bits["present", persona.id]
    draft.react("parts", speaker=persona.id)
    if draft.pending and draft.asker() == persona.id:
        draft.drop("pending", draft.pending)
        draft.pending = ""


def stopped_by(draft: Draft) -> tuple[Persona, Veto] | None:
    """Who in the call stops every commitment now, and with which words."""
    for persona, veto, rule in draft.compiled.vetoes:
        if draft.here(persona.id) and rule.holds(draft.flags, draft.trust, draft.turn, draft.counts):
            return persona, veto
    return None
