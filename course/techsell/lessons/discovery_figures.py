"""The figures of lesson 3. Each takes data and gives a described `Figure`; none of them knows a file."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from techsell.lessons.discovery import closing_effect, naive_sum, needs_by_size, pain_steps, rate_by_needs
from techsell.lessons.style import MUTED, OURS, PAPER, PROBLEM, TEXT, bare, describe, in_house_style, new_figure

__all__ = ["call_figure", "closing_figure", "needs_figure", "pain_figure", "rates_figure"]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


_ROWS = ("pitch", "situation", "problem", "implication", "payoff", "reflect", "commit")


@in_house_style
def closing_figure(calls: pd.DataFrame, stratified: bool = True) -> Figure:
    """Odds ratio of an advance when the seller presses: all calls, and (`stratified`) each deal size by itself.

    Args:
        calls: as `techsell.datasets.discovery.calls` gives them.
    """
    rows = closing_effect(calls)
    shown = rows if stratified else {"all calls": rows["all calls"]}
    figure, axes = new_figure(
        "Does pressing for a decision help?",
        f"{len(calls)} calls; point = odds ratio, bar = 95 % interval",
        size=(7.2, 1.75 + 0.5 * len(shown)),
    )
    for y, (name, row) in enumerate(reversed(shown.items())):
        pooled = name == "all calls"
        colour = PROBLEM if pooled else OURS
        axes.plot([row.low, row.high], [y, y], color=colour, linestyle="--" if pooled else "-")
        axes.plot([row.value], [y], "o", color=colour, markerfacecolor=PAPER if pooled else colour)
        axes.annotate(f"{row.value:.2f}", (row.value, y), (0, 7), textcoords="offset points", ha="center", size=10)
    axes.axvline(1.0, color=MUTED, linewidth=1.0)
    axes.set_xscale("log")
    axes.set_xlim(0.3, 6.0)
    axes.set_ylim(-0.6, len(shown) - 0.3)
    axes.xaxis.set_major_locator(FixedLocator([0.5, 1.0, 2.0, 4.0]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(shown)), [f"{name} (n = {row.n})" for name, row in reversed(shown.items())])
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("odds ratio of an advance, pressing / not (no unit; 1 = no difference)")
    finding = f"Over all {len(calls)} calls the odds ratio is {rows['all calls']}."
    if stratified:
        finding += (
            f" Within small deals it is {rows['small deals']}, within large deals {rows['large deals']}, "
            f"and put together within deal size {rows['within deal size']}."
        )
    return describe(figure, finding)


@in_house_style
def needs_figure(calls: pd.DataFrame) -> Figure:
    """Correlation of an advance with implied and with explicit needs, in small and in large deals."""
    rows = needs_by_size(calls)
    figure, axes = new_figure(
        "Which needs go with an advance?",
        f"{len(calls)} calls; point = correlation, bar = 95 % interval",
        size=(7.2, 3.6),
    )
    for y, ((_, kind), row) in enumerate(reversed(rows.items())):
        explicit = kind == "explicit"
        colour = OURS if explicit else PROBLEM
        axes.plot([row.low, row.high], [y, y], color=colour, linestyle="-" if explicit else "--")
        axes.plot([row.value], [y], "o", color=colour, markerfacecolor=colour if explicit else PAPER)
        axes.annotate(_signed(row.value), (row.value, y), (0, 7), textcoords="offset points", ha="center", size=10)
    axes.axvline(0.0, color=MUTED, linewidth=1.0)
    axes.set_xlim(-0.2, 0.6)
    axes.set_ylim(-0.6, len(rows) - 0.3)
    labels = [f"{size}, {kind} needs (n = {row.n})" for (size, kind), row in reversed(rows.items())]
    axes.set_yticks(range(len(rows)), labels)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("correlation with an advance (no unit; 0 = none)")
    words = "; ".join(f"{size}, {kind} needs {_signed(row.value)}" for (size, kind), row in rows.items())
    return describe(figure, f"Correlation with an advance: {words}.")


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−")


@in_house_style
def rates_figure(calls: pd.DataFrame) -> Figure:
    """Share of calls that advanced by number of explicit needs, small and large deals side by side."""
    figure, panels = new_figure(
        "Advances by the number of explicit needs",
        f"{len(calls)} calls; bar = share of calls with an advance, line = 95 % interval, n under the bars",
        columns=2,
        size=(7.2, 3.8),
        share_y=True,
    )
    findings = []
    for axes, size, name in zip(panels, (0, 1), ("small deals", "large deals"), strict=True):
        table = rate_by_needs(calls[calls["large"] == size], "explicit")
        bars = axes.bar(table["needs"], table["rate"], color=OURS if size else PROBLEM, width=0.7)
        for bar in bars:
            bar.set_hatch("" if size else "///")
        axes.vlines(table["needs"], table["low"], table["high"], color=TEXT, linewidth=1.2)
        ticks = [f"{row['needs']}{'+' if row['needs'] == 4 else ''}\nn = {row['n']}" for row in _records(table)]
        axes.set_xticks(table["needs"], ticks, size=8.5)
        axes.grid(axis="x", visible=False)
        axes.set_title(name, size=10.5, weight="normal")
        axes.set_xlabel("explicit needs in the call (count)")
        findings.append(f"{name}: from {table['rate'].iloc[0]:.0%} with none to {table['rate'].iloc[-1]:.0%} with most")
    panels[0].set_ylim(0, 1)
    panels[0].yaxis.set_major_formatter(PercentFormatter(1.0))
    panels[0].set_ylabel("calls with an advance (%)")
    return describe(figure, "Share of calls with an advance, " + "; ".join(findings) + ".")


@in_house_style
def call_figure(call: pd.DataFrame, title: str) -> Figure:
    """One call on a time axis: a row for each kind of seller's move, and the buyer's stated needs below.

    Args:
        call: the turns of one call, as `techsell.datasets.discovery.transcripts` gives them.
    """
    seller, buyer = call[call["speaker"] == "seller"], call[call["speaker"] == "buyer"]
    rows = [*_ROWS, "buyer: implied need", "buyer: explicit need", "buyer: end"]
    figure, axes = new_figure(title, f"one call, {len(call)} turns; bar = one turn", size=(7.2, 3.9))
    spans = [(_ROWS.index(t["tag"]), t["t0"], t["t1"], OURS, "") for t in _records(seller) if t["tag"] in _ROWS]
    ends = {"implied": 7, "explicit": 8, "advance": 9, "continuation": 9, "refusal": 9}
    spans += [(ends[t["tag"]], t["t0"], t["t1"], PROBLEM, "///") for t in _records(buyer) if t["tag"] in ends]
    for row, t0, t1, colour, hatch in spans:
        axes.barh(row, t1 - t0, left=t0, height=0.6, color=colour, hatch=hatch)
    last = buyer.iloc[-1]
    axes.annotate(
        str(last["tag"]), (last["t0"], 9), (-4, 0), textcoords="offset points", ha="right", va="center", size=9
    )
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, float(call["t1"].max()) + 2)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("time in the call (s)")
    counts = seller["tag"].value_counts()
    said = ", ".join(f"{counts[tag]} {tag}" for tag in _ROWS if tag in counts)
    stated = int((buyer["tag"] == "explicit").sum())
    return describe(
        figure,
        f"{title}: the seller's moves were {said}; explicit needs stated by the buyer: {stated}; end: {last['tag']}.",
    )


_PLACES = {
    "seal leak": (0.10, 0.55),
    "line stop": (0.34, 0.55),
    "late orders": (0.61, 0.80),
    "overtime": (0.61, 0.30),
    "penalties": (0.89, 0.55),
}


@in_house_style
def pain_figure(edges: pd.DataFrame, costs: pd.Series, root: str = "seal leak") -> Figure:
    """The Cobalt Ridge chain as boxes and arrows, with what each effect costs by itself."""
    steps = pain_steps(edges, costs, root)
    total = steps["cost"].sum()
    figure, axes = new_figure(
        f"What a seal leak costs: {total:.0f} k£ a year",
        f"{len(steps)} effects at Cobalt Ridge, each with its own cost in k£ a year",
        size=(7.2, 3.4),
    )
    bare(axes)
    axes.set(xlim=(0, 1), ylim=(0.1, 1.0))
    for edge in _records(edges):
        if edge["cause"] in _PLACES and edge["effect"] in _PLACES:
            _arrow(axes, _PLACES[edge["cause"]], _PLACES[edge["effect"]])
    incoming = edges["effect"].value_counts()
    for row in _records(steps):
        effect, shared = row["effect"], bool(incoming.get(row["effect"], 0) > 1)
        _box(axes, _PLACES[effect], f"{effect}\n{row['cost']:.0f}", shared=shared)
        if shared:
            x, y = _PLACES[effect]
            axes.text(x, y - 0.19, "two causes,\none bill", ha="center", va="top", size=9.5, color=MUTED)
    words = ", ".join(f"{row['effect']} {row['cost']:.0f}" for row in _records(steps))
    double = naive_sum(edges, costs, root)
    return describe(
        figure,
        "A seal leak stops the line; the stop makes orders late and overtime necessary; both end in the same "
        f"penalties. Costs in k£ a year: {words}; together {total:.0f}. Who follows every arrow pays the penalties "
        f"twice and gets {double:.0f}.",
    )


def _box(axes: Axes, place: tuple[float, float], text: str, *, shared: bool) -> None:
    x, y = place
    colour, width = (PROBLEM, 2.4) if shared else (OURS, 1.2)
    axes.add_patch(
        FancyBboxPatch(
            (x - 0.08, y - 0.11), 0.16, 0.22, boxstyle="round,pad=0.01,rounding_size=0.02",
            facecolor=PAPER, edgecolor=colour, linewidth=width, linestyle="--" if shared else "-",
        )
    )  # fmt: skip
    axes.text(x, y, text, ha="center", va="center", size=10.5)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=14, color=MUTED, shrinkA=44, shrinkB=44, linewidth=1.2
    )
    axes.add_patch(arrow)
