"""One look for the course's figures: matplotlib's object interface, no pyplot, and a notebook view with alt text.

A figure function is decorated with `in_house_style`, makes its figure with `new_figure` and ends with `describe`:

    @in_house_style
    def line_figure(df):
        figure, axes = new_figure("What rises", f"{len(df)} pumps")
        axes.plot(df["hours"], df["leak"])
        axes.set(xlabel="running time (h)", ylabel="leak (ml/h)")
        return describe(figure, "The leak doubles within 4,000 hours.")

`show(figure)` puts it into a notebook as inline SVG whose text and grid follow the host's light or dark theme.
`table(frame)` shows a DataFrame that is meant to be read: text to the left and wrapped, no index, header cells marked.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
from collections.abc import Callable, Mapping
from html import escape
from importlib.resources import files
from typing import Any, ParamSpec

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = [
    "ATTENTION",
    "OURS",
    "PROBLEM",
    "REACHED",
    "WATERMARK",
    "Shown",
    "Table",
    "alt_text",
    "bare",
    "describe",
    "in_house_style",
    "new_figure",
    "show",
    "svg",
    "table",
]

OURS, REACHED, ATTENTION, PROBLEM = "#0072B2", "#009E73", "#E69F00", "#D55E00"
"""The course's four colours. None of them carries a meaning alone: a word, a marker or a hatch goes with it."""

TEXT, MUTED, GRID, PAPER = "#1a1b1c", "#5f6063", "#c9cacb", "#fdfefe"
WATERMARK = "synthetic data"

_HOST_COLOURS = {
    TEXT: "var(--jp-ui-font-color1, #1a1b1c)",
    MUTED: "var(--jp-ui-font-color2, #5f6063)",
    GRID: "var(--jp-border-color2, #c9cacb)",
    PAPER: "var(--jp-layout-color0, #fdfefe)",
}

P = ParamSpec("P")


def in_house_style(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a figure function under the course's style file and leave matplotlib's settings as they were."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with mpl.rc_context(_house_style()):
            return draw(*args, **kwargs)

    return styled


@functools.cache
def _house_style() -> Any:  # matplotlib's own type lists every setting by name
    path = files("techsell").joinpath("figures.mplstyle")
    return mpl.rc_params_from_file(str(path), use_default_template=False)


def new_figure(
    title: str,
    subtitle: str,
    *,
    columns: int = 1,
    size: tuple[float, float] = (7.2, 3.8),
    share_y: bool = False,
    watermark: str = WATERMARK,
) -> tuple[Figure, Any]:
    """A figure with title, subtitle (say the sample size there) and watermark, and its axes.

    Returns the figure and one `Axes`, or an array of them when `columns` is more than 1.
    """
    height = 72 * size[1]  # points
    figure = Figure(figsize=size, layout="constrained")
    figure.get_layout_engine().set(rect=(0.0, 0.0, 1.0, 1.0 - 42 / height))  # type: ignore[union-attr, call-arg]
    figure.text(0.01, 1 - 3 / height, title, size=13, weight="bold", va="top")
    figure.text(0.01, 1 - 22 / height, subtitle, size=10, color=MUTED, va="top")
    figure.text(0.99, 1 - 3 / height, watermark, size=9, color=MUTED, style="italic", ha="right", va="top")
    axes = figure.subplots(1, columns, sharey=share_y)
    return figure, axes


def describe(figure: Figure, finding: str) -> Figure:
    """Give the figure its alt text: what it shows, in a sentence or two, with the numbers that matter.

    Places everything for good, so that the figure looks the same each time it is shown.
    """
    figure.set_label(finding)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure


def alt_text(figure: Figure) -> str:
    """The text that stands in for the figure.

    Raises:
        ValueError: the figure was not given one by `describe`.
    """
    finding = str(figure.get_label() or "")
    if not finding:
        raise ValueError("this figure has no alt text; end its function with describe(figure, finding)")
    return finding


def bare(axes: Axes) -> None:
    """Take ticks, grid and frame away, for drawings that are no charts."""
    axes.set_axis_off()
    axes.grid(visible=False)


def svg(figure: Figure) -> str:
    """The figure as one `<svg>` element with a role, alt text and colours that follow the host.

    The same figure gives the same text; ids differ between figures, so that several fit on one page.
    """
    finding = alt_text(figure)
    salt = hashlib.sha256(finding.encode("utf-8")).hexdigest()[:12]
    buffer = io.StringIO()
    with mpl.rc_context({**_house_style(), "svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r'font-family: [^;"]*', "font-family: var(--jp-ui-font-family, sans-serif)", drawing)
    drawing = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>f{salt}-", drawing)
    for ours, host in _HOST_COLOURS.items():
        drawing = drawing.replace(ours, host)
    opening = f'<svg role="img" aria-label="{escape(finding)}" style="max-width: 100%; height: auto" '
    return drawing.replace("<svg ", opening, 1)


class Shown:
    """A figure as a notebook shows it: inline SVG, and its finding in words for those who do not see it."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure

    def __repr__(self) -> str:
        return f"Figure: {alt_text(self.figure)}"

    def _repr_html_(self) -> str:
        words = escape(alt_text(self.figure))
        return (
            f'<figure style="margin: 0">{svg(self.figure)}'
            f"<figcaption><details><summary>This figure in words</summary>{words}</details></figcaption></figure>"
        )


def show(figure: Figure) -> Shown:
    """Show a figure as the last expression of a cell."""
    return Shown(figure)


class Table:
    """A DataFrame as a notebook shows it when people are to read every cell."""

    def __init__(self, frame: pd.DataFrame, caption: str, formats: Mapping[str, str]) -> None:
        self.frame, self.caption = frame, caption
        self._rows = [
            [formats.get(str(name), "{}").format(cell) for name, cell in zip(frame.columns, row, strict=True)]
            for row in frame.itertuples(index=False)
        ]
        self._right = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns]

    def __repr__(self) -> str:
        return f"{self.caption}\n{self.frame.to_string(index=False)}"

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="text-align: {"right" if right else "left"}">{escape(str(name))}</th>'
            for name, right in zip(self.frame.columns, self._right, strict=True)
        )
        body = "".join("<tr>" + "".join(map(_cell, row, self._right)) + "</tr>" for row in self._rows)
        caption = f'<caption style="text-align: left">{escape(self.caption)}</caption>'
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str, right: bool) -> str:
    side, wrap = ("right", "nowrap") if right else ("left", "normal")
    return (
        f'<td style="text-align: {side}; white-space: {wrap}; font-variant-numeric: tabular-nums">{escape(text)}</td>'
    )


def table(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> Table:
    """Show a DataFrame as the last expression of a cell; `formats` maps a column to a format such as "{:.0f}"."""
    return Table(frame, caption, formats or {})
