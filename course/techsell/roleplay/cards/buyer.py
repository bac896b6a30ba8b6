"""The cards of one buyer: who you are, what you know and what opens it, what you ask, hold against it and give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .page import Block, block, heading, lines_for
from .words import LABELS, REACTIONS, Names, listed

if TYPE_CHECKING:
    from techsell.roleplay.model import Persona, Scenario, TrustRules

__all__ = ["buyer_blocks", "plant_blocks"]

LINES_SHOWN = 2
"""stock lines of each kind on a card"""


def buyer_blocks(scenario: Scenario, names: Names, persona: Persona) -> list[Block]:
    """Everything that this person needs in the room, but for the ordinary facts."""
    return [
        *_who(scenario, names, persona),
        *_trust(scenario.trust),
        *_facts(scenario, names, persona),
        *_talk(scenario, names, persona),
        *_steps(scenario, names, persona),
        *_ends(scenario, names, persona),
        *_lines(names, persona),
        *_claims(scenario, names),
    ]


def plant_blocks(scenario: Scenario, names: Names, persona: Persona) -> list[Block]:
    """Ordinary facts: answers to sensible questions, that open nothing."""
    own = [plant for plant in scenario.plant if plant.holder == persona.id]
    return [block(("p", names.text(plant.says)), number=f"{names.topic(plant.topics[0])}:") for plant in own]


def _who(scenario: Scenario, names: Names, persona: Persona) -> Iterator[Block]:
    first = [("p", f"You are {persona.name}, {persona.role}."), ("p", names.text(persona.voice))]
    patience = f"You bear {persona.patience} lines that waste your time; each further one costs a step of trust."
    words = f"An answer of more than {25 + 15 * persona.technicality} words is a lecture to you."
    if persona.joins is not None:
        first.append(("p", f"You are not there at first. You join {names.when(persona.joins)}."))
    if persona.leaves is not None:
        first.append(("p", f"You leave {names.when(persona.leaves)}."))
    if persona.supports is not None:
        first.append(("p", f"You are in favour {names.when(persona.supports)}; your word weighs {persona.influence}."))
    yield heading("Who you are")
    yield block(*first, ("p", patience), ("p", words))
    if persona.veto is not None:
        condition = names.when(persona.veto.when)
        yield block(
            ("p", f"You stop every step, whoever is asked ({condition}). Then say:"),
            ("say", names.text(persona.veto.says)),
        )


def _trust(rules: TrustRules) -> Iterator[Block]:
    track = "".join(
        f'<span class="start">{step}</span>' if step == rules.start else f"<span>{step}</span>" for step in range(11)
    )
    gains = [
        (rules.past_question, "a question about what happened"),
        (rules.accurate_playback, "your words said back rightly"),
        (rules.short_answer, "a short true answer that asks something back"),
        (rules.honest_unknown, "'I don't know, I'll check'"),
        (rules.objection_settled, "an objection settled"),
        (rules.wrong_playback, "your words said back wrongly"),
        (rules.lecture, "a lecture"),
        (rules.dodge, "a question of yours not answered"),
        (rules.situation_excess, f"each question about how things are after the {rules.situation_allowance}th"),
        (rules.cold_implication, "costs asked for before anything was said back or taken seriously"),
        (rules.premature_ask, "a step asked for too early"),
        (rules.early_pitch, "product talk before anybody said 'I need'"),
        (rules.bypass, "going past somebody"),
        (rules.rude, "rudeness"),
        (rules.unsupported_claim, "a claim beyond the sheet"),
        (rules.attacks_rival, "running a rival down"),
    ]
    steps: dict[int, list[str]] = {}
    for step, why in gains:
        steps.setdefault(step, []).append(why)
    told = [f"{step:+d}: {'; '.join(steps[step])}.".replace("-", "−") for step in sorted(steps, reverse=True)]
    rows = "".join(f"<li>{line}</li>" for line in told)
    count = 4 + sum(lines_for(line) for line in told)
    yield heading("Trust (move a coin; tell nobody where it lies)")
    yield Block(f'<section class="keep"><p class="track">{track}</p><ul>{rows}</ul></section>', count)


def _facts(scenario: Scenario, names: Names, persona: Persona) -> Iterator[Block]:
    own = [fact for fact in scenario.facts if fact.holder == persona.id]
    if own:
        yield heading("What you know, and what opens it")
    for fact in own:
        parts = [("p", names.unlock(fact)), ("say", names.says(fact))]
        if fact.guarded:
            parts.append(("p", f"Right question, too little trust: “{names.text(fact.guarded)}”"))
        if names.noise(fact):
            parts.append(("p", "There is nothing in it here; correct whoever makes a problem of it."))
        yield block(*parts, number=str(names.numbers[fact.id]))


def _talk(scenario: Scenario, names: Names, persona: Persona) -> Iterator[Block]:
    claims = {claim.id: claim for claim in scenario.datasheet}
    questions = [entry for entry in scenario.questions if entry.asker == persona.id]
    objections = [entry for entry in scenario.objections if entry.holder == persona.id]
    if questions:
        yield heading("What you ask")
    for question in questions:
        parts = [("p", f"Ask {names.when(question.when)}:"), ("say", names.text(question.says))]
        true = [names.text(claims[name].text) for name in question.claims if claims[name].supported]
        parts += [("p", f"True answer: {text}") for text in true]
        parts += [("p", "After two turns without an answer it counts as dodged.")]
        yield block(*parts, number=names.questions[question.id])
    if objections:
        yield heading("What you hold against it")
    for entry in objections:
        order = "; ".join(LABELS[label] for label in entry.needs)
        yield block(
            ("p", f"Say {names.when(entry.when)}:"),
            ("say", names.text(entry.says)),
            ("p", f"Settled when the seller, in this order: {order}. Then:"),
            ("say", names.text(entry.settled)),
            ("p", "Out of order:"),
            ("say", names.text(entry.unsettled)),
            number=names.letters[entry.id],
        )


def _steps(scenario: Scenario, names: Names, persona: Persona) -> Iterator[Block]:
    own = [entry for entry in scenario.commitments if entry.giver == persona.id]
    if own:
        yield heading("What you can be asked to do")
    for entry in own:
        ends = " It ends the call." if entry.ends else ""
        yield block(
            ("p", f"{entry.id.replace('_', ' ')}: yes {names.when(entry.needs)}.{ends}"),
            ("say", names.text(entry.granted)),
            ("p", "Else:"),
            ("say", names.text(entry.refused)),
            number=names.steps[entry.id],
        )


def _ends(scenario: Scenario, names: Names, persona: Persona) -> Iterator[Block]:
    """Endings that this person speaks; those that whoever is talked to speaks are on everybody's card."""
    own = [end for end in scenario.endings if end.speaker in {persona.id, None}]
    if own:
        yield heading("How it ends (said by whoever is spoken to)")
    for end in own:
        triggers = {
            "budget": f"When {scenario.budget.turns} turns are over: ",
            "hang_up": "When the seller ends the call: ",
            "commitment": f"After {listed(_leading(scenario, names, end.id), 'or')}: ",
            "condition": "As soon as this is so: ",
        }
        told = triggers[end.trigger] + names.when(end.when)
        yield block(("p", f"{end.kind.replace('_', ' ').capitalize()}. {told}."), ("say", names.text(end.says)))


def _leading(scenario: Scenario, names: Names, end: str) -> list[str]:
    return [names.steps[entry.id] for entry in scenario.commitments if entry.ends == end] or ["the step"]


def _lines(names: Names, persona: Persona) -> Iterator[Block]:
    yield heading("Lines of yours")
    for reaction, when in REACTIONS.items():
        lines = persona.lines.get(reaction, ())  # type: ignore[call-overload]
        if lines:
            yield block(("p", f"{when}:"), *(("say", names.text(line)) for line in lines[:LINES_SHOWN]))


def _claims(scenario: Scenario, names: Names) -> Iterator[Block]:
    false = [claim for claim in scenario.datasheet if not claim.supported]
    if false:
        yield heading("What the sheet does not carry (doubt it)")
        yield block(*(("p", f"• {names.text(claim.text)}") for claim in false))
