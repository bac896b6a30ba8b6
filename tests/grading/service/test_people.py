"""Whose is a token, and who may see the file?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from techsell.errors import GradingError
from techsell_grading.service.people import People, Taken


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "course" / "tokens.json"


def test_tokens_are_made_once_and_are_nobodys_until_they_are_claimed(path: Path) -> None:
    people = People(path)
    first = people.issue(2)
    assert len(set(first)) == 2
    assert min(len(token) for token in first) >= 32
    assert path.stat().st_mode & 0o777 == 0o600
    before = people.who(first[0])
    assert before is not None
    assert before.learner == ""
    claimed = people.claim(first[0], "L-AAAAAA")
    assert (claimed.learner, claimed.key) == ("L-AAAAAA", before.key)
    assert people.key("L-AAAAAA") == before.key
    assert people.key("L-BBBBBB") == "L-BBBBBB"
    again = People(path)
    assert again.claim(first[0], "L-AAAAAA") == again.who(first[0]) == claimed
    assert again.issue(2) == [first[1]]
    assert len(again.issue(4)) == 3


def test_what_is_somebodys_is_not_another_ones(path: Path) -> None:
    people = People(path)
    one, two = people.issue(2)
    other_service = People(path)
    people.claim(one, "L-AAAAAA")
    for whose, token, learner in (
        (people, one, "L-BBBBBB"),
        (people, two, "L-AAAAAA"),
        (people, "made up", "L-CCCCCC"),
        (other_service, one, "L-BBBBBB"),  # which has not read the file since
    ):
        with pytest.raises(Taken):
            whose.claim(token, learner)
    assert other_service.claim(one, "L-AAAAAA").learner == "L-AAAAAA"
    assert people.who("") is None
    assert people.who("\udce4") is None
    assert [person["learner"] for person in json.loads(path.read_text())["people"]] == ["L-AAAAAA", ""]


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 2, "people": []}', '{"schema": 1, "people": [3]}'])
def test_a_damaged_file_is_a_sentence_and_stays(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(GradingError, match=r"tokens cannot be read.*Restore it from a backup"):
        People(path)
    assert path.read_text() == text
