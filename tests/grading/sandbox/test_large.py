"""A hand-in may unpack to 100 MB: its files reach the working folder whole, in more than one message."""

from __future__ import annotations

_SIZE = 60 << 20
_LOOK = f"""\
import os
whole = os.path.getsize("big.bin") == {_SIZE} and open("big.bin", "rb").read()[-3:] == b"end"
answer = {{"valve": "ball" if whole and len(os.listdir("small")) == 40 else "gate"}}"""


def test_large_files_arrive_whole(exercise, good):
    small = {f"small/{number}.txt": bytes(500_000) for number in range(40)}
    notebook = exercise.answered({**good, "pick_answer": _LOOK})
    verdict = exercise.grade(notebook, **{"big.bin": bytes(_SIZE - 3) + b"end", **small})
    assert not verdict.trouble
    assert {check.cell: check.points for check in verdict.checks}["pick"] == 5.0, verdict.reasons
