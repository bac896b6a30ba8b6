"""A program that reads messages made to cost far more than their bytes. Run by `test_hostile_bytes.py`, or by hand:

    python tests/grading/wire/bombs.py

Each is read in a process of its own; a line of JSON for each says how long it took (seconds of processor time), how
much memory it took (MB), and what came of it.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "grading"))
from techsell_grading.grader.wire import WireError, decode

PRIME = 2**61 - 1
"""ints that differ by it have equal hashes"""
NONE = b"N"


def block(data: bytes | str) -> bytes:
    body = data.encode() if isinstance(data, str) else data
    return struct.pack("<I", len(body)) + body


def run(*parts: bytes) -> bytes:
    return b"." + struct.pack("<I", len(parts)) + b"".join(parts)


def many(part: bytes, number: int) -> bytes:
    return b"[." + struct.pack("<I", number) + part * number


def ints(values: list[int]) -> bytes:
    return b"i" + struct.pack("<I", len(values)) + struct.pack(f"<{len(values)}q", *values)


def whole(number: int) -> bytes:
    return block(number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True))


def array(dtype: str, shape: list[int], data: bytes = b"") -> bytes:
    return block(dtype) + b"\0" + bytes([len(shape)]) + struct.pack(f"<{len(shape)}q", *shape) + data


def rows(number: int) -> bytes:
    return b"r" + struct.pack("<qqq", 0, number, 1) + NONE


def categories(index: bytes) -> bytes:
    return b"Ac\0" + array("|i1", [1], b"\0") + b"i" + index + block("") + NONE


def wide(column: bytes, number: int = 10_000) -> bytes:
    return b"P" + rows(1) + rows(number) + column * number


def nearly_equal(depth: int, which: int) -> bytes:
    """Sets of two sets of two sets, all with equal hashes, that differ from each other only at the very bottom."""
    if depth == 0:
        return b"I" + whole(7 + (which + 2**10) * PRIME)
    return b"<" + run(nearly_equal(depth - 1, 1000 + which), nearly_equal(depth - 1, 1))


def plain() -> dict[str, bytes]:
    before, after = 1, 1
    while after.bit_length() < 4000:  # neighbours of Fibonacci take Euclid longest
        before, after = after, before + after
    masks = [b"(" + ints([-1 - (number >> bit & 1) for bit in range(15)]) for number in range(9000)]
    return {
        "depth": b"[.\1\0\0\0" * 100_000 + NONE,
        "lists": many(b"[.\0\0\0\0", 99_000),
        "deques": many(b"q" + struct.pack("<q", -1) + b".\0\0\0\0", 28_000),
        "sets": many(b"{.\0\0\0\0", 66_000),
        "counters": many(b"C.\0\0\0\0.\0\0\0\0", 66_000),
        "ordered": many(b"o.\0\0\0\0.\0\0\0\0", 66_000),
        "announced": b"[s" + struct.pack("<I", 2**31),
        "announced floats": b"[f" + struct.pack("<I", 2**32 - 1),
        "wide text": b"s" + block("a" * 8_000_000 + "\U0001f600"),
        "texts": b"[s" + struct.pack("<I", 199_000) + struct.pack("<I", 1) * 199_000 + block("\U0001f600" * 199_000),
        "long int": b"I" + block(b"\x7f" * 8_000_000),
        "equal hashes": b"{" + run(*(b"I" + whole(7 + number * PRIME) for number in range(60_000))),
        "long equal": b"{" + run(*(b"I" + whole((number * PRIME << 1_600_000) + 7) for number in range(1, 39))),
        "equal tuples": b"{" + run(*masks),
        "nearly equal sets": nearly_equal(15, 0),
        "fractions": many(b"Q" + whole(before) + whole(after), 8_000),
        "ranges": many(b"r" + whole(0) + whole(2**4000) + whole(2**2000 - 1), 10_000),
        "exponents": b"{" + run(*(b"D" + block(f"1E+{10**18 - 1 - number}") for number in range(60_000))),
        "digits": b"D" + block("1" * 8_000_000),
        "zones": many(b"zz" + block("Europe/Berlin"), 199_000),
        "unknown zone": many(b"zz" + block("Europe/Nowhere"), 199_000),
        "dates": many(b"t\xe8\7\1\1\0\0\0\0\0\0\0\0z" + block("Europe/Berlin"), 190_000),
    }


def tables() -> dict[str, bytes]:
    words = ["".join("Aa" if number >> bit & 1 else "BB" for bit in range(15)) for number in range(20_000)]
    texts = b"s" + struct.pack("<I", len(words)) + struct.pack("<I", 30) * len(words) + block("".join(words))
    masks = [b"(" + ints([-1 - (number >> bit & 1) for bit in range(13)]) for number in range(8000)]
    alike = [number << 32 | number for number in range(20_000)]
    zone = b"tz" + block("Europe/Berlin") + b"\0"
    made = {
        "arrays": many(b"n" + array("|b1", [0]), 33_000),
        "empty but huge": b"n" + array("<f8", [0, 2**62]),
        "no bytes": b"n" + array("<U0", [2**40]),
        "long texts": b"n" + array("<U99999999", [2**40]),
        "dimensions": b"n" + array("|b1", [1] * 200, b"\0"),
        "objects": b"n" + array("|O", [99_000], many(b"[.\0\0\0\0", 99_000)[1:]),
        "frames": many(b"P" + rows(0) + rows(0), 1600),
        "series": many(b"Sn" + array("|b1", [0]) + rows(0) + NONE, 2000),
        "indexes": many(b"Ji" + zone + array("<i8", [0]) + block("D") + NONE, 3000),
        "stamps": many(b"m" + zone[1:] + struct.pack("<q", 10**9), 66_000),
        "periods": many(b"p" + block("999W-SUN") + struct.pack("<q", 10**5), 66_000),
        "intervals": many(b"V\0i" + struct.pack("<q", 1) + b"i" + struct.pack("<q", 2), 39_000),
        "wide numbers": wide(b"n" + array("|b1", [1], b"\0")),
        "wide text columns": wide(b"s\0\0\0s\1\0\0\0\1\0\0\0\1\0\0\0a"),
        "wide objects": wide(b"n" + array("|O", [1], run(NONE))),
        "wide categories": wide(b"c\0" + array("|i1", [1], b"\0") + rows(1), 3000),
        "wide zones": wide(zone + array("<i8", [1], bytes(8))),
        "tall": b"P" + rows(8_000_000) + rows(0),
        "taller": b"J" + rows(2**62),
        "wider": b"P" + rows(0) + rows(8_000_000),
        "categories": categories(b"n" + array("<i8", [20_000], ints(alike)[5:])),
        "text categories": categories(b"s\0\0\0" + texts),
        "object categories": categories(b"n" + array("|O", [20_000], ints(alike))),
        "tuple categories": categories(b"n" + array("|O", [8000], run(*masks))),
        "levels": b"Ju\1i"
        + b"n"
        + array("<i8", [20_000], ints(alike)[5:])
        + block("")
        + NONE
        + array("|i1", [0])
        + NONE,
    }
    for pace in ("BYE-DEC", "SME-15", "W-SUN", "999999BQE-DEC", "-999999SMS-2", "1B", "999999D", "C", "999999bh"):
        made[f"pace {pace}"] = b"Jitn\0" + array("<i8", [50_000], bytes(400_000)) + block(pace) + NONE
    return made


def measure(data: bytes) -> dict[str, object]:
    """Read one message here and now."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        came = type(decode(data)).__name__
    except WireError as error:
        came = f"WireError: {error}"
    seconds = time.process_time() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"bytes": len(data), "seconds": round(seconds, 3), "grown": round(grown, 1), "came": came}


def main() -> None:
    decode(b"\1[" + run(b"J" + rows(1), b"zz" + block("UTC")))  # pandas and the zones are loaded before we measure
    for name, data in {**plain(), **tables()}.items():
        child = os.fork()
        if child == 0:
            sys.stdout.write(json.dumps({"name": name, **measure(b"\1" + data)}) + "\n")
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            sys.stdout.write(json.dumps({"name": name, "came": f"died with status {status}"}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
