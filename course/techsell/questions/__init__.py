"""Quiz questions and predictions of one module, read from `questions/<module>.yaml`.

`load("discovery_conversation")` gives frozen dataclasses. A file with faults is refused with all of them at once,
each with its line. Codes: those of `roleplay/yaml_source.py` (TS1xx), TS501 unknown key · TS502 missing key ·
TS503 wrong kind of value · TS504 value not allowed · TS505 id used twice · TS506 no right answer, or more than one ·
TS507 `truth` points nowhere · TS508 the file names another module.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, get_args, get_origin, get_type_hints

from techsell.errors import ContentMissing, Problem, SyllabusInvalid

if TYPE_CHECKING:
    from techsell.roleplay.yaml_source import Node

__all__ = ["Answer", "Prediction", "Question", "Questions", "Quiz", "folder", "load", "parse"]

_STRICT = {"extra": "forbid", "strict": True}
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")

Loc = Sequence[int | str]
_Item = TypeVar("_Item", "Quiz", "Prediction")


@dataclass(frozen=True)
class Answer:
    """One answer, and what is said to the person who gave it: right and wrong ones speak."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    text: str
    right: bool
    feedback: str


@dataclass(frozen=True)
class Question:
    """A question with three to five answers, exactly one of them right."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    text: str
    answers: tuple[Answer, ...]

    def answer(self, answer_id: str) -> Answer | None:
        return next((answer for answer in self.answers if answer.id == answer_id), None)


@dataclass(frozen=True)
class Quiz:
    """Questions that belong together; one step of a module."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Prediction:
    """What to expect of data not yet seen: `options[truth]` is what they show, `after` is said then."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    text: str
    options: tuple[str, ...]
    truth: int
    after: str


@dataclass(frozen=True)
class Questions:
    """One file."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    schema: Literal[1]
    module: str
    quizzes: tuple[Quiz, ...] = ()
    predictions: tuple[Prediction, ...] = ()

    def quiz(self, quiz_id: str) -> Quiz:
        """The quiz called `quiz_id`.

        Raises:
            ContentMissing: there is none; the message names the nearest.
        """
        return _named("quiz", quiz_id, self.quizzes, self.module)

    def prediction(self, prediction_id: str) -> Prediction:
        """The prediction called `prediction_id`.

        Raises:
            ContentMissing: there is none; the message names the nearest.
        """
        return _named("prediction", prediction_id, self.predictions, self.module)


def _named(kind: str, wanted: str, items: Sequence[_Item], module: str) -> _Item:
    for item in items:
        if item.id == wanted:
            return item
    hint = _near(wanted, [item.id for item in items])
    raise ContentMissing(
        f"There is no {kind} {wanted!r}", place=f"questions/{module}.yaml", cure=hint.rstrip("?.") or "Add it there"
    )


def folder() -> Path:
    """Where the question files are, also in an installed wheel."""
    return Path(__file__).parent


def load(module_id: str) -> Questions:
    """The questions of a module.

    Raises:
        ContentMissing: the module has no question file.
        SyllabusInvalid: the file has faults; the message lists every one with its line.
    """
    path = folder() / f"{module_id}.yaml"
    if not path.is_file():
        known = sorted(found.stem for found in folder().glob("*.yaml"))
        cure = _near(module_id, known).rstrip("?.") or "Write the file, or use another module"
        raise ContentMissing(f"The module {module_id!r} has no questions", place=path, cure=cure)
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _load(path: Path, _mtime_ns: int) -> Questions:
    return parse(path.read_bytes(), path.name, module_id=path.stem)


def parse(raw: bytes, file: str, *, module_id: str) -> Questions:
    """Turn the bytes of a question file into `Questions`; `file` is its name in messages.

    Raises:
        SyllabusInvalid: with every problem found, in line order.
    """
    from techsell.roleplay.yaml_source import read_tree  # ruamel and pydantic load only when a file is read

    root, problems = read_tree(raw, file)
    found: Questions | None = None
    if root is not None:
        found, misshapen = _shape(root, file)
        problems += misshapen
    if root is not None and found is not None:
        problems += _problems(found, root, file, module_id)
    if problems or found is None:
        raise _invalid(file, problems)
    return found


def _invalid(file: str, problems: Sequence[Problem]) -> SyllabusInvalid:
    ordered = sorted(problems, key=lambda problem: (problem.line, problem.code))
    count = f"{len(ordered)} problem" + ("" if len(ordered) == 1 else "s")
    listing = "\n  ".join(str(problem) for problem in ordered).removesuffix(".")
    return SyllabusInvalid(f"The question file has {count}", place=file, cure=f"Mend these lines:\n  {listing}")


def _shape(root: Node, file: str) -> tuple[Questions | None, list[Problem]]:
    from pydantic import TypeAdapter, ValidationError

    try:
        # From JSON, since strict validation takes tuples only from JSON arrays.
        return TypeAdapter(Questions).validate_json(json.dumps(root.plain())), []
    except ValidationError as error:
        return None, [_worded(root, file, fault) for fault in error.errors(include_url=False)]


def _worded(root: Node, file: str, fault: Any) -> Problem:
    loc: Loc = fault["loc"]
    parent = _path(loc[:-1])
    if fault["type"] == "unexpected_keyword_argument":
        hint = _near(str(loc[-1]), _keys_at(loc[:-1]))
        return Problem(file, _line(root, loc), "TS501", f"unknown key {str(loc[-1])!r} in {parent}.", hint)
    if fault["type"] == "missing":
        return Problem(file, _line(root, loc[:-1]), "TS502", f"{parent} has no {loc[-1]!r}.", f"Add '{loc[-1]}: …'.")
    code = "TS503" if fault["type"].endswith("_type") else "TS504"
    message = str(fault["msg"]).removeprefix("Input should be").strip()
    return Problem(file, _line(root, loc), code, f"{_path(loc)} must be {message}.")


def _path(loc: Loc) -> str:
    """`('quizzes', 0, 'title')` -> `quizzes[1].title`, counted as people count."""
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "".join(steps).lstrip(".") or "the file"


def _line(root: Node, loc: Loc) -> int:
    """The line of `loc`, or of the nearest thing around it that stands in the file."""
    node, line = root, root.line
    for step in loc:
        if isinstance(step, int) and node.items is not None and step < len(node.items):
            node = node.items[step]
            line = node.line
        elif isinstance(step, str) and node.keys is not None and step in node.keys:
            line, node = node.keys[step]
    return line


def _keys_at(loc: Loc) -> list[str]:
    """The keys that may stand at `loc`."""
    kind: Any = Questions
    for step in loc:
        if isinstance(step, str) and is_dataclass(kind):
            kind = get_type_hints(kind).get(step)
        elif get_origin(kind) is tuple:
            kind = get_args(kind)[0]
    return [field.name for field in fields(kind)] if is_dataclass(kind) else []


def _near(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Known here: {', '.join(sorted(known))}." if known else ""


_Found = tuple[Loc, str, str]
"""Place, code, message."""


def _problems(found: Questions, root: Node, file: str, module_id: str) -> list[Problem]:
    everything = [*_module_fault(found, module_id), *_repeated_steps(found)]
    for index, quiz in enumerate(found.quizzes):
        everything += _quiz_faults(quiz, ("quizzes", index))
    for index, prediction in enumerate(found.predictions):
        everything += _prediction_faults(prediction, ("predictions", index))
    return [Problem(file, _line(root, loc), code, message) for loc, code, message in everything]


def _module_fault(found: Questions, module_id: str) -> Iterator[_Found]:
    if found.module != module_id:
        yield ("module",), "TS508", f"the file is called {module_id}.yaml and says module {found.module!r}."


def _repeated_steps(found: Questions) -> Iterator[_Found]:
    """Quizzes and predictions are steps of one module: their events stand on `<module>/<id>`."""
    places: list[tuple[str, Loc]] = [(quiz.id, ("quizzes", i)) for i, quiz in enumerate(found.quizzes)]
    places += [(prediction.id, ("predictions", i)) for i, prediction in enumerate(found.predictions)]
    yield from _repeated(places)


def _repeated(places: Sequence[tuple[str, Loc]]) -> Iterator[_Found]:
    seen: set[str] = set()
    for name, loc in places:
        if not _ID.fullmatch(name):
            yield loc, "TS504", f"the id {name!r} must be small letters, digits and underscores."
        if name in seen:
            yield loc, "TS505", f"the id {name!r} is used twice."
        seen.add(name)


def _quiz_faults(quiz: Quiz, loc: Loc) -> Iterator[_Found]:
    if not quiz.questions:
        yield loc, "TS504", f"the quiz {quiz.id!r} has no questions."
    yield from _repeated([(q.id, (*loc, "questions", i)) for i, q in enumerate(quiz.questions)])
    for index, question in enumerate(quiz.questions):
        here = (*loc, "questions", index)
        if not 3 <= len(question.answers) <= 5:
            yield here, "TS504", f"the question {question.id!r} has {len(question.answers)} answers, not 3 to 5."
        right = sum(answer.right for answer in question.answers)
        if right != 1:
            yield here, "TS506", f"the question {question.id!r} has {right} right answers, not exactly one."
        yield from _repeated([(a.id, (*here, "answers", i)) for i, a in enumerate(question.answers)])


def _prediction_faults(prediction: Prediction, loc: Loc) -> Iterator[_Found]:
    count = len(prediction.options)
    if not 2 <= count <= 4:
        yield loc, "TS504", f"the prediction {prediction.id!r} has {count} options, not 2 to 4."
    if not 0 <= prediction.truth < count:
        yield (*loc, "truth"), "TS507", f"truth is {prediction.truth}; the options count from 0 to {count - 1}."
