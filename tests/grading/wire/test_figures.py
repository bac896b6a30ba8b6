"""Does the description of a figure say what a person sees, and does it hold nothing of matplotlib?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell_grading.grader.wire import (
    AxesDescription,
    Bar,
    FigureDescription,
    Line,
    NotPlain,
    WireError,
    decode,
    encode,
)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def test_a_figure_arrives_as_its_description() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    figure.suptitle("Whole")
    left.plot([1, 2, 3], [4, 5, np.nan], label="rising", color="red")
    left.plot([0, 1], [1, 1])
    left.set(title="Lines", xlabel="weeks", ylabel="cost", yscale="log", xlim=(0, 10))
    left.legend()
    right.bar(["a", "b"], [3, 4], color="#00ff00")
    right.scatter([1, 2], [3, 4])
    right.text(0.5, 2, "note")
    got: Any = decode(encode(figure))
    assert type(got) is FigureDescription
    assert got.title == "Whole"
    one, two = got.axes
    assert type(one) is AxesDescription
    assert (one.title, one.xlabel, one.ylabel, one.xscale, one.yscale) == ("Lines", "weeks", "cost", "linear", "log")
    assert one.xlim == (0.0, 10.0)
    assert one.legend == ("rising",)
    assert one.lines[0].label == "rising"
    assert one.lines[0].colour == "#ff0000"
    assert one.lines[0].x == (1.0, 2.0, 3.0)
    assert one.lines[0].y[:2] == (4.0, 5.0)
    assert np.isnan(one.lines[0].y[2])
    assert one.lines[1].label == ""
    assert two.xticks == ("a", "b")
    assert two.bars == (Bar("#00ff00", -0.4, 0.0, 0.8, 3.0), Bar("#00ff00", 0.6, 0.0, 0.8, 4.0))
    assert two.points == ((1.0, 3.0), (2.0, 4.0))
    assert two.texts == ("note",)


def test_axes_alone_arrive_as_a_figure_of_one() -> None:
    figure, axes = plt.subplots(1, 2)
    figure.suptitle("Whole")
    axes[1].set_title("second")
    got: Any = decode(encode({"ax": axes[1], "all": axes}))
    assert [part.title for part in got["ax"].axes] == ["second"]
    assert got["ax"].title == "Whole"
    assert got["all"].shape == (2,)
    assert got["all"][1] == got["ax"]


def test_dates_and_pandas_plots_are_described() -> None:
    pd = pytest.importorskip("pandas")
    axes = pd.DataFrame({"hours": [1, 2]}, index=[date(2024, 1, 1), date(2024, 1, 2)]).plot()
    got: Any = decode(encode(axes))
    assert got.axes[0].lines[0].label == "hours"
    assert got.axes[0].lines[0].y == (1.0, 2.0)


def test_a_histogram_is_its_bars() -> None:
    figure, axes = plt.subplots()
    axes.hist([1, 1, 2], bins=[0.5, 1.5, 2.5])
    got: Any = decode(encode(figure))
    assert [(bar.x, bar.height) for bar in got.axes[0].bars] == [(0.5, 2.0), (1.5, 1.0)]


def test_other_axes_and_failing_artists_are_not_plain() -> None:
    figure = plt.figure()
    figure.add_subplot(projection="polar")
    with pytest.raises(NotPlain, match="'Figure' cannot be handed over: what it shows cannot be read off"):
        encode(figure)
    figure, axes = plt.subplots()
    axes.xaxis.set_major_formatter(lambda value, place: 1 / 0)
    with pytest.raises(NotPlain, match="ZeroDivisionError"):
        encode(axes)


_texts, _floats = st.text(max_size=5), st.floats(allow_nan=False)
_rows = st.lists(_floats, max_size=4).map(tuple)
_words = st.lists(_texts, max_size=3).map(tuple)
_lines = st.lists(st.builds(Line, _texts, _texts, _rows, _rows), max_size=3).map(tuple)
_bars = st.lists(st.builds(Bar, _texts, _floats, _floats, _floats, _floats), max_size=3).map(tuple)
_points = st.lists(st.tuples(_floats, _floats), max_size=3).map(tuple)
_kinds = {"tuple[float, ...]": _rows, "tuple[str, ...]": _words, "str": _texts, "tuple[Line, ...]": _lines}
_kinds |= {"tuple[Bar, ...]": _bars, "tuple[tuple[float, float], ...]": _points}
_axes = st.builds(
    AxesDescription, **{field.name: _kinds[str(field.type)] for field in dataclasses.fields(AxesDescription)}
)


@settings(deadline=None, max_examples=100)
@given(st.builds(FigureDescription, _texts, st.lists(_axes, max_size=3).map(tuple)))
def test_every_description_comes_back(same: Callable[[Any, Any], bool], figure: FigureDescription) -> None:
    back: Any = decode(encode(figure))
    assert back == figure
    assert same(dataclasses.astuple(back), dataclasses.astuple(figure))


def test_a_description_with_other_things_in_it_is_refused() -> None:
    figure = FigureDescription("t", ())
    assert decode(encode(figure)) == figure
    for title in (1, None, ("t",)):
        with pytest.raises(WireError, match="not described"):
            decode(encode(dataclasses.replace(figure, title=title)))  # type: ignore[arg-type]
    for field in dataclasses.fields(AxesDescription):
        axes = _axes_of(**{field.name: 7 if field.name not in ("bars", "points", "lines") else ()})
        message = encode(FigureDescription("t", (axes,))) if field.name not in ("bars", "points", "lines") else None
        if message is not None:
            with pytest.raises(WireError, match="not described"):
                decode(message)


def _axes_of(**fields: Any) -> AxesDescription:
    empty = {field.name: "" if field.type == "str" else () for field in dataclasses.fields(AxesDescription)}
    return AxesDescription(**{**empty, **fields})
