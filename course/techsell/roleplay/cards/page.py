"""Cards as an HTML page that prints in black on white on A4, one card a page; what does not fit has a second card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Block", "Card", "block", "document", "heading", "lines_for", "pages"]

COLUMN = 54
"""characters of a line in one of the two columns; a little less than fit, so that no card runs over"""
LINES = 58
"""lines of a column"""

STYLE = """
@page { size: A4; margin: 12mm 13mm 11mm 13mm; }
* { box-sizing: border-box; }
html { color: #000; background: #fff; }
body { margin: 0; font: 9.5pt/1.3 "DejaVu Sans Condensed", "Helvetica Neue", Arial, sans-serif; }
.card { break-after: page; }
.card:last-child { break-after: auto; }
header { border-bottom: 1.5pt solid #000; padding-bottom: 1.5mm; margin-bottom: 3mm; }
header h1 { font-size: 15pt; line-height: 1.1; margin: 0; }
header p { margin: 0; font-size: 9pt; }
.column { float: left; width: 48%; }
.column + .column { float: right; }
.card::after { content: ""; display: block; clear: both; }
h2 { font-size: 10.5pt; margin: 0 0 1mm 0; break-after: avoid; border-bottom: 0.5pt solid #000; }
section { margin: 0 0 2.4mm 0; }
section.keep { break-inside: avoid; }
p { margin: 0 0 0.8mm 0; }
p.say { margin-left: 3mm; border-left: 1.2pt solid #000; padding-left: 1.8mm; }
b.no { display: inline-block; min-width: 5.5mm; }
ul { margin: 0; padding-left: 4mm; }
li { margin: 0 0 0.6mm 0; }
table { border-collapse: collapse; width: 100%; margin-bottom: 4mm; }
th, td { text-align: left; vertical-align: top; padding: 1mm 1.5mm 1mm 0; border-bottom: 0.4pt solid #000; }
td.box, th.box { width: 8mm; text-align: center; padding-right: 0; }
.tick { display: inline-block; width: 3.4mm; height: 3.4mm; border: 0.8pt solid #000; }
.track span { display: inline-block; width: 6.6mm; height: 6mm; line-height: 6mm; border: 0.8pt solid #000;
  text-align: center; margin-right: 0.5mm; }
.track span.start { font-weight: bold; border-width: 2pt; line-height: 5.2mm; }
.rule { border-bottom: 0.5pt solid #000; height: 8mm; }
@media screen { body { max-width: 190mm; margin: 8mm auto; padding: 0 4mm; } .card { margin-bottom: 16mm; } }
"""


@dataclass(frozen=True)
class Block:
    """A piece of a card that is not torn apart: its HTML and how many lines of a column it takes."""

    html: str
    lines: int


@dataclass(frozen=True)
class Card:
    """One side of paper for one person.

    Attributes:
        kind: seller, buyer, plant or observer.
        person: id of the persona whose card it is, or empty.
        title: what stands on top.
        note: scenario, round and page, at the right.
    """

    kind: str
    person: str
    variant: str
    title: str
    note: str
    html: str


def lines_for(text: str, width: int = COLUMN) -> int:
    """Lines of a column that a text takes."""
    return max(1, -(-len(text) // width))


def heading(text: str) -> Block:
    """The title of a part; it stays with what follows it."""
    return Block(f"<h2>{escape(text)}</h2>", 2)


def block(*paragraphs: tuple[str, str], number: str = "") -> Block:
    """Paragraphs that stay together.

    Args:
        paragraphs: kind (`p`, or `say` for words to be said) and text.
        number: stands in bold before the first.
    """
    html, lines = "", 0
    for index, (kind, text) in enumerate(paragraphs):
        mark = f'<b class="no">{escape(number)}</b> ' if number and not index else ""
        html += f'<p class="{kind}">{mark}{escape(text)}</p>' if kind == "say" else f"<p>{mark}{escape(text)}</p>"
        lines += lines_for(text + number, COLUMN - (3 if kind == "say" else 0))
    return Block(f'<section class="keep">{html}</section>', lines + 1)


def pages(blocks: Sequence[Block], capacity: int = LINES) -> list[str]:
    """The blocks packed into pages of two columns, in order; a heading never ends a column."""
    found: list[list[Block]] = [[]]
    room = capacity
    for index, one in enumerate(blocks):
        follows = blocks[index + 1].lines if one.html.startswith("<h2>") and index + 1 < len(blocks) else 0
        if found[-1] and one.lines + follows > room:
            found.append([])
            room = capacity
        found[-1].append(one)
        room -= one.lines
    columns = [f'<div class="column">{"".join(one.html for one in column)}</div>' for column in found]
    return ["".join(columns[index : index + 2]) for index in range(0, len(columns), 2)] if blocks else []


def document(title: str, cards: Iterable[Card]) -> str:
    """A whole HTML file: nothing is loaded from anywhere."""
    body = "".join(_card(card) for card in cards)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _card(card: Card) -> str:
    head = f"<header><h1>{escape(card.title)}</h1><p>{escape(card.note)}</p></header>"
    return f'<article class="card {card.kind}">\n{head}\n{card.html}\n</article>\n'
