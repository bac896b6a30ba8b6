"""nbgrader's own release step: from the author's exercise to the learner's version and the cells in the gradebook.

`release` is the trainer's: it writes the course's release folder, its gradebook and the pins. `ensure_released` is
what `techsell learn` needs in a checkout: the learner's version alone, cached by the content it was made from.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import logging
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import chdir, suppress
from pathlib import Path
from typing import Any

import platformdirs

from techsell.errors import ReleaseFailed, TechsellError, UsageError
from techsell_grading import prepared
from techsell_grading.course import CONFIG_NAME, Course
from techsell_grading.pins import exercise_files, exercise_sha, pin_exercise, pin_recogniser, pin_scenarios
from techsell_grading.storage import only_one, put, ready_for_nbgrader, refused

__all__ = ["ensure_released", "fingerprint", "in_step", "learners_version", "prepare_apart", "release", "release_apart"]

_OURS = ".techsell"
"""Folder inside the release folder for what nbgrader does not know: stamps, the cache for `techsell learn`."""

_A_DAY = 86_400


def release(course: Course, modules: Sequence[str] = ()) -> tuple[str, ...]:
    """Make the learners' versions of the modules (all without names) and write their cells into the gradebook.

    The old version of a module stays until the new one is complete. Returns the ids of the modules.

    Raises:
        ReleaseFailed: nbgrader refuses; its reason is in the message.
        UsageError, CourseMissing: see `Course.chosen`.
        BookError: the gradebook cannot be written.
    """
    chosen = course.chosen(tuple(modules))
    with only_one(course.path("release") / _OURS / "lock"):
        for module in chosen:
            files = exercise_files(course.path("source", module=module))
            _pin(course, module, files)
            fresh = course.path("release") / _OURS / f"new-{secrets.token_hex(4)}"
            try:
                _generate(course, module, fresh, with_book=True)
                _swap(fresh / module, course.path("release", module=module))
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
            put(_stamp(course, module), json.dumps({"source": fingerprint(course, module)}).encode())
    return chosen


def release_apart(course: Course, *modules: str) -> None:
    """`release` in a process of its own: nbgrader changes the working directory, which a server must not do.

    Raises:
        ReleaseFailed: nbgrader refuses.
    """
    _run(["--course", str(course.home), *modules], course)


def prepare_apart(course: Course, module: str) -> None:
    """Keep what nbgrader adds to the exercise (`prepared`) without a release, in a process of its own.

    Raises:
        ReleaseFailed: nbgrader refuses.
    """
    with tempfile.TemporaryDirectory() as nowhere:
        _run(["--course", str(course.home), "--into", nowhere, module], course)


def learners_version(course: Course, module: str) -> dict[str, bytes]:
    """What a release would give to learners, by path inside the module's folder; the course stays as it is.

    Raises:
        ReleaseFailed: nbgrader refuses; its reason is in the message.
    """
    with tempfile.TemporaryDirectory(prefix="techsell-release-") as folder, chdir(course.root):
        _generate(course, module, Path(folder), with_book=False)
        return exercise_files(Path(folder) / module)


def in_step(course: Course, module: str) -> bool:
    """Whether the last release of a module was made from its exercise as it is now."""
    try:
        noted = json.loads(_stamp(course, module).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(noted.get("source") == fingerprint(course, module))


def ensure_released(module_ids: Sequence[str]) -> Path:
    """The learner's versions of these modules: a folder that holds `<module>/<module>.ipynb` and its data.

    Made once per content, without a gradebook; afterwards found without importing nbgrader. Several processes may
    call it at once. Where the checkout cannot be written the user's cache folder is used.

    Raises:
        ReleaseFailed: no such module, nbgrader refuses, or no folder can be written.
    """
    try:
        course = Course.open()
        modules = course.chosen(tuple(module_ids))
    except UsageError as error:
        raise ReleaseFailed(error.problem, place=error.place, cure=error.cure) from error
    key = hashlib.sha256("".join(fingerprint(course, module) for module in modules).encode()).hexdigest()[:24]
    shelves = (course.path("release") / _OURS / "learn", Path(platformdirs.user_cache_dir("techsell")) / "released")
    for shelf in shelves:
        if _complete(shelf / key, modules):
            return shelf / key
    refusals: list[OSError] = []
    for shelf in shelves:
        try:
            shelf.mkdir(parents=True, exist_ok=True)
            return _shelve(course, modules, shelf / key)
        except OSError as error:
            refusals.append(error)
    raise ReleaseFailed(
        f"The learner's version cannot be stored anywhere: {refusals[-1].strerror}",
        place=shelves[-1],
        cure="Make that folder writable for you",
    )


def fingerprint(course: Course, module: str) -> str:
    """Hash of all that a release is made from: the exercise's files, the configuration, nbgrader's version."""
    config = course.home / CONFIG_NAME
    files = exercise_files(course.path("source", module=module))
    parts = [
        exercise_sha(files),
        hashlib.sha256(config.read_bytes() if config.is_file() else b"").hexdigest(),
        importlib.metadata.version("nbgrader"),
    ]
    if prepared.takes_additions(course, files):
        parts.append(prepared.beside(course))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def _shelve(course: Course, modules: Sequence[str], folder: Path) -> Path:
    """Make the modules beside `folder`, then move them there in one step; whoever comes second throws theirs away."""
    fresh = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    fresh.mkdir()
    try:
        _run(["--course", str(course.home), "--into", str(fresh), *modules], course)
        with suppress(OSError):
            fresh.rename(folder)
        if not _complete(folder, modules):
            shutil.rmtree(folder, ignore_errors=True)  # something half removed stands in the way
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    for old in folder.parent.iterdir():
        if old != folder and time.time() - old.stat().st_mtime > _A_DAY:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _complete(folder: Path, modules: Sequence[str]) -> bool:
    return all((folder / module / f"{module}.ipynb").is_file() for module in modules)


def _pin(course: Course, module: str, files: dict[str, bytes]) -> None:
    pin_exercise(course.pins, module, files)
    pin_scenarios(course.pins)
    pin_recogniser(course.pins)


def _generate(course: Course, module: str, into: Path, *, with_book: bool) -> None:
    """nbgrader's generate_assignment of one module into the folder `into/<module>`."""
    ready_for_nbgrader()
    from nbgrader.converters import GenerateAssignment  # type: ignore[import-untyped]
    from nbgrader.coursedir import CourseDirectory  # type: ignore[import-untyped]
    from nbgrader.utils import capture_log  # type: ignore[import-untyped]
    from traitlets.config.loader import Config

    config = Config()
    config.merge(course.config)
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.release_directory = str(into)
    config.GenerateAssignment.no_database = not with_book
    config.SaveCells.enabled = with_book
    directory = CourseDirectory(config=config, assignment_id=module)
    converter: Any = GenerateAssignment(coursedir=directory, config=config)
    converter.force = True
    converter.log.setLevel(logging.INFO)
    noted: dict[str, bytes] = {}
    files = exercise_files(course.path("source", module=module))
    if additions := prepared.takes_additions(course, files):
        converter.preprocessors = prepared.note_after_additions(converter.preprocessors, noted)
    result = capture_log(converter)
    names = [name for name in files if name.endswith(".ipynb") and "/" not in name]
    if not result["success"] or not all((into / module / name).is_file() for name in names):
        raise ReleaseFailed(
            f"nbgrader cannot release {module!r}: {_last_words(result)}",
            place=course.path("source", module=module),
            cure="Mend the exercise; once there are hand-ins its cells can be changed, but none added or removed",
        )
    if additions:
        prepared.keep(course, module, fingerprint(course, module), noted)


def _last_words(result: dict[str, Any]) -> str:
    """The exception that nbgrader logged before it gave up, or else its first complaint."""
    log = str(result.get("log", ""))
    raised = re.findall(r"^ {4}([A-Za-z_][\w.]*: .+)$", log, re.MULTILINE)
    complaints = re.findall(r"^\[ERROR\] (.+)$", log, re.MULTILINE)
    return str([*raised[-1:], *complaints, "it does not say why"][0])


def _swap(fresh: Path, place: Path) -> None:
    aside = fresh.with_name(f"{fresh.name}.old")
    try:
        if place.exists():
            place.rename(aside)
        fresh.rename(place)
    except OSError as error:
        raise refused(error, place) from error


def _stamp(course: Course, module: str) -> Path:
    return course.path("release") / _OURS / f"{module}.json"


def _run(arguments: list[str], course: Course) -> None:
    command = [sys.executable, "-P", "-m", "techsell_grading.release", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode == 0:
        return
    try:
        said = json.loads(done.stdout)
        raise ReleaseFailed(said["problem"], place=said["place"], cure=said["cure"])
    except (ValueError, KeyError):
        words = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ReleaseFailed(
            f"The release stopped: {words}", place=course.path("source"), cure="Run 'techsell release' to see more"
        ) from None


def main() -> None:
    """The process behind `ensure_released` and `release_apart`; says a failure as JSON on standard output."""
    parser = argparse.ArgumentParser(prog="techsell_grading.release")
    parser.add_argument("--course", required=True)
    parser.add_argument("--into", type=Path)
    parser.add_argument("modules", nargs="+")
    words = parser.parse_args()
    try:
        course = Course.open(words.course)
        if words.into is None:
            release(course, words.modules)
        else:
            for module in course.chosen(words.modules):
                _generate(course, module, words.into, with_book=False)
    except TechsellError as error:
        json.dump({"problem": error.problem, "place": error.place, "cure": error.cure}, sys.stdout)
        sys.exit(1)


if __name__ == "__main__":
    main()
