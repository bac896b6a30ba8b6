"""Reading the course's manifests (`syllabus.yaml`, `competencies.yaml`): plain YAML in, a checked model out.

Imports pydantic and the YAML reader, so it is imported when a file is read, not before.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from techsell.errors import SyllabusInvalid

__all__ = ["invalid", "read"]

_LARGEST = 1_000_000

Model = TypeVar("Model", bound=BaseModel)


def read(text: bytes, model: type[Model], *, what: str, path: Path | str) -> Model:
    """The bytes of a manifest as `model`.

    Args:
        what: what the file is, for messages: "syllabus".
        path: where it is, for messages.

    Raises:
        SyllabusInvalid: with every problem found.
    """
    if len(text) > _LARGEST:
        raise invalid(what, path, [f"the file is larger than {_LARGEST:,} bytes"])
    try:
        return model.model_validate(YAML(typ="safe", pure=True).load(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark is not None else ""
        raise invalid(what, path, [f"{line}{error.problem or error.context}"]) from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise invalid(what, path, [str(error)]) from error
    except ValidationError as error:
        faults = [_worded(found["loc"], found["type"], found["msg"]) for found in error.errors()]
        raise invalid(what, path, faults) from error


def invalid(what: str, path: Path | str, problems: Iterable[str]) -> SyllabusInvalid:
    """The error that lists all problems of one manifest."""
    listed = list(problems)
    count = f"{len(listed)} problem" + ("" if len(listed) == 1 else "s")
    return SyllabusInvalid(f"The {what} has {count}", place=path, cure="Mend this:\n  " + "\n  ".join(listed))


def _worded(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        message = "there is no such key"
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")
    return f"{where or 'the file'}: {message[0].lower()}{message[1:]}"
