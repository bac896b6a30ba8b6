"""Tricks as data: one YAML file a class, read and checked. `tests/hostile/README.md` says how to add one."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

__all__ = ["FOLDER", "Naive", "Trick", "load", "load_all", "read_yaml"]

FOLDER = Path(__file__).resolve().parents[1] / "tricks"

Naive = Literal["fooled", "damaged", "harmless", "never"]
"""What happens where the trick meets a grader that runs all cells in one kernel: it gains points; it changes something
outside; neither; or nobody should try (it would hurt the machine)."""

_NAIVE = ("fooled", "damaged", "harmless", "never")
_EVERYWHERE = ("plant", "discovery")
_EXERCISES = ("plant", "discovery", "kernel")


@dataclass(frozen=True)
class Trick:
    """One trick, or one honest answer that looks like one.

    `first` is a cell before all others, `last` one after them. `body` goes into every function that answers a task,
    before its own lines; `lie` is called with every result. `answers` replaces answer cells by name. `files` lie in
    the hand-in beside the notebook, `links` are links in it. `edit` changes the notebook (see `notebook.py`), `save`
    how it is written. `seconds` is the time of a cell, `on` the exercises it is tried on.
    """

    of: str
    id: str
    says: str
    first: str = ""
    last: str = ""
    body: str = ""
    lie: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    edit: tuple[Mapping[str, Any], ...] = ()
    save: str = ""
    seconds: float = 10.0
    on: tuple[str, ...] = _EVERYWHERE
    naive: Naive = "harmless"
    honest: bool = False

    @property
    def name(self) -> str:
        return f"{self.of}/{self.id}"

    def at(self, places: Mapping[str, str]) -> Trick:
        """The same with `@NAME@` replaced by what it stands for: the best informed attacker there can be."""

        def told(value: Any) -> Any:
            if isinstance(value, str):
                for name, text in places.items():
                    value = value.replace(f"@{name}@", text)
                return value
            if isinstance(value, bytes):
                return told(value.decode("latin-1")).encode("latin-1")
            if isinstance(value, dict):
                return {told(key): told(part) for key, part in value.items()}
            return type(value)(map(told, value)) if isinstance(value, list | tuple) else value

        return Trick(**{part.name: told(getattr(self, part.name)) for part in fields(self)})


_KNOWN = {part.name for part in fields(Trick)} - {"of", "honest"}


def read_yaml(path: Path) -> Any:
    """The content of a YAML file."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


@cache
def load_all() -> tuple[Trick, ...]:
    """Every trick and honest counterpart of the folder, class by class."""
    return tuple(trick for path in sorted(FOLDER.glob("*.yaml")) for trick in load(path))


def load(path: Path) -> Iterator[Trick]:
    """The tricks of one class.

    Raises:
        ValueError: the file is not of the form that the README describes; says where and what to do.
    """
    content = read_yaml(path)
    extra = set(content) - {"title", "why", "tricks", "honest"} if isinstance(content, dict) else {"(no mapping)"}
    if extra or "title" not in content:
        raise ValueError(f"{path.name}: wants title, why, tricks and honest; found also {sorted(extra)}")
    seen: set[str] = set()
    for kind in ("tricks", "honest"):
        for number, raw in enumerate(content.get(kind) or ()):
            trick = _trick(path.stem, raw, f"{path.name}: {kind} {number + 1}", honest=kind == "honest")
            if trick.id in seen:
                raise ValueError(f"{path.name}: the id {trick.id!r} is there twice; rename one")
            seen.add(trick.id)
            yield trick


def _trick(of: str, raw: Any, where: str, *, honest: bool) -> Trick:
    if not isinstance(raw, dict) or not {"id", "says"} <= set(raw):
        raise ValueError(f"{where}: wants at least an id and what it says")
    where = f"{where} ({raw['id']})"
    if unknown := set(raw) - _KNOWN:
        raise ValueError(f"{where}: does not know {sorted(unknown)}; known are {sorted(_KNOWN)}")
    if raw.get("naive", "harmless") not in _NAIVE:
        raise ValueError(f"{where}: naive is one of {', '.join(_NAIVE)}")
    if wrong := set(raw.get("on", ())) - set(_EXERCISES):
        raise ValueError(f"{where}: no exercise {sorted(wrong)}; there are {', '.join(_EXERCISES)}")
    ready = {**raw, "files": {name: _bytes(data) for name, data in raw.get("files", {}).items()}}
    for name in ("links", "edit", "on"):
        if name in ready:
            ready[name] = tuple(ready[name])
    return Trick(of=of, honest=honest, **ready)


def _bytes(data: Any) -> bytes:
    """The content of a file: text, `{base64: …}`, `{bytes: number of zeros}`, or `{repeat: text, times: number}`."""
    if isinstance(data, dict) and "repeat" in data:
        return str(data["repeat"]).encode() * int(data["times"])
    if isinstance(data, dict):
        return bytes(data["bytes"]) if "bytes" in data else base64.b64decode(data["base64"])
    return str(data).encode()
