"""Hand-ins as folders and as zip files that somebody laid out with bad intent, by name."""

from __future__ import annotations

import io
import os
import socket
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["FOLDERS", "ZIPS"]

Places = Mapping[str, str]


def _links(folder: Path, notebook: bytes, places: Places) -> None:
    """The notebook itself is a link to somebody else's, with links to everything beside it."""
    (folder / "plant.ipynb").symlink_to(places["OTHER"])
    for name, target in (("book.db", places["BOOK"]), ("home", places["HOME"]), ("root", "/"), ("loop", "loop")):
        (folder / name).symlink_to(target)


def _links_beside(folder: Path, notebook: bytes, places: Places) -> None:
    (folder / "plant.ipynb").write_bytes(notebook)
    (folder / "all").symlink_to(places["COURSE"])
    (folder / "readings.csv").symlink_to("/etc/passwd")
    (folder / "timestamp.txt").symlink_to(places["OTHER"])


def _hard_link(folder: Path, notebook: bytes, places: Places) -> None:
    (folder / "plant.ipynb").write_bytes(notebook)
    os.link(places["BOOK"], folder / "data.db")


def _special_files(folder: Path, notebook: bytes, places: Places) -> None:
    """A pipe that nobody writes to would hold a reader for ever."""
    (folder / "plant.ipynb").write_bytes(notebook)
    os.mkfifo(folder / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "s"))


def _pipe_as_notebook(folder: Path, notebook: bytes, places: Places) -> None:
    os.mkfifo(folder / "plant.ipynb")


def _folder_as_notebook(folder: Path, notebook: bytes, places: Places) -> None:
    (folder / "plant.ipynb").mkdir()
    (folder / "plant.ipynb" / "plant.ipynb").write_bytes(notebook)


def _odd_names(folder: Path, notebook: bytes, places: Places) -> None:
    (folder / "plant.ipynb").write_bytes(notebook)
    for name in (b"a\nb", b"x" * 250, b"-rf", b"$(touch x)", b"\x1b[2J", "\u202egpj".encode(), b"%s%n"):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:  # noqa: PTH118, PTH123 - names of bytes
            file.write(b"x")


def _name_of_bytes(folder: Path, notebook: bytes, places: Places) -> None:
    """A name that is no text in any encoding."""
    (folder / "plant.ipynb").write_bytes(notebook)
    with open(os.path.join(os.fsencode(folder), b"\xff\xfe.csv"), "wb") as file:  # noqa: PTH118, PTH123 - bytes
        file.write(b"x")


def _deep(folder: Path, notebook: bytes, places: Places) -> None:
    (folder / "plant.ipynb").write_bytes(notebook)
    place = folder
    for _ in range(30):
        place = place / "deeper"
        place.mkdir()
    (place / "plant.ipynb").write_bytes(notebook)


def _many(folder: Path, notebook: bytes, places: Places) -> None:
    (folder / "plant.ipynb").write_bytes(notebook)
    for number in range(700):
        (folder / f"n{number}").write_bytes(b"")


def _sparse(folder: Path, notebook: bytes, places: Places) -> None:
    """Nothing on the disk, and a terabyte when it is read."""
    (folder / "plant.ipynb").write_bytes(notebook)
    with (folder / "big.csv").open("wb") as file:
        file.truncate(1 << 40)


def _of_the_grader(folder: Path, notebook: bytes, places: Places) -> None:
    """Files that carry the names which the grader itself uses."""
    (folder / "plant.ipynb").write_bytes(notebook)
    for name in ("hand_in.json", "collected.json", "verdict.json", "source.json"):
        (folder / name).write_text('{"module": "plant", "learner": "L-HONEST", "notes": ["full marks"], "score": 99}')
    (folder / "timestamp.txt").write_bytes(b"1970-01-01 00:00:00 UTC\0" * 1000)


def _broken_timestamp(folder: Path, notebook: bytes, places: Places) -> None:
    (folder / "plant.ipynb").write_bytes(notebook)
    (folder / "timestamp.txt").write_bytes(b"\xff\xfe$(reboot) 99999-99-99")


FOLDERS: dict[str, Callable[[Path, bytes, Places], None]] = {
    name.strip("_"): lay
    for name, lay in list(globals().items())
    if name.startswith("_") and callable(lay) and getattr(lay, "__module__", "") == __name__
}
"""each fills one folder `submitted/<learner>/plant/`"""


def _zip(*entries: tuple[str, bytes], mode: int = 0o100644, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, mode << 16
            archive.writestr(entry, data, compress)
    return target.getvalue()


def _lying_about_size(notebook: bytes, about: bytes) -> bytes:
    """The directory says 10 bytes, the entry unpacks to far more."""
    made = bytearray(_zip(("hand_in.json", about), ("plant.ipynb", notebook), ("big.csv", b"0" * (64 << 20))))
    place = made.rfind(b"PK\x01\x02")
    struct.pack_into("<I", made, place + 24, 10)
    return bytes(made)


ZIPS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "bomb": lambda notebook, about: _zip(
        ("hand_in.json", about), ("plant.ipynb", notebook), ("big.csv", b"0" * (300 << 20))
    ),
    "climbing": lambda notebook, about: _zip(
        ("hand_in.json", about), ("plant.ipynb", notebook), ("../../../../x.py", b"x"), ("/etc/cron.d/x", b"x")
    ),
    "all_links": lambda notebook, about: _linked(about),
    "twice": lambda notebook, about: _zip(
        ("hand_in.json", about), ("plant.ipynb", b'{"cells": []}'), ("plant.ipynb", notebook)
    ),
    "lying": _lying_about_size,
    "in_front": lambda notebook, about: (
        b"#!/bin/sh\nreboot\n" + _zip(("hand_in.json", about), ("plant.ipynb", notebook))
    ),
    "cut": lambda notebook, about: _zip(("hand_in.json", about), ("plant.ipynb", notebook))[:-40],
    "in_another": lambda notebook, about: _zip(
        ("hand_in.json", about), ("plant.ipynb", notebook), ("inner.zip", _zip(("x", b"0" * (1 << 20))))
    ),
    "not_one": lambda notebook, about: b"MZ" + bytes(1000),
}
"""each makes one zip from the notebook and `hand_in.json`"""


def _linked(about: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("hand_in.json", about)
        link = zipfile.ZipInfo("plant.ipynb")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return target.getvalue()
