"""A work unit that costs nothing and always says the same: stands in for `grade_one` where the rest is tested.

Spawned processes import it by name. What the hand-in says can make it misbehave: `KILL` ends the process, `HANG`
never ends, `SLEEP` takes a while; with `ONCE <path>` only where that file is not there yet.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import time
import zipfile
from pathlib import Path

from techsell_grading.grader import Check, Limits, Verdict


def grade_one(submission: bytes, source: bytes, limits: Limits) -> Verdict:
    """Points of each cell by a hash of the hand-in and of the exercise: another hand-in, other points."""
    handed_in, exercise = (zipfile.ZipFile(io.BytesIO(data)) for data in (submission, source))
    who = json.loads(handed_in.read("hand_in.json"))
    module = who["module"]
    name = f"{module}.ipynb"
    text = handed_in.read(name) if name in handed_in.namelist() else b"{}"
    _misbehave(text.decode())
    author = exercise.read(name)
    checks = []
    for cell in json.loads(author)["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade"):
            by_hand = about["solution"]
            chance = (
                hashlib.sha256(text + "".join(cell["source"]).encode() + about["grade_id"].encode()).digest()[0] % 3
            )
            points = None if by_hand else about["points"] * chance / 2
            passed = None if by_hand else chance == 2
            kind = "work_sample" if by_hand else "test"
            checks.append(Check(module, about["grade_id"], kind, points, about["points"], passed, "Look again."))
    score = sum(check.points or 0 for check in checks)
    notebook = json.loads(text) | {"metadata": {"score": score}}
    return Verdict(
        module,
        who["learner"],
        hashlib.sha256(submission).hexdigest(),
        hashlib.sha256(source).hexdigest(),
        tuple(checks),
        autograded=((module, json.dumps(notebook)),),
    )


def _misbehave(text: str) -> None:
    if (once := re.search(r"ONCE (\S+)", text)) is not None:
        try:
            Path(once[1]).touch(exist_ok=False)
        except FileExistsError:
            return
    if "KILL" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "HANG" in text:
        signal.pause()
    if (pause := re.search(r"SLEEP (\d+)", text)) is not None:
        time.sleep(int(pause[1]) / 1000)  # work that takes its time, not waiting for anything
