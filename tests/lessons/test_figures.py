"""Does every figure say what it shows, in words too, on light and on dark paper?"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from techsell.datasets import discovery as data
from techsell.lessons import discovery as maths
from techsell.lessons import discovery_figures as figures
from techsell.lessons import style

CALLS, TALKS = data.calls(), data.transcripts()
FIGURES: dict[str, Callable[[], Figure]] = {
    "closing": lambda: figures.closing_figure(CALLS),
    "closing pooled": lambda: figures.closing_figure(CALLS, stratified=False),
    "needs": lambda: figures.needs_figure(CALLS),
    "rates": lambda: figures.rates_figure(CALLS),
    "asks": lambda: figures.call_figure(maths.shape_of_call(TALKS, "it was the caustic"), "The seller asks"),
    "tells": lambda: figures.call_figure(maths.shape_of_call(TALKS, "digital twin"), "The seller tells"),
    "pain": lambda: figures.pain_figure(data.pain_edges(), data.pain_costs()),
}
CHARTS = sorted(set(FIGURES) - {"pain"})
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn() -> dict[str, Figure]:
    return {name: draw() for name, draw in FIGURES.items()}


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_figure_carries_the_watermark_a_sample_size_and_alt_text(name: str, drawn: dict[str, Figure]) -> None:
    title, subtitle, watermark = words(drawn[name])
    assert watermark == "synthetic data"
    assert len(title) > 10
    assert re.search(r"\b(\d+ calls|one call, \d+ turns|5 effects)\b", subtitle)
    alt = style.alt_text(drawn[name])
    assert len(alt) > 40
    assert re.search(r"\d", alt), "alt text gives the numbers that matter"


@pytest.mark.parametrize("name", CHARTS)
def test_axes_are_labelled_with_units(name: str, drawn: dict[str, Figure]) -> None:
    for axes in drawn[name].axes:
        assert re.search(r"\((no unit.*|count|s|%)\)$", axes.get_xlabel()), axes.get_xlabel()
    left = drawn[name].axes[0]
    named_rows = bool(re.search(r"[a-z]{4}", left.get_yticklabels()[0].get_text()))
    assert named_rows or re.search(r"\(%\)$", left.get_ylabel())


def test_costs_in_the_drawing_have_their_unit(drawn: dict[str, Figure]) -> None:
    assert "k£ a year" in words(drawn["pain"])[0]
    assert "k£ a year" in words(drawn["pain"])[1]


def test_the_drawn_points_are_the_computed_ones(drawn: dict[str, Figure]) -> None:
    points = [line.get_xdata()[0] for line in drawn["closing"].axes[0].lines if line.get_marker() == "o"]
    assert points == [row.value for row in reversed(maths.closing_effect(CALLS).values())]
    bars = [bar.get_height() for bar in drawn["rates"].axes[1].patches]
    assert bars == list(maths.rate_by_needs(CALLS[CALLS["large"] == 1])["rate"])


def test_the_pooled_figure_does_not_give_the_answer_away(drawn: dict[str, Figure]) -> None:
    assert "small" not in style.alt_text(drawn["closing pooled"])
    assert [label.get_text() for label in drawn["closing pooled"].axes[0].get_yticklabels()] == ["all calls (n = 900)"]


def test_alt_text_follows_the_data() -> None:
    flat = CALLS.assign(advance=CALLS["advance"].sample(frac=1, random_state=0).to_numpy())
    assert style.alt_text(figures.closing_figure(flat)) != style.alt_text(figures.closing_figure(CALLS))


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_shown_it_is_an_image_with_a_name_in_the_hosts_colours(name: str, drawn: dict[str, Figure]) -> None:
    drawing = style.svg(drawn[name])
    root = ET.fromstring(drawing)  # noqa: S314 - our own output
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == style.alt_text(drawn[name])
    texts = list(root.iter(f"{SVG}text"))
    assert texts, "text stays text"
    for text in texts:
        assert "fill: var(--jp-ui-font-color" in str(text.get("style")), text.text
        assert "DejaVu" not in str(text.get("style"))
    assert "<script" not in drawing
    assert "<metadata" not in drawing


def test_nothing_is_told_by_colour_alone(drawn: dict[str, Figure]) -> None:
    """Points differ by filling, bars by hatch, lines by dashes."""
    markers = {line.get_markerfacecolor() for line in drawn["needs"].axes[0].lines if line.get_marker() == "o"}
    dashes = {line.get_linestyle() for line in drawn["needs"].axes[0].lines}
    assert len(markers) == 2
    assert {"-", "--"} <= dashes
    assert {bool(bar.get_hatch()) for panel in drawn["rates"].axes for bar in panel.patches} == {True, False}


def test_the_same_figure_gives_the_same_text_and_ids_do_not_meet_on_one_page(drawn: dict[str, Figure]) -> None:
    assert style.svg(figures.closing_figure(CALLS)) == style.svg(drawn["closing"])
    ids = [re.findall(r'\bid="([^"]+)"', style.svg(figure)) for figure in drawn.values()]
    assert sum(len(set(found)) for found in ids) == len(set().union(*ids))
    for figure in drawn.values():
        drawing = style.svg(figure)
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', drawing)) <= set(re.findall(r'\bid="([^"]+)"', drawing))


def test_a_figure_in_a_notebook_can_also_be_read(drawn: dict[str, Figure]) -> None:
    shown = style.show(drawn["pain"])
    page = shown._repr_html_()
    assert page.count("<figure") == page.count("</figure>") == 1
    assert "<summary>This figure in words</summary>A seal leak stops the line" in page
    assert repr(shown).startswith("Figure: A seal leak")


def test_a_figure_without_alt_text_is_refused() -> None:
    @style.in_house_style
    def silent() -> Figure:
        return style.new_figure("Title", "1 pump")[0]

    with pytest.raises(ValueError, match="describe"):
        style.show(silent())._repr_html_()


def test_quotes_and_angle_brackets_in_alt_text_stay_text() -> None:
    @style.in_house_style
    def awkward() -> Figure:
        return style.describe(style.new_figure("Title", "1 pump")[0], 'He said "a < b" & left')

    root = ET.fromstring(style.svg(awkward()))  # noqa: S314 - our own output
    assert root.get("aria-label") == 'He said "a < b" & left'


def test_drawing_leaves_matplotlibs_settings_and_pyplot_alone() -> None:
    before = dict(mpl.rcParams)
    style.svg(figures.closing_figure(CALLS))
    assert dict(mpl.rcParams) == before
    code = "import sys, techsell.lessons.discovery_figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_drawing_does_not_change_the_data() -> None:
    calls, talks = CALLS.copy(), TALKS.copy()
    for draw in FIGURES.values():
        draw()
    pd.testing.assert_frame_equal(calls, CALLS)
    pd.testing.assert_frame_equal(talks, TALKS)


def test_a_table_is_for_reading() -> None:
    frame = pd.DataFrame({"unit": ["h <night>"], "k£": [1.5]})
    page = style.table(frame, "Bills", {"k£": "{:.2f}"})._repr_html_()
    assert "<caption" in page
    assert page.count('scope="col"') == 2
    assert "h &lt;night&gt;" in page
    assert "1.50" in page
    assert repr(style.table(frame, "Bills")).startswith("Bills\n")
