"""Question files: what is read, and how all faults are named at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from techsell import questions
from techsell.errors import ContentMissing, SyllabusInvalid

GOOD = """\
schema: 1
module: pumps
quizzes:
  - id: kinds
    title: Kinds of question
    questions:
      - id: q1
        text: "'How many pumps do you run?' is a …"
        answers:
          - {id: a, text: situation question, right: true, feedback: "It asks for a fact he could mail you."}
          - {id: b, text: problem question, right: false, feedback: "Nothing has gone wrong in it."}
          - {id: c, text: pitch, right: false, feedback: "You offered nothing."}
predictions:
  - id: closing
    text: More closing wins more deals.
    options: [in all deals, in small deals only]
    truth: 1
    after: Size explains the rest.
"""


def parse(text: str, module_id: str = "pumps") -> questions.Questions:
    return questions.parse(text.encode(), f"{module_id}.yaml", module_id=module_id)


def faults(text: str, module_id: str = "pumps") -> str:
    with pytest.raises(SyllabusInvalid) as caught:
        parse(text, module_id)
    return str(caught.value)


def test_a_good_file_becomes_frozen_dataclasses() -> None:
    found = parse(GOOD)

    assert found.quiz("kinds").questions[0].answers[0].right is True
    assert found.prediction("closing").options[found.prediction("closing").truth] == "in small deals only"
    with pytest.raises(AttributeError):
        found.quiz("kinds").title = "other"  # type: ignore[misc]


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_name() -> None:
    assert "pumps.yaml:17: TS501 unknown key 'thruth' in predictions[1]. Did you mean 'truth'?" in faults(
        GOOD.replace("    truth: 1", "    thruth: 1")
    )


def test_all_faults_come_at_once_in_line_order() -> None:
    text = GOOD.replace("module: pumps", "module: valves").replace("right: false", "right: true")
    text = text.replace("truth: 1", "truth: 2").replace("id: closing", "id: kinds").replace("id: c,", "id: b,")

    message = faults(text)

    codes = [line.split()[1] for line in message.splitlines()[1:]]
    assert codes == ["TS508", "TS506", "TS505", "TS505", "TS507"]
    assert "The question file has 5 problems (pumps.yaml)" in message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Kinds of question", "title: 7", "TS503 quizzes[1].title must be a valid string"),
        ("    after: Size explains the rest.\n", "", "TS502 predictions[1] has no 'after'"),
        ("options: [in all deals, in small deals only]", "options: [yes]", "has 1 options, not 2 to 4"),
        ("schema: 1", "schema: 2", "TS504 schema must be 1"),
        ("id: q1", "id: Q 1", "the id 'Q 1' must be small letters"),
        ("right: true", "right: yes", "TS503"),
        ("    text: More", "    text: &anchor More", "TS105"),
    ],
)
def test_each_kind_of_fault_is_named(old: str, new: str, expected: str) -> None:
    assert expected in faults(GOOD.replace(old, new))


def test_a_question_without_a_right_answer_is_refused() -> None:
    assert "has 0 right answers, not exactly one" in faults(GOOD.replace("right: true", "right: false"))


def test_a_quiz_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(ContentMissing, match=r"There is no quiz .kind.*Did you mean .kinds."):
        parse(GOOD).quiz("kind")


def test_a_module_without_questions_is_a_sentence() -> None:
    with pytest.raises(ContentMissing, match="The module 'no_such_module' has no questions"):
        questions.load("no_such_module")


def test_every_question_file_of_the_course_loads(repository: Path) -> None:
    files = sorted((repository / "course/techsell/questions").glob("*.yaml"))
    assert files

    assert [questions.load(path.stem).module for path in files] == [path.stem for path in files]


def test_importing_the_loader_imports_neither_pydantic_nor_yaml() -> None:
    code = "import sys, techsell.questions; print({'pydantic', 'ruamel.yaml', 'anywidget'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "set()"
