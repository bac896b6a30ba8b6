"""A whole course with hostile hand-ins among honest ones, through the `techsell` command.

Graded by the command in processes of its own; this test then looks at the course, the book and the machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.hostile.bench.command import techsell
from tests.hostile.bench.exercises import HIDDEN, plant
from tests.hostile.bench.folders import FOLDERS, ZIPS
from tests.hostile.bench.machine import Machine
from tests.hostile.bench.notebook import saved
from tests.hostile.bench.tricks import Trick, load_all

HONEST = ("L-HONEST", "L-OTHER2")
CODE = [
    trick
    for trick in load_all()
    if trick.of in ("files", "processes", "network") and not trick.honest and "plant" in trick.on and trick.seconds > 5
]
FEW = tuple({trick.of: trick for trick in reversed(CODE)}.values())
FULL = 30.0


@dataclass(frozen=True)
class Graded:
    """What became of the course: the command's lines by learner, and where everything lies."""

    home: Path
    lines: dict[str, dict[str, Any]]
    said: str
    machine: Machine
    code: tuple[Trick, ...] | list[Trick]

    def book(self, question: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.home / 'gradebook.db'}?mode=ro", uri=True) as book:
            return book.execute(question).fetchall()


def _id(name: str) -> str:
    return f"L-{name.replace('_', '-').upper()}"[:60]


@pytest.fixture(scope="module", params=["few", pytest.param("all", marks=pytest.mark.slow)])
def graded(request, need_program) -> Iterator[Graded]:
    """Honest people, every trick that reaches out of its process, every odd folder and zip, graded in one run."""
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    machine = Machine()
    exercise, home = plant(), machine.root / "trainers"
    source = home / "source" / "plant" / "plant.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(exercise.author), encoding="utf-8")
    (home / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 10\n", encoding="utf-8")
    places = {**machine.places, "BOOK": str(home / "gradebook.db"), "COURSE": str(home)}
    places["OTHER"] = str(home / "submitted" / HONEST[1] / "plant" / "plant.ipynb")
    for learner in HONEST:
        _lay(home, learner).joinpath("plant.ipynb").write_bytes(saved(exercise.notebook(right=True), ""))
    sqlite3.connect(home / "gradebook.db").close()
    wrong = saved(exercise.notebook(), "")
    for name, lay in FOLDERS.items():
        lay(_lay(home, _id(name)), wrong, places)
    code = CODE if request.param == "all" else FEW
    for trick in code:
        (_lay(home, _id(trick.id)) / "plant.ipynb").write_bytes(saved(exercise.notebook(trick.at(places)), ""))
    (home / "gradebook.db").unlink()  # the hard link made above stays a file of its own
    _collect(home, machine, wrong)
    machine.look()
    try:
        ended, said = techsell("grade", "--course", str(home), "--sandbox", "require", "--workers", "2", "--json")
        start = said.find("{")
        if start < 0 or "Traceback" in said:
            pytest.fail(f"The run came to grief ({ended}): {said[-1500:]}")
        lines = {line["learner"]: line for line in json.JSONDecoder().raw_decode(said[start:])[0]["lines"]}
        yield Graded(home, lines, said, machine, code)
    finally:
        machine.close()


def _lay(home: Path, learner: str) -> Path:
    place = home / "submitted" / learner / "plant"
    place.mkdir(parents=True)
    return place


def _collect(home: Path, machine: Machine, notebook: bytes) -> None:
    inbox = machine.root / "inbox"
    inbox.mkdir()
    for name, make in ZIPS.items():
        about = {"schema": 1, "module": "plant", "learner": _id(f"zip_{name}"), "made_at": "2026-03-02T09:00:00Z"}
        path = inbox / f"plant-{_id(f'zip_{name}')}.zip"
        path.write_bytes(make(notebook, json.dumps({**about, "files": {}}).encode()))
    _, said = techsell("collect", str(inbox), "--course", str(home))
    assert "Traceback" not in said
    shutil.rmtree(inbox)


def test_honest_people_among_them_get_full_marks(graded):
    for learner in HONEST:
        assert graded.lines[learner]["score"] == FULL, graded.lines[learner]


def test_everybody_else_has_a_score_of_nothing_and_a_reason(graded):
    others = {learner: line for learner, line in graded.lines.items() if learner not in HONEST}
    assert {learner for learner, line in others.items() if line["status"] != "graded"} == set()
    assert {learner: line["score"] for learner, line in others.items() if line["score"] > 0} == {}
    wanted = {_id(name) for name in FOLDERS} | {_id(trick.id) for trick in graded.code}
    assert wanted <= set(others)
    for learner in wanted:
        verdict = json.loads((graded.home / "autograded" / learner / "plant" / "verdict.json").read_text("utf-8"))
        assert all(check["message"] for check in verdict["checks"] if check["points"] == 0), learner


def test_zips_that_name_their_learner_have_a_score_too(graded):
    handed_in = {path.name for path in (graded.home / "submitted").glob("L-ZIP-*")}
    assert handed_in <= set(graded.lines)
    assert len(handed_in) >= len(ZIPS) - 3, "a zip that cannot be opened at all belongs to nobody"


def test_the_book_holds_what_the_grader_said_and_nothing_else(graded):
    rows = graded.book(
        "select student_id, sum(auto_score), sum(manual_score) from grade g"
        " join submitted_notebook n on g.notebook_id = n.id"
        " join submitted_assignment a on n.assignment_id = a.id group by student_id"
    )
    assert {learner: auto or 0.0 for learner, auto, _ in rows} == {k: line["score"] for k, line in graded.lines.items()}
    assert {manual for _, _, manual in rows} <= {None, 0.0}


def test_source_and_hand_ins_are_as_they_were(graded):
    assert json.loads((graded.home / "source/plant/plant.ipynb").read_text("utf-8")) == plant().author
    for learner in HONEST:
        place = graded.home / "submitted" / learner / "plant"
        assert [path.name for path in place.iterdir()] == ["plant.ipynb"]
        assert place.joinpath("plant.ipynb").read_bytes() == saved(plant().notebook(right=True), "")


def test_nothing_else_on_the_machine_was_touched(graded):
    """Its own folders (`autograded`, `release`, the book) are the grader's to write."""
    trainers = str(graded.home)
    assert [said for said in graded.machine.touched() if trainers not in said] == []


def test_what_lies_outside_is_in_nobodys_autograded_notebook(graded):
    secrets = {graded.machine.secret, "root:x:0:0"}
    for path in (graded.home / "autograded").rglob("*"):
        if path.is_file() and not path.is_symlink():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not [secret for secret in secrets if secret in text], path
        assert not path.is_symlink(), path
        assert os.stat(path).st_nlink == 1 or path.is_dir(), path  # noqa: PTH116 - what is there, links not followed


_ALIVE = re.compile(
    r"</?(?:script|iframe|object|embed|svg|math|form|input|link|style|base|meta)\b"
    r"|<[^>]*\s(?:on\w+\s*=|style\s*=|href=(?!\"#)|src=(?!\"data:image/(?:png|jpeg);))",
    re.IGNORECASE,
)


def test_feedback_pages_show_no_hidden_test_and_run_nothing(graded):
    code, said = techsell("feedback", "--course", str(graded.home))
    assert code == 0, said
    pages = list((graded.home / "feedback").rglob("*.html"))
    assert len(pages) >= len(graded.lines)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert HIDDEN not in text, page
        tags = re.findall(r"<[a-zA-Z/!][^>]*>", text.partition("</head>")[2])  # what a learner typed is there, escaped
        assert not [tag for tag in tags if _ALIVE.match(tag)], page


def test_a_second_run_finds_nothing_to_do(graded):
    before = graded.book("select * from grade order by id")
    _, said = techsell("grade", "--course", str(graded.home), "--sandbox", "require", "--json")
    lines = json.JSONDecoder().raw_decode(said[said.find("{") :])[0]["lines"]
    assert {line["status"] for line in lines} <= {"unchanged", "failed"}
    assert graded.book("select * from grade order by id") == before
