"""A chart as SVG: columns, boxes coloured by person, arrows. A small layered layout, no other program.

Within a column boxes are ordered by the middle of what leads to them (the barycentre method of Sugiyama, Tagawa and
Toda, "Methods for visual understanding of hierarchical system structures", 1981), four passes to and fro.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from .chart import Box, Chart

__all__ = ["svg"]

WIDTH, HEIGHT = 204, 46
"""of a box"""
ACROSS, DOWN, MARGIN, TOP = 70, 14, 24, 78
PASSES = 4
# Okabe and Ito's colours, lightened: told apart by all eyes; the owner's name stands in every box as well.
FILLS = ("#d6ebf7", "#fbe3c0", "#d3efe5", "#f3dbe8", "#e9ecef")
EDGES = ("#0072b2", "#b06f00", "#00795a", "#a84a7e", "#5c6670")
SHAPES = {"persona": 20, "fact": 6, "objection": 0, "commitment": 12, "ending": 23}
"""corner radius by kind"""


def svg(chart: Chart) -> str:
    """The drawing as text, with title and description for screen readers."""
    places = _layout(chart)
    owners = list(dict.fromkeys(box.owner for box in chart.boxes if box.kind == "persona"))
    width = MARGIN * 2 + len(chart.heads) * (WIDTH + ACROSS) - ACROSS
    height = max(y for _, y in places.values()) + HEIGHT + MARGIN
    described = _describe(chart)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="chart-title chart-desc" font-family="system-ui, sans-serif">',
        f'<title id="chart-title">{escape(chart.title)}</title>',
        f'<desc id="chart-desc">{escape(described)}</desc>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8Z" fill="#5c6670"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{MARGIN}" y="34" font-size="19" font-weight="600" fill="#1d2733">{escape(chart.title)}</text>',
    ]
    for number, head in enumerate(chart.heads):
        x = MARGIN + number * (WIDTH + ACROSS)
        parts.append(f'<text x="{x}" y="62" font-size="13" fill="#4a5561">{escape(head)}</text>')
    parts += [
        _arrow(places[a.source], places[a.target], a.weak)
        for a in chart.arrows
        if a.source in places and a.target in places
    ]
    parts += [_box(box, places[box.key], owners) for box in chart.boxes]
    return "\n".join((*parts, "</svg>", ""))


def _layout(chart: Chart) -> dict[str, tuple[int, int]]:
    columns: dict[int, list[Box]] = {}
    for box in chart.boxes:
        columns.setdefault(box.column, []).append(box)
    row = {box.key: number for boxes in columns.values() for number, box in enumerate(boxes)}
    into: dict[str, list[str]] = {}
    out: dict[str, list[str]] = {}
    for arrow in chart.arrows:
        into.setdefault(arrow.target, []).append(arrow.source)
        out.setdefault(arrow.source, []).append(arrow.target)
    for number in range(PASSES):
        neighbours = out if number % 2 else into
        for column in sorted(columns, reverse=bool(number % 2)):
            if column == 0:
                continue
            columns[column].sort(key=lambda box: _middle(row, neighbours.get(box.key, []), box.key))
            row.update({box.key: place for place, box in enumerate(columns[column])})
    tallest = max(len(boxes) for boxes in columns.values())
    places: dict[str, tuple[int, int]] = {}
    for column, boxes in columns.items():
        start = TOP + (tallest - len(boxes)) * (HEIGHT + DOWN) // 4
        for place, box in enumerate(boxes):
            places[box.key] = (MARGIN + column * (WIDTH + ACROSS), start + place * (HEIGHT + DOWN))
    return places


def _middle(row: Mapping[str, int], neighbours: list[str], key: str) -> tuple[float, int]:
    known = [row[name] for name in neighbours if name in row]
    return (sum(known) / len(known) if known else row[key]), row[key]


def _box(box: Box, place: tuple[int, int], owners: list[str]) -> str:
    x, y = place
    colour = owners.index(box.owner) % 4 if box.owner in owners else 4
    dash = ' stroke-dasharray="5 3"' if box.kind == "objection" else ""
    label = f"{box.kind} {box.title}: {box.detail}" + (f" ({box.owner})" if box.owner else "")
    return (
        f'<g role="group" aria-label={quoteattr(label)}><title>{escape(label)}</title>'
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="{SHAPES[box.kind]}" fill="{FILLS[colour]}" '
        f'stroke="{EDGES[colour]}" stroke-width="1.5"{dash}/>'
        f'<text x="{x + 10}" y="{y + 19}" font-size="13" font-weight="600" fill="#1d2733">'
        f"{escape(_short(box.title, 25))}</text>"
        f'<text x="{x + 10}" y="{y + 36}" font-size="11" fill="#3c4650">{escape(_short(_owned(box), 30))}</text></g>'
    )


def _owned(box: Box) -> str:
    return f"{box.owner}: {box.detail}" if box.owner and box.kind != "persona" else box.detail


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def _arrow(source: tuple[int, int], target: tuple[int, int], weak: bool) -> str:
    x1, y1 = source[0] + WIDTH, source[1] + HEIGHT // 2
    x2, y2 = target[0] - 2, target[1] + HEIGHT // 2
    if target[0] <= source[0]:  # back to somebody who joins
        x1, x2 = source[0], target[0] + WIDTH + 2
        bend = -ACROSS // 2
    else:
        bend = ACROSS // 2
    dash = ' stroke-dasharray="4 4"' if weak else ""
    path = f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    return f'<path d="{path}" fill="none" stroke="#5c6670" stroke-opacity="0.55"{dash} marker-end="url(#tip)"/>'


def _describe(chart: Chart) -> str:
    counts: dict[str, int] = {}
    for box in chart.boxes:
        counts[box.kind] = counts.get(box.kind, 0) + 1
    listed = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items())
    return f"What leads to what: {listed}. The command with --text lists the same as a tree."
