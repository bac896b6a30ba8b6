"""Scenario files: YAML -> checked, frozen `Scenario`; canonical bytes and their fingerprint."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techsell.errors import ContentMissing, Problem, ScenarioInvalid

if TYPE_CHECKING:
    from .model import Scenario

__all__ = [
    "canonical",
    "check_text",
    "fingerprint",
    "json_schema",
    "list_scenarios",
    "load_scenario",
    "scenario_from_canonical",
    "scenario_path",
]


def _folder() -> Path:
    return Path(str(resources.files("techsell") / "scenarios"))


def list_scenarios() -> tuple[str, ...]:
    """The ids of all scenarios that come with the package, sorted."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def scenario_path(id_or_path: str | Path) -> Path:
    """The file of a scenario.

    Args:
        id_or_path: an id such as `cobalt_ridge`, or the path of a YAML file.

    Raises:
        ContentMissing: there is no such scenario.
    """
    path = Path(id_or_path)
    if path.suffix in {".yaml", ".yml"}:
        if not path.is_file():
            raise ContentMissing("There is no scenario file of this name", place=path, cure="Check the path")
        return path
    known = list_scenarios()
    if str(id_or_path) not in known:
        from difflib import get_close_matches

        near = get_close_matches(str(id_or_path), known, n=1)
        cure = f"Did you mean {near[0]!r}" if near else f"Known scenarios: {', '.join(known) or 'none'}"
        raise ContentMissing(f"There is no scenario {str(id_or_path)!r}", cure=cure)
    return _folder() / f"{id_or_path}.yaml"


def check_text(raw: bytes, file: str, stem: str | None = None) -> tuple[Scenario | None, tuple[Problem, ...]]:
    """Read a scenario and collect every problem.

    Args:
        raw: the bytes of a YAML file.
        file: its name, for the problems.
        stem: what its id must be, or None for any.

    Returns:
        The scenario (None when there is a problem) and the problems in line order.
    """
    from .references import check_references
    from .shape import check_shape
    from .yaml_source import read_tree

    root, problems = read_tree(raw, file)
    scenario = None
    if root is not None:
        scenario, shape = check_shape(root, file)
        problems = problems + shape + check_references(root, file, stem)
    ordered = tuple(sorted(set(problems), key=lambda problem: (problem.line, problem.code, problem.message)))
    return (None if ordered else scenario), ordered


def load_scenario(id_or_path: str | Path) -> Scenario:
    """A scenario by id or from a YAML file.

    Raises:
        ContentMissing: there is no such scenario or file.
        ScenarioInvalid: the file has problems; the error carries all of them.
    """
    path = scenario_path(id_or_path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        cure = f"The system says: {reason}. Check the path and its rights"
        raise ContentMissing("The scenario file cannot be read", place=path, cure=cure) from error
    return _load(raw, path.name, path.stem)


@lru_cache(maxsize=32)
def _load(raw: bytes, name: str, stem: str) -> Scenario:
    scenario, problems = check_text(raw, name, stem)
    if scenario is None:
        raise ScenarioInvalid(name, problems)
    return scenario


def canonical(scenario: Scenario) -> bytes:
    """The scenario as JSON with sorted keys and every default written out: the form that is pinned and hashed."""
    data = scenario.model_dump(mode="json", by_alias=True)
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def fingerprint(scenario: Scenario) -> str:
    """SHA-256 of the canonical bytes, 64 hexadecimal digits: which version of a scenario was played."""
    return scenario.fingerprint


def sha_of(scenario: Scenario) -> str:
    """Computes what `fingerprint` returns; `Scenario` keeps the result."""
    return hashlib.sha256(canonical(scenario)).hexdigest()


def scenario_from_canonical(raw: bytes) -> Scenario:
    """The inverse of `canonical`; its references were checked when it was pinned.

    Raises:
        ScenarioInvalid: these are not the canonical bytes of a scenario.
    """
    from pydantic import ValidationError

    from .model import Scenario as Model

    try:
        scenario = Model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        problem = Problem("pinned scenario", 1, "TS104", f"{first['msg']} {where}".strip() + ".")
        raise ScenarioInvalid("pinned scenario", (problem,)) from error
    # A field added later would change the canonical bytes, never the version that was played.
    vars(scenario)["fingerprint"] = hashlib.sha256(raw).hexdigest()
    return scenario


def json_schema() -> dict[str, Any]:
    """JSON schema of a scenario file, for completion in editors."""
    from .model import Scenario as Model

    return Model.model_json_schema(by_alias=True)
