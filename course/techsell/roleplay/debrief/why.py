"""Why it matters, said as a colleague would: one sentence or two for each thing that was taken amiss."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .signs import clean_line, quote

if TYPE_CHECKING:
    from techsell.roleplay.model import Condition
    from techsell.roleplay.state import Reacted, Turn

    from .call import Call

__all__ = [
    "bristles",
    "cools",
    "corrects",
    "dodges",
    "doubts",
    "glazes",
    "insists",
    "offended",
    "premature",
    "refuses",
    "tires",
    "told_early",
    "unread",
    "vetoes",
    "winces",
]

ORDER = {
    "acknowledge": "take it seriously",
    "clarify": "ask what is behind it",
    "evidence": "then the proof",
    "reflect": "say back what was said",
    "payoff": "ask what would be different without it",
    "commit": "then a step",
}


def told_early(call: Call, turn: Turn, reacted: Reacted) -> str:
    who = call.name(reacted.speaker)
    return (
        f"By turn {turn.number} nobody had said what they need, so the product was an answer without a question. "
        f"What is told before {who} wants it is forgotten by the time it would help."
    )


def cools(call: Call, turn: Turn, reacted: Reacted) -> str:
    who = call.name(reacted.speaker)
    return (
        f"In turn {turn.number} you counted {who}'s costs before showing that you had heard the trouble. Asked cold, "
        "the question sounds like an invoice. The same question after one sentence of playback gets an answer."
    )


def corrects(call: Call, turn: Turn, reacted: Reacted) -> str:
    who = call.name(reacted.speaker)
    if not turn.moves[reacted.move].wrong:
        return (
            f"{who} had told you that there was nothing in it, and in turn {turn.number} it came back as trouble. "
            "A problem that you need and they do not have costs you the ones they do have."
        )
    return (
        f"{who} gave you one thing and got another one back in turn {turn.number}. After that your figures are checked "
        "instead of used, also the right ones."
    )


def premature(call: Call, turn: Turn, reacted: Reacted) -> str:
    return (
        f"What you played back in turn {turn.number} had not been said in this call. {call.name(reacted.speaker)} now "
        "wonders whose notes you are reading."
    )


def doubts(call: Call, turn: Turn, reacted: Reacted) -> str:
    who = call.name(reacted.speaker)
    line = clean_line(call, "doubts")
    blocks = line is not None and line.evidence.kind == "clean" and line.evidence.blocks_pass
    rest = " One such sentence rules out a pass, whatever the total." if blocks else ""
    return (
        f"Nothing on the sheet carries what you said in turn {turn.number}. {who} would have to repeat it to "
        f"colleagues who ask for the page.{rest}"
    )


def winces(call: Call, turn: Turn, reacted: Reacted) -> str:
    house = call.scenario.customer or "the other end"
    return (
        f"Somebody at {house} once chose what you ran down in turn {turn.number}, and it may have been "
        f"{call.name(reacted.speaker)}. It also tells them how you will talk about them elsewhere."
    )


def glazes(call: Call, turn: Turn, reacted: Reacted) -> str:
    who = call.name(reacted.speaker)
    return (
        f"{who} asked one question and got a lecture in turn {turn.number}. A short true answer with a question behind "
        "it leaves the floor where it belongs."
    )


def dodges(call: Call, turn: Turn, reacted: Reacted) -> str:
    question = next((one for one, _ in call.compiled.questions if one.id == reacted.about), None)
    asked = quote(_asked(call.text(question.says))) if question else "something plain"
    return (
        f"{call.name(reacted.speaker)} had asked {asked}, and by turn {turn.number} there was no answer. "
        "Even 'I don't know, I'll check' earns something; going round the question does not."
    )


def _asked(says: str) -> str:
    """The sentence with the question in it."""
    sentences = re.split(r"(?<=[.?!])\s+", says)
    return next((one for one in reversed(sentences) if one.endswith("?")), sentences[-1])


def insists(call: Call, turn: Turn, reacted: Reacted) -> str:
    needs = next((one.needs for one in call.scenario.objections if one.id == reacted.about), ())
    order = ", ".join(ORDER.get(label, label) for label in needs)
    rest = f" What it takes, in this order: {order}." if order else ""
    return (
        f"In turn {turn.number} the answer came before you knew what was behind the objection. "
        f"{call.name(reacted.speaker)} hears somebody arguing.{rest}"
    )


def bristles(call: Call, turn: Turn, reacted: Reacted) -> str:
    who = call.name(reacted.about or reacted.speaker)
    if reacted.about and reacted.about != reacted.speaker:
        return (
            f"{who} was not in the call in turn {turn.number}, and {call.name(reacted.speaker)} was. Who is treated as "
            "the way to somebody else stops being one."
        )
    return (
        f"In turn {turn.number} you went past {who}, who was listening. The person passed over today writes the "
        "recommendation tomorrow."
    )


def tires(call: Call, turn: Turn, reacted: Reacted) -> str:
    asked = sum(move.label == "situation" for one in call.turns if one.number <= turn.number for move in one.moves)
    return (
        f"Turn {turn.number} was question number {asked} about how things are. Those answers stand on a drawing; "
        f"what goes wrong stands nowhere, and {call.name(reacted.speaker)} has to be asked for it."
    )


def refuses(call: Call, turn: Turn, reacted: Reacted) -> str:
    needs = next((one.needs for one in call.scenario.commitments if one.id == reacted.about), None)
    why = f"In turn {turn.number} {call.name(reacted.speaker)} had no reason yet to say yes."
    gaps = _lacking(call, turn, needs) if needs is not None else ""
    return f"{why} {gaps}" if gaps else f"{why} A request that comes too soon makes the next one harder."


def _lacking(call: Call, turn: Turn, needs: Condition) -> str:
    before = call.before[turn.number]
    topics = {topic.id: topic.label for topic in call.scenario.topics}
    wanted = [name for name in needs.facts if name not in before.facts]
    labels = [call.text(topics.get(call.compiled.facts[name].fact.unlock.topics[0], "")) for name in wanted]
    gaps = [label for label in dict.fromkeys(labels) if label]
    if gaps:
        return f"Not talked about by then: {'; '.join(gaps)}."
    if before.trust < needs.min_trust:
        return f"Trust stood at {before.trust}; this takes {needs.min_trust}."
    if needs.settled:
        return "An objection was still in the way."
    return ""


def vetoes(call: Call, turn: Turn, reacted: Reacted) -> str:
    who = call.name(reacted.speaker)
    return (
        f"{who} can stop this, and did in turn {turn.number}. As long as that stands nobody else can give you "
        f"anything; first find out what {who} would need to hear."
    )


def offended(call: Call, turn: Turn, reacted: Reacted) -> str:
    return (
        f"{call.name(reacted.speaker)} owes you nothing, and after turn {turn.number} knows why. An apology is "
        "possible; another line would have been cheaper."
    )


def unread(call: Call, turn: Turn, reacted: Reacted) -> str:
    reasons = {
        "puzzled": "could not tell what you wanted",
        "overlong": "does not read a page during a call",
        "foreign": "holds this call in English",
    }
    return (
        f"{call.name(reacted.speaker)} {reasons[reacted.reaction]}, so turn {turn.number} was spent for nothing. One "
        "thought in one sentence, then wait."
    )
