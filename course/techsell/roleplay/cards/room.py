"""The cards that hold no secrets: the seller's and the observer's. In a triad everybody is the seller once."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from .page import Block, block, heading
from .words import Names, listed

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["observer_html", "seller_html"]

ROUNDS = 3
NOTES = 4
"""lines for notes in each round"""
OWN_NOTES = 12
MARKS = ("0", "1", "2", "3", "4")


def seller_html(scenario: Scenario, names: Names) -> str:
    """Brief, goal, data sheet and room for notes; nothing that has to be found out."""
    brief = scenario.brief
    there = [f"{one.name}, {one.role}" for one in scenario.personas if one.joins is None]
    carried = [names.text(claim.text) for claim in scenario.datasheet if claim.supported]
    parts: list[Block] = [
        heading("You"),
        block(("p", names.text(brief.you))),
        heading("The call"),
        block(("p", names.text(brief.call)), ("p", f"On the line: {listed(there)}.")),
        heading("Your goal"),
        block(
            ("p", names.text(brief.goal)),
            ("p", f"You have {scenario.budget.turns} turns. A turn is what you say once."),
        ),
        heading("What you sell"),
        block(("p", names.text(brief.product))),
    ]
    if carried:
        sheet = "".join(f"<li>{escape(text)}</li>" for text in carried)
        parts += [
            heading("Data sheet: this much is carried, and no more"),
            Block(f"<section><ul>{sheet}</ul></section>", 0),
        ]
    rules = '<div class="rule"></div>' * OWN_NOTES
    return "".join(one.html for one in parts) + f"<h2>Your notes: what you heard, in their figures</h2>{rules}"


def observer_html(scenario: Scenario) -> str:
    """The rubric with boxes to tick, four lines for each round, and how to speak about it afterwards."""
    head = "".join(f'<th class="box">{mark}</th>' for mark in MARKS)
    boxes = '<td class="box"><span class="tick"></span></td>' * len(MARKS)
    rows = "".join(
        f"<tr><td>{escape(line.id)}</td><td><b>{escape(line.title)}</b> ({line.weight})</td>{boxes}</tr>"
        for line in scenario.rubric
    )
    table = (
        "<table><thead><tr><th>Line</th><th>What you look for (points of 100)</th>"
        f"{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
    marks = "<p>0 nothing of it, 4 all of it. Tick what you saw, not what you think was meant.</p>"
    rounds = "".join(
        f'<section class="keep"><h2>Round {number}: turn, words, what came of it</h2>'
        + '<div class="rule"></div>' * NOTES
        + "</section>"
        for number in range(1, ROUNDS + 1)
    )
    after = (
        "<p>Afterwards: the seller speaks first, then the buyer, then you. One thing that worked with its words, one "
        "thing to try with a line for it. Three minutes.</p>"
    )
    rubric = f"<h2>Rubric</h2>{marks}{table}" if scenario.rubric else ""
    return f"{rubric}{rounds}{after}"
