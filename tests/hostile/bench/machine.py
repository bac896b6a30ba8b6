"""What lies around a grader on a trainer's machine, and whether a submission has touched any of it.

The grader is not asked: files are compared byte for byte with their times and modes, processes are counted in `/proc`,
a listener notes who connects, other people's secrets are looked for in everything that a learner gets to see.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import secrets
import shutil
import site
import sqlite3
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.hostile.bench.listener import Listener
from tests.hostile.bench.processes import Population, adopt_orphans, as_nobody

from techsell_grading.grader import Verdict

__all__ = ["Machine"]

NOBODY = 65534
VARIABLE = "TECHSELL_HOSTILE_RUN"
_PATIENCE = 5.0
_LARGE = 64 << 20
_KEYS = 0x7473
"""upper half of the key of everything that tricks make of System V"""
_SEEN_FROM_EVERYWHERE = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", "/home", "/etc", "/usr/local/bin")  # noqa: S108


class Machine:
    """A course with a gradebook and other learners' work, a home, a listener, a neighbour's process.

    Everything has known content with secrets in it, and the attackers are told where it lies. As root the folder
    belongs to somebody without rights, so that a trick that is let loose on purpose can do its damage there and
    nowhere else.
    """

    def __init__(self, where: Path | None = None) -> None:
        self.token = f"ts-hostile-{secrets.token_hex(6)}"
        self.secret = f"secret-{secrets.token_hex(12)}"
        self.root = Path(tempfile.mkdtemp(prefix="bench-", dir=where))
        self.root.chmod(0o755)
        self.temporary = self.root / "tmp"
        self._build()
        self.listener = Listener(self.root / "socket")
        self._bystander = subprocess.Popen([shutil.which("sleep") or "sleep", "3600"], **as_nobody())
        self.population = Population(self.token)
        self._files: dict[str, str] = {}
        self._ipc = _ipc()
        self._libraries: dict[str, tuple[int, int]] = {}

    # -- what is there -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        course, home = self.root / "course", self.root / "home"
        for name, text in {
            "course/nbgrader_config.py": f"c = get_config()  # {self.secret}\n",
            "course/source/plant/plant.ipynb": json.dumps({"cells": [], "of": self.secret}),
            "course/submitted/L-OTHER2/plant/plant.ipynb": json.dumps({"cells": [], "by": self.secret}),
            "course/submitted/L-OTHER2/plant/timestamp.txt": "2026-03-02 09:00:00.000000 UTC\n",
            "course/autograded/L-OTHER2/plant/verdict.json": json.dumps({"score": 1.0, "of": self.secret}),
            "home/.ssh/id_ed25519": self.secret,
            "home/.bashrc": f"# {self.secret}\n",
            "home/.ipython/profile_default/startup/README": self.secret,
            "home/.config/matplotlib/matplotlibrc": f"# {self.secret}\n",
            "home/notes.txt": self.secret,
        }.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.temporary.mkdir()
        (self.temporary / "of_the_grader.txt").write_text(self.secret, encoding="utf-8")
        self.course, self.home, self.book = course, home, course / "gradebook.db"
        book = sqlite3.connect(self.book)
        with book:
            book.execute("create table grade (student text, cell text, auto_score real, manual_score real)")
            book.execute("insert into grade values (?, 'energy', 1.0, null)", (self.secret,))
        book.close()
        # "damaged" tricks are let loose here on purpose, as somebody who owns this folder and nothing else
        if os.geteuid() == 0:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, NOBODY, NOBODY)

    @property
    def places(self) -> Mapping[str, str]:
        """What a trick is told, by the names that it uses between two `@`."""
        return {
            "ROOT": str(self.root),
            "COURSE": str(self.course),
            "BOOK": str(self.book),
            "OTHER": str(self.course / "submitted/L-OTHER2/plant/plant.ipynb"),
            "HOME": str(self.home),
            "TMP": str(self.temporary),
            "TOKEN": self.token,
            "PORT": str(self.listener.port),
            "PORT6": str(self.listener.port6),
            "SOCKET": str(self.listener.path),
            "ABSTRACT": self.listener.abstract,
            "PID": str(os.getpid()),
            "BYSTANDER": str(self._bystander.pid),
            "SITE": next(iter(site.getsitepackages())),
            "REPOSITORY": str(Path(__file__).resolve().parents[3]),
        }

    # -- before and after --------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Remember how everything is. Call it when the worker is warm."""
        self.listener.forget()
        self._files = _tree(self.root)
        self._libraries = _stamps(Path(self.places["SITE"]))
        self.population.remember()
        self._ipc, self._rights = _ipc(), _rights()

    def touched(self, *, thoroughly: bool = False) -> list[str]:
        """What is not as it was, in words; empty when nothing was touched.

        Args:
            thoroughly: also every file of the installed libraries, which takes half a second.
        """
        found = [*_differences(self._files, _tree(self.root)), *self._left_anywhere()]
        found += [f"somebody called the listener: {call}" for call in self.listener.calls()]
        found += self._awaited(self.population.strangers)
        if self._bystander.poll() is not None:
            found.append("a neighbour's process was killed")
        elif _state(self._bystander.pid) in "Tt":
            found.append("a neighbour's process was stopped")
        if new := [one for one in _ipc() if one not in self._ipc]:
            found.append(f"shared memory, semaphores or queues are left: {new}")
        if _rights() != self._rights:
            found.append("limits or priority of the grading process have changed")
        if thoroughly:
            found += _differences(self._libraries, _stamps(Path(self.places["SITE"])), "installed library ")
        return found

    def read_out(self, verdict: Verdict, *more: str) -> list[str]:
        """Secrets of this machine, and those in `more`, in what the submission got to see or could show."""
        shown = seen_by_the_learner(verdict)
        return [
            f"{word[:12]}… was read out" for word in (self.secret, *more) if any(form in shown for form in _forms(word))
        ]

    def close(self) -> None:
        self.listener.close()
        self._bystander.kill()
        self._bystander.wait()
        self.population.end_strangers()
        _remove_ipc([one for one in _ipc() if one not in self._ipc])
        shutil.rmtree(self.root, ignore_errors=True)

    def _left_anywhere(self) -> Iterator[str]:
        """Files with the token in their name in the places where everybody writes."""
        for place in (*_SEEN_FROM_EVERYWHERE, str(Path.cwd()), str(Path.home()), self.places["SITE"]):
            with_names = os.listdir(place) if Path(place).is_dir() else []  # noqa: PTH208 - names, and fast
            yield from (f"{place}/{name} was left" for name in with_names if self.token in name)

    def _awaited(self, look: Callable[[], list[str]]) -> list[str]:
        """What is still found when everything that is ending has ended."""
        deadline = time.monotonic() + _PATIENCE
        while (found := look()) and time.monotonic() < deadline:
            time.sleep(0.02)  # a process that was killed takes a moment; nothing tells us when
        return found


def seen_by_the_learner(verdict: Verdict) -> str:
    """Messages, reasons, notes, and the outputs of all cells, as one text.

    A test that fails prints its own lines into the trainer's copy; of tests, only what the learner's code printed
    counts.
    """
    parts = [check.message for check in verdict.checks] + [*verdict.reasons, *verdict.notes]
    for _, text in verdict.autograded:
        for cell in json.loads(text)["cells"]:
            grade = cell["metadata"].get("nbgrader", {})
            is_test = grade.get("grade") and not grade.get("solution")
            outputs = [one for one in cell.get("outputs", ()) if not is_test or one["output_type"] == "stream"]
            parts += [json.dumps(one, ensure_ascii=False) for one in outputs]
    return "\n".join(parts)


def _forms(word: str) -> tuple[str, ...]:
    """How a word may be written by somebody who does not want it to be found."""
    return word, word[::-1], word.encode().hex(), word.upper()


def _tree(root: Path) -> dict[str, str]:
    """Content, mode, owner and times of everything below a folder, by name."""
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        try:
            about = path.lstat()
            plain = stat.S_ISREG(about.st_mode) and about.st_size < _LARGE
            data = path.read_bytes() if plain else str(about.st_size).encode()
        except OSError as error:  # pragma: no cover - it was there a moment ago
            found[str(path)] = str(error)
            continue
        stamp = (about.st_mode, about.st_uid, about.st_nlink, about.st_mtime_ns if not path.is_dir() else 0)
        found[str(path)] = f"{hashlib.sha256(data).hexdigest()} {stamp}"
    return found


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file of the installed libraries, compiled ones aside."""
    found: dict[str, tuple[int, int]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            about = os.lstat(os.path.join(place, name))  # noqa: PTH118 - tens of thousands of them
            found[f"{place}/{name}"] = (about.st_size, about.st_mtime_ns)
    return found


def _differences(before: Mapping[str, object], after: Mapping[str, object], what: str = "") -> Iterator[str]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            verb = "is new" if name not in before else "is gone" if name not in after else "was changed"
            yield f"{what}{name} {verb}"


def _ipc() -> list[tuple[str, int]]:
    """(kind, number) of every System V object with a key of the tricks; a neighbour may have some too."""
    found = []
    for kind in ("shm", "sem", "msg"):
        table = Path("/proc/sysvipc") / kind
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            key, number = line.split()[:2]
            if int(key) >> 16 == _KEYS:
                found.append((kind, int(number)))
    return found


def _remove_ipc(left: list[tuple[str, int]]) -> None:
    libc = ctypes.CDLL(None)
    for kind, number in left:
        if kind == "sem":
            libc.semctl(number, 0, 0)
        else:
            getattr(libc, f"{kind}ctl")(number, 0, None)


def _rights() -> tuple[object, ...]:
    import resource

    names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC")
    limits = tuple(resource.getrlimit(getattr(resource, name)) for name in names)
    return (os.getpriority(os.PRIO_PROCESS, 0), os.sched_getaffinity(0), *limits)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


adopt_orphans()
