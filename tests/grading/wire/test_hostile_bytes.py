"""Can bytes from a hostile process do anything but end in a `WireError`: run code, open files, eat memory or time?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell_grading.grader.wire import WireError, decode

_HERE = Path(__file__).parent
_SECONDS = 5.0
"""of processor time for the worst message of 8 MB, on a busy machine; it is about one second on a quiet one"""
_MEGABYTES = 150
_BOMBS = 56


def _run(*command: str) -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_hundred_thousand_messages_do_nothing(seed: int) -> None:
    """Half of them for each seed. What the fuzzer reports was watched by Python's audit hooks."""
    (found,) = _run(str(_HERE / "fuzzer.py"), str(seed), "50000")
    assert found["heard"] == [], "files, imports, code, processes or warnings that a message caused"
    assert found["read"] > 5000, "too few messages get past the first byte for this test to mean anything"
    assert found["slowest"] < _SECONDS, found["which"]
    assert found["grown"] < _MEGABYTES


def test_messages_made_to_be_costly_are_cheap() -> None:
    found = _run(str(_HERE / "bombs.py"))
    assert len(found) == _BOMBS
    costly = [one for one in found if one.get("seconds", 99) > _SECONDS or one.get("grown", 999) > _MEGABYTES]
    assert costly == []
    refused = {one["name"] for one in found if one["came"].startswith("WireError")}
    assert refused >= {"depth", "announced", "equal hashes", "equal tuples", "nearly equal sets", "unknown zone"}
    assert refused >= {"empty but huge", "no bytes", "long texts", "dimensions", "taller", "wider"}
    assert refused >= {"object categories", "tuple categories", "pace C", "pace 999999bh"}


@settings(deadline=None, max_examples=500)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"\x01"):
        try:
            decode(start + data)
        except WireError:
            continue
