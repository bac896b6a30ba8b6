"""What a figure shows, as plain data: the titles, the axes, the lines, bars and points, the words.

Nothing of matplotlib crosses. `figures` makes these descriptions in the process where the figure is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import WireError
from .stream import Reader, ReadTag, Write, Writer

__all__ = ["READERS", "WRITERS", "AxesDescription", "Bar", "FigureDescription", "Line"]

_COST = 10


@dataclass(frozen=True)
class Line:
    """One line: its label as given by the author ('' when none), its colour as '#rrggbb' ('' when none), its points.

    Dates are matplotlib's day numbers; categories are 0, 1, 2, and so on.
    """

    label: str
    colour: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Bar:
    """One bar of a bar chart or histogram. `x` and `y` are its lower left corner."""

    colour: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class AxesDescription:
    """One pair of axes. `xticks` and `yticks` are the words at the ticks; `points` are those of scatter plots."""

    title: str
    xlabel: str
    ylabel: str
    xscale: str
    yscale: str
    xlim: tuple[float, ...]
    ylim: tuple[float, ...]
    xticks: tuple[str, ...]
    yticks: tuple[str, ...]
    lines: tuple[Line, ...]
    bars: tuple[Bar, ...]
    points: tuple[tuple[float, float], ...]
    texts: tuple[str, ...]
    legend: tuple[str, ...]


@dataclass(frozen=True)
class FigureDescription:
    """A figure with all its axes, or one pair of axes alone (then `axes` has one entry)."""

    title: str
    axes: tuple[AxesDescription, ...]


def _write_figure(w: Writer, value: FigureDescription) -> None:
    w.raw(b"G")
    w.enter(value)
    w.value(value.title)
    w.byte(len(value.axes))
    for axes in value.axes:
        w.count(_COST)
        _write_axes(w, axes)
    w.leave()


def _write_axes(w: Writer, axes: AxesDescription) -> None:
    w.value((axes.title, axes.xlabel, axes.ylabel, axes.xscale, axes.yscale))
    w.value((axes.xticks, axes.yticks, axes.texts, axes.legend))
    w.value((axes.xlim, axes.ylim))
    w.value(tuple((line.label, line.colour, line.x, line.y) for line in axes.lines))
    w.value(tuple(bar.colour for bar in axes.bars))
    w.value(tuple(number for bar in axes.bars for number in (bar.x, bar.y, bar.width, bar.height)))
    w.value(tuple(number for point in axes.points for number in point))


def _read_figure(r: Reader) -> FigureDescription:
    r.enter()
    title = _text(r.value())
    axes = []
    for _ in range(r.byte()):
        r.count(_COST)
        axes.append(_read_axes(r))
    r.leave()
    return FigureDescription(title, tuple(axes))


def _read_axes(r: Reader) -> AxesDescription:
    title, xlabel, ylabel, xscale, yscale = _texts(r.value(), 5)
    xticks, yticks, texts, legend = (_texts(value) for value in _row(r.value(), 4))
    xlim, ylim = (_numbers(value) for value in _row(r.value(), 2))
    lines = tuple(_line(*_row(value, 4)) for value in _row(r.value()))
    colours = _texts(r.value())
    corners = _numbers(r.value(), 4 * len(colours))
    bars = tuple(Bar(colour, *corners[4 * n : 4 * n + 4]) for n, colour in enumerate(colours))
    flat = _numbers(r.value())
    points = tuple(zip(flat[::2], flat[1::2], strict=True))
    return AxesDescription(
        *(title, xlabel, ylabel, xscale, yscale, xlim, ylim, xticks, yticks, lines, bars, points, texts, legend)
    )


def _line(label: Any, colour: Any, x: Any, y: Any) -> Line:
    return Line(_text(label), _text(colour), _numbers(x), _numbers(y))


def _row(value: Any, length: int | None = None, kind: type | None = None) -> tuple[Any, ...]:
    if type(value) is not tuple or (length is not None and len(value) != length):
        raise WireError("A figure is not described as one")
    if kind is not None and any(type(part) is not kind for part in value):
        raise WireError("A figure is not described as one")
    return value


def _text(value: Any) -> str:
    return str(_row((value,), 1, str)[0])


def _texts(value: Any, length: int | None = None) -> tuple[str, ...]:
    return _row(value, length, str)


def _numbers(value: Any, length: int | None = None) -> tuple[float, ...]:
    return _row(value, length, float)


WRITERS: dict[type, Write] = {FigureDescription: _write_figure}
READERS: dict[str, ReadTag] = {"G": _read_figure}
