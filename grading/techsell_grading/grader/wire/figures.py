"""Figures and axes of matplotlib become descriptions when they are sent; the other side gets a `FigureDescription`.

Imported only once matplotlib is loaded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from .described import AxesDescription, Bar, FigureDescription, Line
from .errors import NotPlain
from .stream import ReadTag, Write, Writer

__all__ = ["READERS", "WRITERS"]

_MOST_AXES = 255


def _write_figure(w: Writer, value: Figure) -> None:
    _write(w, "Figure", value, value.axes)


def _write_axes(w: Writer, value: Axes) -> None:
    _write(w, "Axes", value.get_figure(), [value])


def _write(w: Writer, kind: str, figure: Any, axes: list[Any]) -> None:
    if len(axes) > _MOST_AXES:
        raise w.refuse(f"it has more than {_MOST_AXES} axes")
    try:
        title = "" if figure is None else str(figure.get_suptitle())
        described = FigureDescription(title, tuple(map(_describe, axes)))
    except Exception as error:
        # Ticks and units run code of the artists in the figure, which can fail in any way.
        raise NotPlain("", kind, f"what it shows cannot be read off ({type(error).__name__})") from None
    w.value(described)


def _describe(axes: Any) -> AxesDescription:
    if type(axes) is not Axes:
        raise TypeError("only ordinary axes can be described")
    legend = axes.get_legend()
    return AxesDescription(
        title=str(axes.get_title()),
        xlabel=str(axes.get_xlabel()),
        ylabel=str(axes.get_ylabel()),
        xscale=str(axes.get_xscale()),
        yscale=str(axes.get_yscale()),
        xlim=_numbers(axes.get_xlim()),
        ylim=_numbers(axes.get_ylim()),
        xticks=_words(axes.get_xticklabels()),
        yticks=_words(axes.get_yticklabels()),
        lines=tuple(map(_line, axes.get_lines())),
        bars=tuple(_bar(patch) for patch in axes.patches if type(patch) is Rectangle),
        points=_points(axes),
        texts=_words(axes.texts),
        legend=() if legend is None else _words(legend.get_texts()),
    )


def _line(line: Any) -> Line:
    label = str(line.get_label())
    x, y = _numbers(line.get_xdata(orig=False)), _numbers(line.get_ydata(orig=False))
    return Line("" if label.startswith("_") else label, _colour(line.get_color()), x, y)


def _bar(bar: Rectangle) -> Bar:
    return Bar(_colour(bar.get_facecolor()), *_numbers((bar.get_x(), bar.get_y(), bar.get_width(), bar.get_height())))


def _points(axes: Any) -> tuple[tuple[float, float], ...]:
    scatters = [drawn.get_offsets() for drawn in axes.collections if type(drawn) is PathCollection]
    return tuple((x, y) for offsets in scatters for x, y in zip(*map(_numbers, np.ma.asarray(offsets).T), strict=True))


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(np.ma.asarray(values, dtype=float).filled(np.nan).tolist())


def _words(texts: Any) -> tuple[str, ...]:
    return tuple(str(text.get_text()) for text in texts)


def _colour(colour: Any) -> str:
    """'#rrggbb'; '' for none, and for what can be seen through entirely."""
    shown = to_hex(colour, keep_alpha=True)
    return "" if shown.endswith("00") and len(shown) == 9 else shown[:7]


WRITERS: dict[type, Write] = {Figure: _write_figure, Axes: _write_axes}
READERS: dict[str, ReadTag] = {}
