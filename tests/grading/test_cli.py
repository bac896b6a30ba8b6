"""Do the trainer's commands say what they did, and fail with one sentence?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from techsell_grading.course import Course

COMMANDS = ("release", "collect", "grade", "mark", "feedback", "report")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(run, name):
    code, out, _ = run(name, "--help")
    assert code == 0
    assert f"Example: techsell {name}" in out


def test_a_class_from_hand_ins_to_the_report(run, released: Course, exercise, good, tmp_path):
    course = ("--course", str(released.home))
    inbox = tmp_path / "in"
    inbox.mkdir()
    wrong = {**good, "double_answer": "def double(x):\n    return abs(2 * x)"}
    about = {"schema": 1, "module": "valves", "made_at": "2026-03-02T09:00:00Z", "files": {}}
    for learner, answers in (("L-AAAAA2", good), ("L-BBBBB2", wrong)):
        files = {"hand_in.json": json.dumps({**about, "learner": learner}).encode()}
        (inbox / f"{learner}.zip").write_bytes(exercise.submission(exercise.answered(answers), **files))

    code, out, err = run("collect", str(inbox), *course)
    assert (code, err) == (0, "")
    assert "L-AAAAA2.zip: L-AAAAA2 valves new." in out
    assert "2 new of 2 files. Next: techsell grade" in out

    code, out, _ = run("grade", *course, "--workers", "1")
    assert code == 0
    assert "10 / 15" in out
    assert "7 / 15" in out
    assert "2 graded." in out

    code, out, _ = run("grade", "valves", *course, "--json")
    assert code == 0
    assert [line["status"] for line in json.loads(out)["lines"]] == ["unchanged", "unchanged"]

    code, out, _ = run("feedback", *course)
    assert code == 0
    assert "2 pages." in out

    code, out, _ = run("report", *course, "--out", str(tmp_path / "site"))
    assert code == 0
    assert "2 learners, 2 hand-ins. Open" in out
    assert "L-BBBBB2" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


def test_what_could_not_be_taken_in_is_said_and_the_exit_code_tells(run, released, tmp_path):
    (tmp_path / "junk.zip").write_bytes(b"junk")
    code, out, err = run("collect", str(tmp_path / "junk.zip"), "--course", str(released.home))
    assert code == 1
    assert "junk.zip: refused. Left where it is" in out
    assert "1 file could not be taken in" in err


def test_nothing_to_do_says_what_comes_first(run, released):
    course = ("--course", str(released.home))
    assert "techsell collect" in run("grade", *course)[1]
    assert "techsell grade" in run("feedback", *course)[1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("grade", "pumps"), 2, "no module 'pumps'"),
        (("mark", "pumps"), 2, "no module 'pumps'"),
        (("collect", "/nowhere/at/all"), 2, "no such file"),
        (("grade", "--workers", "0"), 2, "--workers"),
        (("collect",), 2, "Missing argument"),
    ],
)
def test_wrong_words_are_wrong_usage(run, released, words, code, said):
    found, _, err = run(*words, *(("--course", str(released.home)) if words != ("collect",) else ()))
    assert found == code
    assert said in err
    assert "Traceback" not in err


def test_no_course_is_one_sentence_with_the_cure(run, tmp_path):
    code, _, err = run("grade", "--course", str(tmp_path / "nowhere"))
    assert code == 1
    assert "There is no course here" in err
    assert "--course" in err


def test_the_commands_are_listed_without_loading_anything_heavy(repository: Path):
    import subprocess

    code = (
        "import sys; from techsell.cli import build_app; build_app();"
        "heavy = {'nbgrader', 'pandas', 'sqlalchemy', 'jupyter_client', 'jinja2'};"
        "sys.exit(', '.join(sorted(heavy & {name.split('.')[0] for name in sys.modules})) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
