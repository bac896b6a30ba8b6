"""What `syllabus.yaml` may say: pydantic models, unknown keys refused, every problem at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from techsell import manifests

from .model import START_FOLDER, Kind, Minutes, Module, Points, Start, State, Step, Syllabus

__all__ = ["parse"]

_WHAT = "syllabus"

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
CellId = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{0,64}$")]
"""Empty: the top of the notebook."""
Text = Annotated[str, Field(min_length=1, max_length=300)]
Count = Annotated[int, Field(ge=0, le=10_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Minutes(_Strict):
    core: Count
    full: Count


class _Points(_Strict):
    exercises: Count
    role_play: Count
    work_sample: Count


class _Step(_Strict):
    id: Id
    kind: Kind
    title: Text
    minutes: Count
    minutes_full: Count | None = None
    """only where it differs from `minutes`"""
    cell: CellId = ""
    turns: Count = 0


class _Start(_Strict):
    id: Id
    kind: Kind
    title: Text
    minutes: Count
    notebook: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.ipynb$")]
    cell: CellId = ""
    scenario: Id | None = None
    turns: Count = 0


class _Module(_Strict):
    id: Id
    title: Text
    objectives: Annotated[tuple[Text, ...], Field(min_length=1)]
    minutes: _Minutes
    prerequisites: tuple[Id, ...] = ()
    state: State
    scenarios: tuple[Id, ...]
    points: _Points
    steps: tuple[_Step, ...] = ()


class _File(_Strict):
    schema_: Annotated[int, Field(alias="schema", ge=1, le=1)]
    title: Text
    start: tuple[_Start, ...]
    modules: Annotated[tuple[_Module, ...], Field(min_length=1)]


def parse(text: bytes, path: Path) -> Syllabus:
    """Turn the bytes of a syllabus into a `Syllabus`; `path` is for the messages.

    Raises:
        SyllabusInvalid: with every problem found.
    """
    file = manifests.read(text, _File, what=_WHAT, path=path)
    if problems := list(_problems(file)):
        raise manifests.invalid(_WHAT, path, problems)
    return _built(file)


def _problems(file: _File) -> Iterator[str]:
    yield from _repeated("start", [item.id for item in file.start])
    yield from _repeated("modules", [module.id for module in file.modules])
    before: set[str] = set()
    for module in file.modules:
        for wanted in module.prerequisites:
            if wanted not in before:
                yield f"{module.id}: the prerequisite {wanted!r} is not a module before it"
        before.add(module.id)
        total = module.points.exercises + module.points.role_play + module.points.work_sample
        if total != 100:
            yield f"{module.id}: the points add up to {total}, not 100"
        yield from _step_problems(module)


def _step_problems(module: _Module) -> Iterator[str]:
    if module.state == "planned":
        if module.steps:
            yield f"{module.id}: a planned module has no steps yet"
        return
    yield from _repeated(module.id, [step.id for step in module.steps])
    core = sum(step.minutes for step in module.steps)
    full = sum(_full(step) for step in module.steps)
    if (core, full) != (module.minutes.core, module.minutes.full):
        yield (
            f"{module.id}: the steps take {core} minutes (core) and {full} (full), "
            f"the module says {module.minutes.core} and {module.minutes.full}"
        )
    if [step.kind for step in module.steps].count("exercise") != 1:
        yield f"{module.id}: there must be exactly one exercise step"
    for step in module.steps:
        if step.kind == "role_play" and step.id not in module.scenarios:
            yield f"{module.id}/{step.id}: a role-play step is named after one of the module's scenarios"
        if (step.kind == "role_play") != (step.turns > 0):
            yield f"{module.id}/{step.id}: a role-play, and nothing else, has turns"


def _repeated(where: str, ids: list[str]) -> Iterator[str]:
    for found in sorted({found for found in ids if ids.count(found) > 1}):
        yield f"{where}: the id {found!r} is used twice"


def _full(step: _Step) -> int:
    return step.minutes if step.minutes_full is None else step.minutes_full


def _built(file: _File) -> Syllabus:
    return Syllabus(
        title=file.title,
        start=tuple(
            Start(**{**item.model_dump(), "notebook": f"{START_FOLDER}/{item.notebook}"}) for item in file.start
        ),
        modules=tuple(_module(module, number) for number, module in enumerate(file.modules, start=1)),
    )


def _module(module: _Module, number: int) -> Module:
    bare = Module(
        id=module.id,
        number=number,
        title=module.title,
        objectives=module.objectives,
        minutes=Minutes(**module.minutes.model_dump()),
        prerequisites=module.prerequisites,
        state=module.state,
        scenarios=module.scenarios,
        points=Points(**module.points.model_dump()),
        steps=(),
    )
    steps = tuple(
        Step(
            **{**step.model_dump(), "minutes_full": _full(step)},
            notebook=bare.exercise if step.kind == "exercise" else bare.lesson,
        )
        for step in module.steps
    )
    return replace(bare, steps=steps)
