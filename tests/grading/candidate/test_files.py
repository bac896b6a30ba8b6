"""Files of any size come into the working folder as they are, in messages of a bounded size."""

from __future__ import annotations

import pytest

from techsell_grading.grader.parcels import parcels
from techsell_grading.grader.wire import Bounds, encode

BIG = bytes(range(256)) * 40_000


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"a.csv": b"1", "empty.txt": b"", "deep/er/b.csv": b"2"},
        {"big.bin": BIG, "after.txt": b"x"},
        {"before.txt": b"x", "big.bin": BIG * 2, "bigger.bin": BIG * 3, "": b"no name", "../out": b"no place"},
        {f"n{number}.txt": b"%d" % number for number in range(2500)},
        {f"half{number}.bin": BIG[: 3 << 20] for number in range(4)},
    ],
    ids=["none", "small", "big", "bigger", "many", "halves"],
)
def test_what_was_packed_is_laid_out(candidate, files):
    for parcel in parcels(files):
        assert len(encode(parcel)) < Bounds().most_bytes
        candidate.control.send(parcel)
        assert candidate.control.receive() == {"ok": True}
    found = {
        path.relative_to(candidate.folder).as_posix(): path.read_bytes()
        for path in candidate.folder.rglob("*")
        if path.is_file()
    }
    assert found == {name: data for name, data in files.items() if name and not name.startswith("..")}
    assert not (candidate.folder.parent / "out").exists()
