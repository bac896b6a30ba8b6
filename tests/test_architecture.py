"""Do the arrows point one way, and does every room stay small enough to hold in the head?"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# room -> rooms inside techsell it may import; "" is the ground floor (errors, content, syllabus, ...).
GROUND = {"errors", "content", "syllabus", "competencies", "questions", "check", "version"}
MAY_IMPORT: dict[str, set[str]] = {
    "roleplay": {"errors", "processes"},
    "progress": {"errors", "syllabus", "content", "processes"},
    "datasets": {"errors"},
    "lessons": {"errors", "datasets"},
    "widgets": GROUND | {"roleplay", "progress", "workspace", "lessons", "files"},
    "check": {"errors", "roleplay"},
    "errors": set(),
    "processes": set(),
    "content": {"errors"},
    "syllabus": {"errors", "content", "manifests"},
    "competencies": {"errors", "content", "manifests"},
    "manifests": {"errors"},
}


def modules(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*.py") if ".ipynb_checkpoints" not in path.parts)


def imported(path: Path, package_root: Path) -> Iterator[tuple[str, int]]:
    """Absolute names of everything a file imports, wherever the import stands in it."""
    parts = path.relative_to(package_root.parent).with_suffix("").parts
    package = parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            name = ".".join([*base, node.module] if node.module else base)
            for alias in node.names:
                yield f"{name}.{alias.name}", node.lineno


def test_the_learners_package_knows_nothing_of_grading(repository: Path) -> None:
    """The doors to the trainer's side are looked up by name at run time, never imported."""
    root = repository / "course" / "techsell"
    for path in modules(root):
        for name, line in imported(path, root):
            assert not name.startswith(("techsell_grading", "nbgrader")), f"{path}:{line} imports {name}"


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_imports_point_one_way(room: str, repository: Path) -> None:
    root = repository / "course" / "techsell"
    place = root / room
    paths = modules(place) if place.is_dir() else [root / f"{room}.py"]
    assert paths
    for path in paths:
        for name, line in imported(path, root):
            found = re.match(r"techsell\.(\w+)", name)
            if found and found[1] not in {room, "__version__"}:
                assert found[1] in MAY_IMPORT[room], f"{path.name}:{line}: {room} imports {name}"


def test_the_gradebook_has_one_door(repository: Path) -> None:
    """Only gradebook.py imports nbgrader's database."""
    root = repository / "grading" / "techsell_grading"
    doors = {path.name for path in modules(root) for name, _ in imported(path, root) if name.startswith("nbgrader.api")}
    assert doors == {"gradebook.py"}


def test_the_role_play_engine_stands_alone() -> None:
    """The engine needs none of the heavy libraries, nor the scenario models."""
    code = (
        "import sys, techsell.roleplay, techsell.roleplay.engine, techsell.roleplay.conversation\n"
        "heavy = {'ipywidgets', 'numpy', 'pandas', 'pydantic', 'ruamel', 'matplotlib', 'typer'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_holds_a_second_idea(repository: Path) -> None:
    long = {
        str(path.relative_to(repository)): lines
        for folder in ("course", "grading", "recogniser", "tests")
        for pattern in ("*.py", "*.js", "*.css")
        for path in (repository / folder).rglob(pattern)
        if "output" not in path.parts
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_the_learners_package_runs_where_posix_does_not(repository: Path) -> None:
    """No module that Windows lacks is imported, nor a POSIX-only function called."""
    root = repository / "course" / "techsell"
    for path in modules(root):
        for name, line in imported(path, root):
            assert name.split(".")[0] not in {"fcntl", "pwd", "grp", "resource", "termios", "tty"}, f"{path}:{line}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
                assert node.attr not in {"fork", "killpg", "setsid", "getpgid", "mkfifo"}, f"{path}:{node.lineno}"


def test_types_are_strict_and_lint_is_clean(repository: Path) -> None:
    for words in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=repository, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
