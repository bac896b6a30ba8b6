"""A course directory: where the exercises, hand-ins, grades and pages of one course lie.

The folder's own `nbgrader_config.py` is read (with traitlets, as nbgrader does), so a course means the same to
nbgrader and to us. nbgrader itself is not imported here: that takes two seconds, and `techsell learn` has no need
of it. A test holds these paths equal to those of `nbgrader.coursedir.CourseDirectory`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
from traitlets.config.loader import Config, ConfigFileNotFound, PyFileConfigLoader

from techsell.errors import CourseMissing, GradingError, UsageError

__all__ = ["CONFIG_NAME", "VARIABLE", "Course", "checkout"]

VARIABLE = "TECHSELL_COURSE"
CONFIG_NAME = "nbgrader_config.py"

_GRADING = Path(__file__).resolve().parents[1]
_STEPS = {step: step for step in ("source", "release", "submitted", "autograded", "feedback")}
_STRUCTURE = os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}")  # noqa: PTH118 - nbgrader's own value
_ID = re.compile(r"[^.\s/\\\x00-\x1f<>:\"|?*][^/\\\x00-\x1f<>:\"|?*]{0,127}")

_CREATED = """\
\"\"\"A course of its own on the exercises of a techsell checkout. Everything produced lands beside this file.\"\"\"

from pathlib import Path

c = get_config()

HERE = Path(__file__).resolve().parent

c.CourseDirectory.course_id = "techsell"
c.CourseDirectory.root = str(HERE)
c.CourseDirectory.source_directory = {source!r}
c.CourseDirectory.db_url = f"sqlite:///{{HERE / 'gradebook.db'}}"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "verdict.json"]
c.HTMLExporter.preprocessors = ["nbconvert.preprocessors.sanitize.SanitizeHTML"]
c.Execute.timeout = 30
"""


def checkout() -> Path:
    """The folder this package's checkout lies in."""
    return _GRADING.parent


@dataclass(frozen=True)
class Course:
    """Paths and settings of one nbgrader course directory.

    `home` is the folder of its configuration, `root` what nbgrader's paths start from, `steps` the folder names of
    the five steps, `cell_seconds` the time a cell may take (`Execute.timeout`).
    """

    home: Path
    root: Path
    course_id: str
    db_url: str
    structure: str
    steps: Mapping[str, str]
    cell_seconds: float
    config: Config = field(compare=False, repr=False)

    @classmethod
    def open(cls, path: Path | str | None = None) -> Course:
        """The course at `path`; without one, that of `TECHSELL_COURSE`, else this checkout's `grading/`.

        In a checkout that the user cannot write to, and where nobody has graded yet, it is a course in the user's own
        data folder on the checkout's exercises.

        Raises:
            CourseMissing: no such folder, or nothing of a course in it.
            GradingError: its configuration cannot be run.
        """
        named = path if path is not None else os.environ.get(VARIABLE) or None
        if named is None and not _writable(_GRADING) and not (_GRADING / "gradebook.db").is_file():
            mine = Path(platformdirs.user_data_dir("techsell")) / "course"
            return cls.create(mine, source=_GRADING.parent / "exercises")
        home = (_GRADING if named is None else Path(named)).expanduser().resolve()
        if not (home / CONFIG_NAME).is_file() and not (home / _STEPS["source"]).is_dir():
            raise CourseMissing(
                f"There is no course here: neither {CONFIG_NAME} nor a folder 'source'",
                place=home,
                cure=f"Name the folder of a course with --course or {VARIABLE}; a checkout's own is 'grading'",
            )
        return cls._from_config(home, _load(home))

    @classmethod
    def create(cls, path: Path | str, *, source: Path | None = None) -> Course:
        """A new course at `path` on the exercises in `source` (this checkout's `exercises/`), and open it.

        An existing configuration is kept: the call is then the same as `open`.

        Raises:
            GradingError: the folder cannot be written.
        """
        home = Path(path).expanduser().resolve()
        exercises = (source or checkout() / "exercises").expanduser().resolve()
        try:
            home.mkdir(parents=True, exist_ok=True)
            if not (home / CONFIG_NAME).exists():
                (home / CONFIG_NAME).write_text(_CREATED.format(source=str(exercises)), encoding="utf-8")
        except OSError as error:
            raise GradingError(
                f"The course cannot be made: {error.strerror or error}",
                place=home,
                cure="Name a folder that you may write to",
            ) from error
        return cls.open(home)

    @classmethod
    def _from_config(cls, home: Path, config: Config) -> Course:
        section = config.CourseDirectory
        root = Path(os.path.abspath(_setting(section, "root", str(home))))  # noqa: PTH100 - as nbgrader: links stay
        return cls(
            home=home,
            root=root,
            course_id=str(_setting(section, "course_id", "")).strip(),
            db_url=_setting(section, "db_url", "") or f"sqlite:///{root / 'gradebook.db'}",
            structure=_setting(section, "directory_structure", _STRUCTURE),
            steps={step: _setting(section, f"{step}_directory", default) for step, default in _STEPS.items()},
            cell_seconds=_cell_seconds(config),
            config=config,
        )

    def path(self, step: str, learner: str = ".", module: str = "") -> Path:
        """The folder of one step: `path("submitted", "L-7F3K2Q", "mousetrap")`. The source has no learner."""
        parts = self.structure.format(nbgrader_step=self.steps[step], student_id=learner, assignment_id=module)
        return self.root / parts

    def modules(self) -> tuple[str, ...]:
        """Ids of the modules with an exercise notebook, in alphabetical order."""
        folders = self.path("source").glob("*/") if self.path("source").is_dir() else ()
        return tuple(sorted(folder.name for folder in folders if any(folder.glob("*.ipynb"))))

    def chosen(self, modules: tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
        """The modules named, or all of them.

        Raises:
            UsageError: a name that is no module here.
            CourseMissing: the course has no exercise at all.
        """
        known = self.modules()
        if not known:
            raise CourseMissing(
                "The course has no exercises",
                place=self.path("source"),
                cure="Put one folder per module there, with its notebook inside",
            )
        for name in modules or ():
            if name not in known:
                raise UsageError(
                    f"There is no module {name!r}", place=self.path("source"), cure=f"Name one of: {', '.join(known)}"
                )
        return tuple(dict.fromkeys(modules)) if modules else known

    def handed_in(self, module: str) -> tuple[str, ...]:
        """Ids of the learners with a hand-in for the module, in alphabetical order."""
        pattern = re.compile(re.escape(str(self.path("submitted", "\0", module))).replace("\0", "([^/\\\\]+)"))
        start = self.root / self.steps["submitted"]
        if not start.is_dir():
            return ()
        depth = str(self.path("submitted", "*", module).relative_to(self.root))
        matches = (pattern.fullmatch(str(folder)) for folder in self.root.glob(depth) if folder.is_dir())
        return tuple(sorted(match.group(1) for match in matches if match and is_id(match.group(1))))

    @property
    def pins(self) -> Path:
        """Released scenarios and exercise sources by content hash."""
        return self.home / "pins"


def is_id(name: str) -> bool:
    """Whether `name` may stand for a learner or a module in a path: no separators, not hidden, not too long."""
    return _ID.fullmatch(name) is not None


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


def _load(home: Path) -> Config:
    try:
        return PyFileConfigLoader(CONFIG_NAME, path=str(home)).load_config()
    except ConfigFileNotFound:
        return Config()
    except Exception as error:  # the file is a program: it can raise anything
        raise GradingError(
            f"The course's configuration stops with {type(error).__name__}: {error}",
            place=home / CONFIG_NAME,
            cure="Mend that file; 'nbgrader generate_config' writes a fresh one to compare with",
        ) from error


def _setting(section: Config, name: str, default: str) -> str:
    return str(section[name]) if name in section else default


def _cell_seconds(config: Config) -> float:
    """nbgrader's own precedence: the most derived class that sets a timeout wins."""
    for name in ("Execute", "ExecutePreprocessor", "NotebookClient"):
        value: Any = config[name].get("timeout") if name in config else None
        if isinstance(value, int | float) and value > 0:
            return float(value)
    return 30.0
