"""Figures are drawn no more often than is needed to show them; that is most of the time of many a notebook."""

from __future__ import annotations

_COUNT = """\
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
drawn = []
_draw = Figure.draw
def draw(self, *words):
    drawn.append(1)
    return _draw(self, *words)
Figure.draw = draw"""
_BARS = "fig, ax = plt.subplots(figsize=(5, 3))\nax.bar(['a', 'b'], [1, 2])"
_TALL = "ax.tick_params(axis='x', rotation=90, labelsize=70)"


def _times(candidate, code):
    """How often a figure is drawn by a cell, and how many pictures come of it."""
    candidate.run(_COUNT)
    answer = candidate.run(code)
    assert answer["error"] is None
    return len(candidate.value("drawn")), sum("image/png" in o.get("data", {}) for o in answer["outputs"])


def test_a_figure_is_drawn_once(candidate):
    assert _times(candidate, f"{_BARS};") == (1, 1)


def test_a_figure_that_is_shown_by_name_is_drawn_once(candidate):
    assert _times(candidate, f"{_BARS}\nplt.show()") == (1, 1)


def test_a_figure_that_reaches_over_its_edge_is_drawn_twice(candidate):
    assert _times(candidate, f"{_BARS}\n{_TALL};") == (2, 1)


def test_interactive_mode_can_be_switched_off_and_on(candidate):
    assert _times(candidate, f"plt.ioff(); plt.ion(); plt.ion()\n{_BARS};") == (1, 1)


def test_what_reaches_over_the_edge_is_in_the_picture_as_ipython_makes_it(candidate):
    candidate.run(f"{_COUNT}\n{_BARS}\n{_TALL}\nfrom IPython.core.pylabtools import print_figure")
    ours = "get_ipython().display_formatter.formatters['image/png'](fig)"
    assert candidate.run(f"same = {ours} == print_figure(fig, base64=True)")["error"] is None
    assert candidate.value("same") is True
