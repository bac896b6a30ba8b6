"""Released versions kept by content hash, so that old work can be graded again.

`pins/scenarios/<id>.<sha256>.json` is a scenario in canonical form, `pins/exercises/<module>.<sha256>.zip` the folder
of an exercise, `pins/recognisers/<fingerprint>.zip` the code and data that read typed lines. A pin is never changed and
never removed once it has been released. `python -m techsell_grading.pins`
adds what is in the checkout now; `--only-current` also drops the others, which is right before the first release of a
version and at no other time.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from techsell_grading.course import Course, checkout
from techsell_grading.grader import recognisers
from techsell_grading.grader.unpack import pack
from techsell_grading.storage import put

__all__ = [
    "exercise_files",
    "exercise_sha",
    "pin_exercise",
    "pin_recogniser",
    "pin_scenarios",
    "recogniser_pins",
    "scenario_pins",
]

_LEFT_OUT = frozenset({".ipynb_checkpoints", "__pycache__", ".DS_Store"})


def exercise_files(folder: Path) -> dict[str, bytes]:
    """The files of one exercise by their path inside its folder (`/` between folders)."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _LEFT_OUT.intersection(path.relative_to(folder).parts)
    }


def exercise_sha(files: Mapping[str, bytes]) -> str:
    """One hash for the whole folder: of names and contents, whatever the order."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return total.hexdigest()


def pin_exercise(pins: Path, module: str, files: Mapping[str, bytes]) -> Path:
    """Keep this version of an exercise; does nothing when it is kept already.

    Raises:
        GradingError: the folder cannot be written.
    """
    path = pins / "exercises" / f"{module}.{exercise_sha(files)}.zip"
    if not path.is_file():
        put(path, pack(files))
    return path


def pin_scenarios(pins: Path, ids: Iterable[str] | None = None) -> list[Path]:
    """Keep the scenarios as they are now (all of them, or those named).

    Raises:
        ScenarioInvalid: one of them cannot be played.
        GradingError: the folder cannot be written.
    """
    paths = []
    for name, content in _current(ids).items():
        path = pins / "scenarios" / f"{name}.{hashlib.sha256(content).hexdigest()}.json"
        if not path.is_file():
            put(path, content)
        paths.append(path)
    return paths


def pin_recogniser(pins: Path) -> Path:
    """Keep the recogniser of typed lines as it is now; does nothing when it is kept already.

    Raises:
        GradingError: the folder cannot be written.
    """
    fingerprint, content = recognisers.present()
    path = pins / "recognisers" / f"{fingerprint}.zip"
    if not path.is_file():
        put(path, content)
    return path


def recogniser_pins(course: Course) -> dict[str, bytes]:
    """Every recogniser that calls may have been played with, by fingerprint; what is in them is checked later."""
    return {
        path.stem: path.read_bytes()
        for folder in (course.pins, checkout() / "grading" / "pins")
        for path in sorted((folder / "recognisers").glob("*.zip"))
    }


def scenario_pins(course: Course, ids: Sequence[str]) -> dict[str, bytes]:
    """Every version of these scenarios that work may have been done on: pinned ones and the present one, by sha256."""
    found: dict[str, bytes] = {}
    for folder in (course.pins, checkout() / "grading" / "pins"):
        for name in ids:
            for path in sorted((folder / "scenarios").glob(f"{name}.*.json")):
                content = path.read_bytes()
                if hashlib.sha256(content).hexdigest() == path.name.split(".")[-2]:
                    found[path.name.split(".")[-2]] = content
    for content in _current(ids).values():
        found[hashlib.sha256(content).hexdigest()] = content
    return found


def _current(ids: Iterable[str] | None) -> dict[str, bytes]:
    """Scenarios of this installation in canonical form, by id; names that are no scenario are left out."""
    from techsell.roleplay import canonical, list_scenarios, load_scenario

    known = list_scenarios()
    return {name: canonical(load_scenario(name)) for name in (known if ids is None else ids) if name in known}


def main(arguments: Sequence[str] | None = None) -> None:
    """Bring the checkout's pins up to date."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    course = Course.open(checkout() / "grading")
    kept = {*pin_scenarios(course.pins), pin_recogniser(course.pins)}
    for module in course.modules():
        kept.add(pin_exercise(course.pins, module, exercise_files(course.path("source", module=module))))
    for path in sorted([*course.pins.glob("scenarios/*.json"), *course.pins.glob("*/*.zip")]):
        if path not in kept and "--only-current" in words:
            path.unlink()
    for path in sorted(kept):
        sys.stdout.write(f"{path.relative_to(checkout())}\n")


if __name__ == "__main__":
    main()
