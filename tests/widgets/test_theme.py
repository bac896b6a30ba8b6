"""Are the front end's files put together whole, each of them used, and none of them reaching out?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from techsell.widgets import Compare, Prediction, Quiz, RolePlay
from techsell.widgets.theme import COMPARE, PREDICTION, QUIZ, ROLE_PLAY, STATIC, compose

WIDGETS = {RolePlay: ROLE_PLAY, Quiz: QUIZ, Prediction: PREDICTION, Compare: COMPARE}
SCRIPTS = sorted(STATIC.glob("*.js"))
SHEETS = sorted(STATIC.glob("*.css"))


def test_composing_joins_whole_files_in_order() -> None:
    assert compose("dom.js", "quiz.js") == "\n".join(
        (STATIC / name).read_text(encoding="utf-8") for name in ("dom.js", "quiz.js")
    )


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_only_the_last_file_of_a_widget_exports(widget: type) -> None:
    *parts, last = WIDGETS[widget]

    assert [name for name in parts if "export " in (STATIC / name).read_text(encoding="utf-8")] == []
    assert (STATIC / last).read_text(encoding="utf-8").count("export default { render };") == 1


def test_every_file_is_used_by_a_widget() -> None:
    assert {path.name for path in SCRIPTS} == {name for names in WIDGETS.values() for name in names}
    assert [path.name for path in SHEETS if not any(path.read_text("utf-8") in widget._css for widget in WIDGETS)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_set_no_html_and_reach_nowhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    found = re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function|\bfetch\(|https?://|\bimport\b", text
    )
    assert found == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheets_take_colours_from_the_theme_only(path: Path) -> None:
    """Colours of our own stand in one place, where the four meanings are named; white is the word on a blue button."""
    text = path.read_text(encoding="utf-8")
    meanings = {"#0072b2", "#009e73", "#e69f00", "#d55e00", "#fff"}

    own = set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", text))
    assert own <= (meanings if "theme.css" in str(path) else set())
    assert "url(" not in text
