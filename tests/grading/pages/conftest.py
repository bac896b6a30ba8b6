"""Feedback pages without a grader: notebooks and verdicts written by hand, and a reader that knows what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest

from techsell_grading.feedback import page
from techsell_grading.gradebook import Mark
from techsell_grading.grader import Check, Verdict
from techsell_grading.grader.source import Markers
from techsell_grading.pages.notebook import read_sheet
from techsell_grading.result import Catalogue, as_result

MODULE = "valves"
_TAGS = (
    "html head meta title style body header main footer section div p span h1 h2 h3 h4 table caption thead tbody tr th"
    " td a ul ol li dl dt dd pre code b em strong blockquote br hr img details summary small"
)
_ATTRIBUTES = (
    "lang charset http-equiv content name class id href role tabindex aria-label aria-labelledby aria-hidden scope src"
    " width height alt start"
)
TAGS, ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
EMPTY = frozenset({"meta", "br", "hr", "img"})


class Reader(HTMLParser):
    """What a page says, and everything in it that must not be there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said = ""
        self.wrong: list[str] = []
        self.tags: list[str] = []
        self.pictures: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in TAGS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.wrong.append(f"{name}={value!r} in <{tag}>")
            if name == "href" and not (value or "").startswith("#"):
                self.wrong.append(f"a link to {value!r}")
            if name == "src":
                self.pictures.append(str(value))
                if not re.match(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+$", value or ""):
                    self.wrong.append(f"a picture from {str(value)[:60]!r}")
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.said += data


@dataclass
class Paper:
    """A notebook being written, with what the grader found. `text` makes the page."""

    cells: list[dict[str, Any]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    unanswered: list[tuple[str, str]] = field(default_factory=list)
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    released: frozenset[str] | None = frozenset()
    broken: str = ""

    def cell(self, kind: str, source: str, name: str = "", outputs: Sequence[Any] = (), **flags: bool) -> Paper:
        grade = {"grade": False, "solution": False, "locked": False, "task": False, "grade_id": name, **flags}
        one = {"cell_type": kind, "source": source, "metadata": {"nbgrader": grade} if name else {}, "id": "x"}
        self.cells.append(one | ({"outputs": list(outputs), "execution_count": 1} if kind == "code" else {}))
        return self

    def answer(self, source: str, *outputs: Any, name: str = "double_answer") -> Paper:
        return self.cell("code", source, name, outputs, solution=True)

    def own(self, source: str, *outputs: Any, kind: str = "code") -> Paper:
        return self.cell(kind, source, "", outputs)

    def test(self, name: str = "double", message: str = "", source: str = "assert True", **more: Any) -> Paper:
        """A test cell and its check: full marks without a message."""
        printed = stream("what a test printed")
        self.cell("code", source, name, [printed], grade=True, locked=True)
        points = 0.0 if message else 2.0
        self.checks.append(Check(MODULE, name, "test", points, 2.0, not message, message, **more))
        return self

    def verdict(self) -> Verdict:
        return Verdict(
            MODULE,
            "L-PAGES2",
            "",
            "",
            tuple(self.checks),
            reasons=self.reasons,
            notes=self.notes,
            unanswered=tuple(self.unanswered),
        )

    def notebook(self) -> str:
        return self.broken or json.dumps({"cells": self.cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    def text(self) -> str:
        verdict = self.verdict()
        sheet = read_sheet(self.notebook(), self.released, Markers())
        result = as_result(verdict, self.marks, Catalogue({}))
        return page(result, verdict, {MODULE: sheet} if sheet else {}, title="Valves").decode()

    def read(self) -> Reader:
        return Reader(self.text())


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def error(name: str, text: str, *rows: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": ["-" * 75, *rows, f"{name}: {text}"]}


def data(content: Mapping[str, Any], kind: str = "display_data") -> dict[str, Any]:
    return {"output_type": kind, "data": dict(content), "metadata": {}}


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture(scope="session")
def new_paper() -> type[Paper]:
    return Paper


@pytest.fixture(scope="session")
def reader() -> type[Reader]:
    return Reader


@pytest.fixture(scope="session")
def out() -> dict[str, Callable[..., dict[str, Any]]]:
    """Outputs of a notebook by their kind."""
    return {"stream": stream, "error": error, "data": data}
