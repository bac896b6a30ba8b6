"""Which competency each task and each rubric line is evidence of: `competencies.yaml`, read and checked.

The plain dataclasses below are all that anybody else sees; pydantic and the YAML reader are loaded when a file is
read. The six competencies and what maps to them are fixed by the curriculum, section 5.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from techsell import content
from techsell.errors import ContentMissing, SyllabusInvalid

__all__ = ["FILE", "Competency", "Framework", "Item", "Kind", "load", "parse"]

Kind = Literal["decision", "code", "work_sample", "role_play", "rubric"]

FILE = "competencies.yaml"
_WHAT = "competency map"
_ITEM = re.compile(r"[a-z][a-z0-9_]*/([a-z][a-z0-9_]*|R[0-9]{1,2})")
_WHOLE = 1e-9
"""weights are written with a few digits and still add up to 1"""


@dataclass(frozen=True)
class Competency:
    """One of the six things a report is about."""

    id: str
    title: str


@dataclass(frozen=True)
class Item:
    """A task (`discovery_conversation/next_move`) or a rubric line (`cobalt_ridge/R1`).

    `weights` divide its result among competencies: competency id -> share, adding up to 1. `owner` is the module
    or the scenario, `name` the task or the line.
    """

    id: str
    title: str
    kind: Kind
    weights: Mapping[str, float]

    @property
    def owner(self) -> str:
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        return self.id.partition("/")[2]


@dataclass(frozen=True)
class Framework:
    """The whole file, in its own order."""

    competencies: tuple[Competency, ...]
    items: Mapping[str, Item]

    def of(self, owner: str) -> tuple[Item, ...]:
        """The items of a module or of a scenario, empty when nothing of it is mapped."""
        return tuple(item for item in self.items.values() if item.owner == owner)

    def item(self, item_id: str) -> Item:
        """One item.

        Raises:
            SyllabusInvalid: it is not mapped.
        """
        if item_id not in self.items:
            raise SyllabusInvalid(f"{item_id!r} is not mapped to a competency", place=FILE, cure="Add it to 'items'")
        return self.items[item_id]


def load(root: Path | None = None) -> Framework:
    """Read `competencies.yaml` of a content root (default: `content.root()`).

    Raises:
        ContentMissing: no content root, or it has no such file.
        SyllabusInvalid: the file does not say what it must; the message lists every problem.
    """
    path = (root or content.root()) / FILE
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ContentMissing("The competency map cannot be read", place=path, cure="Restore the file") from error
    return parse(text, path)


def parse(text: bytes, path: Path | str = FILE) -> Framework:
    """The framework in the bytes of a file; `path` is for the messages.

    Raises:
        SyllabusInvalid: with every problem found.
    """
    raw = _read(text, path)
    if problems := list(_problems(raw)):
        from techsell import manifests

        raise manifests.invalid(_WHAT, path, problems)
    items = {
        item_id: Item(item_id, entry["title"], entry["kind"], MappingProxyType(dict(entry["competencies"])))
        for item_id, entry in raw["items"].items()
    }
    return Framework(tuple(Competency(**entry) for entry in raw["competencies"]), MappingProxyType(items))


def _read(text: bytes, path: Path | str) -> dict[str, Any]:
    """The file as plain values of the right types."""
    from pydantic import BaseModel, ConfigDict, Field

    from techsell import manifests

    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)

    class Named(Strict):
        id: str = Field(pattern=r"^C[0-9]{1,2}$")
        title: str = Field(min_length=1, max_length=200)

    class Entry(Strict):
        title: str = Field(min_length=1, max_length=200)
        kind: Kind
        competencies: dict[str, float] = Field(min_length=1)

    class File(Strict):
        schema_: Literal[1] = Field(alias="schema")
        competencies: list[Named] = Field(min_length=1)
        items: dict[str, Entry] = Field(min_length=1)

    return manifests.read(text, File, what=_WHAT, path=path).model_dump()


def _problems(raw: dict[str, Any]) -> Iterator[str]:
    """What types cannot say: ids once and known, weights that divide a whole."""
    ids = [entry["id"] for entry in raw["competencies"]]
    for twice in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"competencies: {twice!r} stands there twice"
    for item_id, entry in raw["items"].items():
        if not _ITEM.fullmatch(item_id):
            yield f"items: {item_id!r} is neither '<module>/<task>' nor '<scenario>/R<number>'"
        weights = entry["competencies"]
        for unknown in sorted(set(weights) - set(ids)):
            yield f"items.{item_id}: there is no competency {unknown!r}"
        if not all(math.isfinite(weight) and weight > 0 for weight in weights.values()):
            yield f"items.{item_id}: every weight must be greater than 0"
        elif abs(sum(weights.values()) - 1.0) > _WHOLE:
            yield f"items.{item_id}: the weights add up to {sum(weights.values()):g}, not to 1"
