"""Two parsers read scenario files, a fast one and one with better messages: does it ever matter which?"""

from __future__ import annotations

import random
from importlib import resources

import pytest

from techsell.roleplay import yaml_source
from techsell.roleplay.yaml_source import read_tree

SIGNS = [*":#-'\"{}[],&*!|>%@`? <=~\\é\t\x85\u2028\x7f", "- ", ": ", "<<: ", "---\n", "!!str ", "0x1", "yes", "null"]


@pytest.fixture(scope="module")
def lines() -> list[str]:
    scenario = resources.files("techsell") / "scenarios" / "first_call.yaml"
    return scenario.read_text(encoding="utf-8").split("\n")


def both(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[tuple[object, object], tuple[object, object]]:
    found = []
    for choose in (yaml_source._fast_events, lambda _: None):
        with monkeypatch.context() as patch:
            patch.setattr(yaml_source, "_fast_events", choose)
            root, problems = read_tree(text.encode(), "some.yaml")
            found.append((None if root is None else root.plain(), problems))
    return found[0], found[1]


def test_libyaml_is_there_and_reads_the_shipped_file(lines: list[str]) -> None:
    assert yaml_source._fast_events("\n".join(lines)) is not None


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_typed_both_read_the_same(seed: int, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    readable = 0
    for _ in range(100):
        start = chance.randrange(len(lines) - 30)
        text = "\n".join(lines[start : start + chance.randrange(3, 20)])
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(SIGNS) + text[at + chance.randrange(3) :]
        fast, slow = both(text, monkeypatch)
        assert fast == slow, text
        readable += not fast[1]
    assert readable > 10, "mostly broken text proves nothing"


def test_lines_of_problems_are_those_of_the_file(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("code: &anchor X", "code: [1, 2", "code: 1: 2", "\tcode: 1"):
        text = "\n".join([*lines[:5], wrong, *lines[5:]])
        fast, slow = both(text, monkeypatch)
        assert fast[1] == slow[1] != []
