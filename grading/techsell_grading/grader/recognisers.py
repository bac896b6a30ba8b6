"""Earlier recognisers, kept with their code and data, so that a typed call is read as it was read when it was played.

A pinned recogniser is the zip of `techsell.roleplay.recogniser` as it was released, named by its fingerprint. It is our
own code from the trainer's own course, imported beside the present one under a name of its own; nothing of a learner's
is ever run here.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import zipimport
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.util import module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .unpack import Unreadable, pack, unpack
from .verdict import Limits

if TYPE_CHECKING:
    from techsell.roleplay.asking import Recogniser

__all__ = ["finder", "packed", "present"]

_TRIAL = "what happened the last time it stopped"


def present() -> tuple[str, bytes]:
    """Fingerprint and zip of the recogniser of this installation."""
    from techsell.roleplay.recogniser.identity import fingerprint, own_files

    return fingerprint(), packed(own_files())


def packed(files: Mapping[str, bytes]) -> bytes:
    """The zip that is pinned; the same files give the same bytes."""
    return pack(dict(files))


def finder(pins: Mapping[str, bytes]) -> Callable[[str], Recogniser | None]:
    """A recogniser by its fingerprint: that of this installation, else a pinned one, else None.

    Args:
        pins: zips of earlier recognisers by fingerprint. One whose content has another fingerprint does not count.
    """
    from techsell.roleplay.asking import shipped_recogniser

    def find(fingerprint: str) -> Recogniser | None:
        own = shipped_recogniser(fingerprint)
        if own is not None or fingerprint not in pins:
            return own
        return _load(fingerprint, pins[fingerprint])

    return find


@lru_cache(maxsize=8)
def _load(fingerprint: str, content: bytes) -> Recogniser | None:
    from techsell.roleplay.recogniser.identity import fingerprint_of

    try:
        files = dict(unpack(content, Limits()).files)
    except Unreadable:
        return None
    if fingerprint_of(files) != fingerprint:
        return None
    name = f"techsell_recogniser_{fingerprint[:16]}"
    path = _kept_as_file(name, pack({f"{name}/{entry}": data for entry, data in files.items()}))
    spec = zipimport.zipimporter(str(path)).find_spec(name)
    if spec is None or spec.loader is None:
        return None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        module.recognise(_TRIAL)  # loads what it needs, now
        # `fingerprint` reads the package's own files: what comes out must be what was asked for.
        return cast("Recogniser", module) if module.fingerprint() == fingerprint else None
    except Exception:
        # A recogniser of a version whose surroundings have gone: the attempt goes to a person, grading goes on.
        del sys.modules[name]
        return None


def _kept_as_file(name: str, data: bytes) -> Path:
    """A file that is there for as long as this process: without a name where the system has that, so that also a
    process that is killed leaves nothing behind."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create(name)
        with open(descriptor, "wb", closefd=False) as file:
            file.write(data)
        return Path(f"/proc/self/fd/{descriptor}")
    folder = Path(tempfile.mkdtemp(prefix="techsell-recogniser-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / f"{name}.zip"
    path.write_bytes(data)
    return path
