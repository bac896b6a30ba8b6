"""What code inside a sandbox can see of this machine: Python, the libraries, and the few files of ours that it needs.

Shown are single folders and files, never the checkout, a home or the whole system. Inside, our own code lies in
`/code` and the libraries in `/packages/N`, so that not even the path of the checkout exists there. Of libraries that
are installed by a link to somebody's sources (`pip install -e`) only what can be imported is shown: what else lies
there nobody knows.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import site
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .inside.preload import LIBRARIES

__all__ = ["PROGRAMS", "Program", "hidden_from", "linked", "packages", "python", "python_places", "system_places"]

_GRADER = Path(__file__).resolve().parents[1]
_SYSTEM = (
    *("/bin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32"),
    *("/usr/share/fonts", "/usr/share/fontconfig", "/usr/share/zoneinfo", "/usr/local/share/fonts"),
    *("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"),
    *("/nix/store", "/gnu/store"),
)
_NOT_SHOWN = frozenset({"test", "tests", "setup.py", "conftest.py"})
_NEEDED = ("numpy", "pandas", "matplotlib", "IPython")


@dataclass(frozen=True)
class Program:
    """What the children of one sandbox run.

    `module` has a function `serve(control, other)`, and perhaps `prepare()`, called once before the first fork. `code`
    says which files and folders it may see, by their place below the code folder. `libraries` are loaded beforehand.
    """

    module: str
    code: Mapping[str, Path] = field(repr=False)
    libraries: tuple[str, ...] = (*LIBRARIES, "techsell.datasets")


def _program(name: str) -> Program:
    learners = Path(str(_spec("techsell"))).parent
    code = {f"techsell/{part}": learners / part for part in ("__init__.py", "errors.py", "check", "datasets")}
    code["techsell_grading/__init__.py"] = _GRADER.parent / "__init__.py"
    for part in ("wire", "sandbox/inside", name):
        code[f"techsell_grading/grader/{part}"] = _GRADER / part
    return Program(f"techsell_grading.grader.{name}", code)


def _spec(name: str) -> str | None:
    found = importlib.util.find_spec(name)
    return None if found is None else found.origin


PROGRAMS = {name: _program(name) for name in ("candidate", "judge")}


def python() -> Path:
    """The interpreter itself, behind the links of a virtual environment."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()


def system_places() -> Iterator[Path]:
    """Folders and files of the system that programs need to start. May be links (`/lib`)."""
    yield from (place for place in map(Path, _SYSTEM) if place.exists())


def python_places() -> tuple[Path, ...]:
    """The interpreter and its standard library, as far as they lie outside the system's own folders."""
    base = Path(sys.base_prefix).resolve()
    wanted = [python(), base / "lib", base / "lib64", *map(_standard, ("stdlib", "platstdlib"))]
    known = [place for place in map(Path, _SYSTEM) if place.is_dir() and not place.is_symlink()]
    shown: list[Path] = []
    for place in (place for place in wanted if place.exists()):
        if not any(place.is_relative_to(other) for other in (*known, *shown)):
            shown.append(place)
    return tuple(shown)


def packages() -> tuple[Path, ...]:
    """The folders that libraries are installed in, in the order in which Python searches them."""
    folders = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    folders += [str(Path(origin).parents[1]) for name in _NEEDED if (origin := _spec(name))]
    here = dict.fromkeys(Path(folder).resolve() for folder in folders)
    searched = [Path(entry).resolve() for entry in sys.path if entry]
    return tuple(sorted((place for place in here if place.is_dir() and place in searched), key=searched.index))


def linked() -> dict[Path, tuple[Path, ...]]:
    """Folders that path files beside the libraries name (`pip install -e`), and what of each can be imported.

    This repository's own are not among them, nor what children, who are another user where the grader is root, could
    not read.
    """
    searched = {Path(entry).resolve() for entry in sys.path if entry}
    found: dict[Path, tuple[Path, ...]] = {}
    for file in (file for folder in packages() for file in sorted(folder.glob("*.pth"))):
        with contextlib.suppress(OSError, UnicodeError):
            for line in map(str.strip, file.read_text("utf-8").splitlines()):
                place = (file.parent / line).resolve()
                if not line or line.startswith(("#", "import ", "import\t")) or place not in searched or _ours(place):
                    continue
                if parts := tuple(filter(_importable, sorted(place.iterdir()))):
                    found[place] = parts
    return found


def _ours(place: Path) -> bool:
    own = (_GRADER.parents[1], Path(str(_spec("techsell"))).parents[1])
    return any(place.is_relative_to(folder.parent) or folder.is_relative_to(place) for folder in own)


def _importable(part: Path) -> bool:
    module = part.suffix in (".py", ".so") and part.is_file()
    about = part.name.endswith((".egg-info", ".dist-info"))
    if part.name in _NOT_SHOWN or not (module or about or (part / "__init__.py").is_file()):
        return False
    return os.geteuid() != 0 or all(above.stat().st_mode & 0o005 for above in (part.resolve(), *part.resolve().parents))


def hidden_from(shown: tuple[Path, ...]) -> Iterator[Path]:
    """Folders to be covered by empty ones: our own packages where they are installed, and libraries of other
    environments that lie beside the standard library.

    Args:
        shown: the folders of libraries that are wanted.
    """
    for folder in shown:
        yield from (place for name in ("techsell", "techsell_grading") if (place := folder / name).is_dir())
    roots = {Path(sys.base_prefix).resolve(), Path("/usr"), Path("/usr/local")}
    for root in sorted(roots):
        for name in ("site-packages", "dist-packages"):
            for place in sorted(root.glob(f"lib*/python3*/{name}")):
                if place.is_dir() and not place.is_symlink() and place.resolve() not in shown:
                    yield place


def _standard(name: str) -> Path:
    return Path(sysconfig.get_path(name, vars={"base": sys.base_prefix, "platbase": sys.base_prefix})).resolve()
