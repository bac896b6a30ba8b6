"""A role-play in figures: trust, questions, words, facts. Takes the plain data of `techsell.roleplay.debrief.series`.

Word share and kinds of questions are shown as information; the rubric does not mark them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from techsell.lessons.style import (
    ATTENTION,
    GRID,
    MUTED,
    OURS,
    PAPER,
    PROBLEM,
    REACHED,
    TEXT,
    alt_text,
    describe,
    in_house_style,
    new_figure,
    svg,
)

__all__ = ["facts_figure", "figures", "questions_figure", "trust_figure", "words_figure"]

SIMULATION = "simulation"
COMPARED = "expert = a bot, same customer"
LABELLED = 4
"""kinds of losses that get their name in the figure"""
ON_BLUE = "#ffffff"
"""text on our blue, in light and dark themes alike"""
ROOM = 7
"""turns that a name takes up"""

LOSSES = {
    "told_early": "told early",
    "doubts": "overclaim",
    "corrects": "twisted playback",
    "premature_playback": "played back unsaid",
    "cools": "pressed cold",
    "notes_dodge": "dodged",
    "glazes": "lecture",
    "tires": "one question too many",
    "refuses": "asked too early",
    "vetoes": "went past a veto",
    "bristles": "bypassed",
    "winces": "ran down a rival",
    "offended": "rude",
    "insists": "objection out of order",
}
ROWS = (
    ("situation", "situation"),
    ("problem", "problem"),
    ("implication", "implication"),
    ("payoff", "payoff"),
    ("clarify", "clarify"),
    ("reflect", "played back"),
    ("pitch", "told about us"),
)
"""five kinds of questions, then what was none"""

Run = Mapping[str, Any]


def figures(series: Mapping[str, Any]) -> list[dict[str, str]]:
    """All figures of a debrief: `{"id", "title", "svg", "alt"}` each, the SVG ready to stand in a page.

    Args:
        series: as `techsell.roleplay.debrief.series` gives it.
    """
    made = (
        ("trust", "Trust, turn by turn", trust_figure),
        ("questions", "What you asked and what you did", questions_figure),
        ("words", "Who had the floor", words_figure),
        ("facts", "What you found out, and when", facts_figure),
    )
    found = []
    for own, title, draw in made:
        figure = draw(series)
        found.append({"id": own, "title": title, "svg": svg(figure), "alt": alt_text(figure)})
    return found


def _subtitle(series: Mapping[str, Any], what: str) -> str:
    turns = series["own"]["turns"]
    call = f"one call, {turns} turn{'' if turns == 1 else 's'}"
    return f"{call}; {what}" if what else call


def _reason(step: Mapping[str, Any]) -> str:
    """The dearest loss of a turn in a word or two."""
    losses = [one for one in step["reactions"] if one["trust"] < 0]
    worst = min(losses, key=lambda one: one["trust"], default=None)
    return "" if worst is None else LOSSES.get(worst["reaction"], "time wasted")


def _changes(run: Run) -> list[tuple[int, int, int, str]]:
    """Turn, trust after it, change, and why where it fell."""
    steps = run["trust"]
    return [
        (after["turn"], after["trust"], after["trust"] - before["trust"], _reason(after))
        for before, after in pairwise(steps)
    ]


@in_house_style
def trust_figure(series: Mapping[str, Any]) -> Figure:
    """Steps of trust over the turns, with what moved it; the expert's and one's own earlier calls behind it."""
    own, expert, earlier = series["own"], series["expert"], series["earlier"]
    figure, axes = new_figure(
        "Trust, turn by turn",
        _subtitle(series, f"triangle = gained or lost in a turn{'; ' + COMPARED if expert else ''}"),
        size=(7.2, 3.9),
        watermark=SIMULATION,
    )
    for run in earlier:
        _steps(axes, run, GRID, 1.2, "-")
    if expert:
        _steps(axes, expert, MUTED, 1.4, "--")
    _steps(axes, own, OURS, 2.2, "-")
    changes = _changes(own)
    for marker, colour, sign in (("^", REACHED, 1), ("v", PROBLEM, -1)):
        points = [(turn, trust) for turn, trust, change, _ in changes if change * sign > 0]
        axes.plot([turn for turn, _ in points], [trust for _, trust in points], marker, color=colour, markersize=7)
    named = _named(changes)
    _name_losses(axes, named, series["budget"])
    _end_labels(axes, series)
    axes.set_xlim(0, series["budget"] * 1.16)
    axes.set_ylim(-3.2 if named else -0.9, 10.6)
    axes.set_yticks(range(0, 11, 2))
    axes.set_xticks(_ticks(series["budget"]))
    axes.set(xlabel="turn", ylabel="trust (steps, 0 to 10)")
    fell = ", ".join(f"turn {turn} ({why}, {change})" for turn, _, change, why in changes if change < 0)
    finding = f"Trust went from {own['trust'][0]['trust']} to {own['trust'][-1]['trust']} in {own['turns']} turns."
    finding += f" It fell in {fell}.".replace("-", "−") if fell else " It never fell."
    if expert:
        finding += f" The expert ended at {expert['trust'][-1]['trust']} after {expert['turns']} turns."
    return describe(figure, finding)


def _named(changes: Sequence[tuple[int, int, int, str]]) -> list[tuple[int, int, int, str]]:
    """The dearest loss of each kind, in the order of the call."""
    dearest: dict[str, tuple[int, int, int, str]] = {}
    for one in changes:
        if one[2] < 0 and (one[3] not in dearest or one[2] < dearest[one[3]][2]):
            dearest[one[3]] = one
    return sorted(sorted(dearest.values(), key=lambda one: (one[2], one[0]))[:LABELLED])


def _name_losses(axes: Axes, named: Sequence[tuple[int, int, int, str]], budget: int) -> None:
    """Names below the lines, each on its own level where two would meet, with a thin line up to the turn."""
    levels: list[float] = []
    for turn, trust, change, why in named:
        late = turn > 0.65 * budget
        start = turn - ROOM if late else turn
        level = next((index for index, end in enumerate(levels) if end <= start), len(levels))
        levels[level : level + 1] = [turn if late else turn + ROOM]
        place = -0.8 - 0.75 * level
        axes.plot([turn, turn], [place, trust], color=MUTED, linewidth=0.7)
        words = f" {why} ({change}) ".replace("-", "−")
        axes.text(turn, place, words, size=9, color=TEXT, ha="right" if late else "left", va="center")


def _ticks(budget: int) -> list[int]:
    step = 5 if budget > 12 else 2
    return list(range(0, budget + 1, step))


def _steps(axes: Axes, run: Run, colour: str, width: float, style: str) -> None:
    turns, trust = [one["turn"] for one in run["trust"]], [one["trust"] for one in run["trust"]]
    axes.step(turns, trust, where="post", color=colour, linewidth=width, linestyle=style)


def _end_labels(axes: Axes, series: Mapping[str, Any]) -> None:
    """Names at the ends of the lines, moved apart where they would meet."""
    names = [("you", series["own"], OURS)]
    if series["expert"]:
        names.append(("expert", series["expert"], MUTED))
    if series["earlier"]:
        names.append(("earlier" if len(series["earlier"]) == 1 else "earlier calls", series["earlier"][-1], MUTED))
    placed: list[tuple[float, float]] = []
    for name, run, colour in names:
        x, y = float(run["trust"][-1]["turn"]), float(run["trust"][-1]["trust"])
        while any(abs(x - other_x) < 4 and abs(y - other_y) < 0.8 for other_x, other_y in placed):
            y -= 0.8
        placed.append((x, y))
        axes.annotate(name, (x, y), (7, 0), textcoords="offset points", va="center", size=9.5, color=colour)


@in_house_style
def questions_figure(series: Mapping[str, Any]) -> Figure:
    """How often each kind of question was asked, and how often something was played back or told."""
    own, expert = series["own"], series["expert"]
    figure, axes = new_figure(
        "What you asked and what you did",
        _subtitle(series, f"information, not marks{'; diamond: ' + COMPARED if expert else ''}"),
        size=(7.2, 3.7),
        watermark=SIMULATION,
    )
    counts = [own["moves"][label] for label, _ in ROWS]
    places = _rows()
    bars = axes.barh(places, counts, height=0.62, color=[_colour(label) for label, _ in ROWS])
    for bar, (label, _) in zip(bars, ROWS, strict=True):
        bar.set_hatch("///" if label == "pitch" else "")
    for place, count in zip(places, counts, strict=True):
        axes.annotate(f"{count}", (count, place), (4, 0), textcoords="offset points", va="center", size=9.5)
    highest = max(counts)
    if expert:
        theirs = [expert["moves"][label] for label, _ in ROWS]
        axes.plot(theirs, places, "D", color=MUTED, markerfacecolor=PAPER, markersize=7, clip_on=False)
        highest = max(highest, *theirs)
    axes.set_yticks(places, [name for _, name in ROWS])
    axes.set_ylim(places[-1] - 0.7, places[0] + 0.7)
    axes.set_xlim(0, highest * 1.12 + 1)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("times in the call (count); questions above, the rest below")
    words = ", ".join(f"{name} {count}" for (_, name), count in zip(ROWS, counts, strict=True))
    finding = f"Counted in your call: {words}."
    if expert:
        finding += f" The expert played back {expert['moves']['reflect']} times, you {own['moves']['reflect']} times."
    return describe(figure, finding)


def _rows() -> list[float]:
    """Places from above, with a gap between questions and the rest."""
    return [float(len(ROWS) - index - (0.5 if index > 4 else 0)) for index in range(len(ROWS))]


def _colour(label: str) -> str:
    return {"reflect": REACHED, "pitch": ATTENTION}.get(label, OURS)


@in_house_style
def words_figure(series: Mapping[str, Any]) -> Figure:
    """Words of the learner and of the customers, and the longest turn."""
    runs = [("you", series["own"])] + ([("expert", series["expert"])] if series["expert"] else [])
    figure, axes = new_figure(
        "Who had the floor",
        _subtitle(series, f"information, not marks{'; ' + COMPARED if series['expert'] else ''}"),
        size=(7.2, 1.7 + 0.55 * len(runs)),
        watermark=SIMULATION,
    )
    places = list(range(len(runs), 0, -1))
    shares = [run["words"]["share"] for _, run in runs]
    axes.barh(places, shares, height=0.6, color=OURS)
    axes.barh(places, [100 - share for share in shares], left=shares, height=0.6, color=GRID)
    for place, (_, run), share in zip(places, runs, shares, strict=True):
        words = run["words"]
        axes.annotate(f"{words['you']} words, {share} %", (1.5, place), va="center", size=9.5, color=ON_BLUE)
        axes.annotate(
            f"customer {words['customer']} words", (98.5, place), va="center", ha="right", size=9.5, color=TEXT,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
    axes.set_yticks(places, [name for name, _ in runs])
    axes.set_xlim(0, 100)
    axes.set_ylim(0.4, len(runs) + 0.6)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("share of the words said in the call (%)")
    own = series["own"]["words"]
    finding = (
        f"You said {own['you']} words and the customer {own['customer']}: {own['share']} % were yours. "
        f"Your longest turn had {own['longest']} words (turn {own['longest_turn']})."
    )
    if series["expert"]:
        finding += f" Of the expert's call {series['expert']['words']['share']} % were the expert's."
    return describe(figure, finding)


@in_house_style
def facts_figure(series: Mapping[str, Any]) -> Figure:
    """Facts told, counted up over the turns, and how many there were."""
    own, expert = series["own"], series["expert"]
    figure, axes = new_figure(
        "What you found out, and when",
        _subtitle(series, COMPARED if expert else ""),
        size=(7.2, 3.6),
        watermark=SIMULATION,
    )
    total, budget = own["facts"], series["budget"]
    if expert:
        _counted(axes, expert, MUTED, 1.4, "--", "expert")
    _counted(axes, own, OURS, 2.2, "-", "you")
    axes.axhline(total, color=REACHED, linewidth=1.2, linestyle=":")
    axes.annotate(f"{total} there were", (0, total), (4, 4), textcoords="offset points", size=9.5, color=TEXT)
    missed = total - own["found_count"]
    if missed:
        end = float(own["turns"])
        axes.annotate(
            "", (end, total), (end, own["found_count"]),
            arrowprops={"arrowstyle": "<->", "color": PROBLEM, "linewidth": 1.2},
        )  # fmt: skip
        middle = (total + own["found_count"]) / 2
        late = end > 0.75 * budget
        axes.annotate(
            f"{missed} missed", (end, middle), (-6 if late else 6, 0), textcoords="offset points", va="center",
            ha="right" if late else "left", size=9.5, color=TEXT,
        )  # fmt: skip
    axes.set_xlim(0, budget * 1.14)
    axes.set_ylim(0, total * 1.15 + 1)
    axes.set_xticks(_ticks(budget))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="turn", ylabel="facts told (count)")
    turns = [one["turn"] for one in own["found"]]
    finding = f"You were told {own['found_count']} of {total} facts in {own['turns']} turns"
    finding += f", the first in turn {turns[0]}, the last in turn {turns[-1]}." if turns else "."
    if expert:
        finding += f" The expert was told {expert['found_count']} of {expert['facts']}."
    return describe(figure, finding)


def _counted(axes: Axes, run: Run, colour: str, width: float, style: str, name: str) -> None:
    found: Sequence[Mapping[str, Any]] = run["found"]
    turns = [0, *(one["turn"] for one in found), run["turns"]]
    facts = [0, *(one["facts"] for one in found), run["found_count"]]
    axes.step(turns, facts, where="post", color=colour, linewidth=width, linestyle=style)
    below = style == "-"
    axes.annotate(
        name, (turns[-1], facts[-1]), (7, -6 if below else 6), textcoords="offset points", va="center", size=9.5,
        color=colour,
    )  # fmt: skip
