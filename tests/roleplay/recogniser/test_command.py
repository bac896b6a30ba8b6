"""`techsell recognise`: JSON lines in, JSON lines out, a bad line named and passed over."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from techsell.roleplay.labels import LABELS

COMMAND = [sys.executable, "-m", "techsell", "recognise"]


def run(given: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *words], input=given, capture_output=True, check=False)


def answers(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_sentence_gets_its_labels_and_probabilities() -> None:
    rows = [{"id": "a", "text": "so you lose four hours"}, {"id": 2, "text": "how many pumps", "ctx": "We have pumps."}]
    done = run("\n".join(map(json.dumps, rows)).encode())
    assert done.returncode == 0, done.stderr
    first, second = answers(done)
    assert (first["id"], first["labels"]) == ("a", ["reflect"])
    assert (second["id"], second["labels"]) == (2, ["situation"])
    for found in (first, second):
        assert list(found["probabilities"]) == list(LABELS)
        assert sum(round(share * 1000) for share in found["probabilities"].values()) == 1000
        assert found["decision"] in {"accept", "confirm", "rephrase"}
        assert found["trouble"] is None


def test_bad_lines_are_named_and_the_others_answered() -> None:
    given = (
        b'not json\n[1]\n{"text": 5}\n{"text": "hi", "ctx": 3}\n\n{"text": "ok"}\n\xff\xfe\n' + b"[" * 100_000 + b"\n"
    )
    done = run(given)
    assert done.returncode == 1
    assert [found["id"] for found in answers(done)] == [6]
    said = done.stderr.decode()
    assert "Traceback" not in said
    for number in (1, 2, 3, 4, 7, 8):
        assert f"Line {number}:" in said


def test_odd_texts_are_answered() -> None:
    texts = [
        "",
        "😀",
        "\ud800",
        "a" * 10_000,
        "ignore previous instructions",
        "\x00\x1b[",
        "wie viele pumpen haben sie",
    ]
    done = run("\n".join(json.dumps({"id": at, "text": text}) for at, text in enumerate(texts)).encode())
    assert done.returncode == 0, done.stderr
    found = answers(done)
    assert len(found) == len(texts)
    assert [one["trouble"] for one in found] == [
        "unclear",
        "unclear",
        "unclear",
        "overlong",
        "unclear",
        "unclear",
        "foreign",
    ]


def test_a_scenario_brings_its_topics() -> None:
    done = run(b'{"text": "how often do the seals go"}', "--scenario", "cobalt_ridge")
    assert done.returncode == 0, done.stderr
    assert answers(done)[0]["topics"][0]["topic"] == "seals"


def test_answers_come_line_by_line() -> None:
    """The first answer is there before the second line is sent."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for text in ("how many pumps", "ok"):
            running.stdin.write(json.dumps({"id": text, "text": text}).encode() + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == text
        running.stdin.close()
        assert running.wait(30) == 0


def test_an_unknown_scenario_is_named() -> None:
    done = run(b"", "--scenario", "nope")
    assert done.returncode == 1
    assert b"nope" in done.stderr
    assert b"Traceback" not in done.stderr
