"""The questions that any visitor may ask: the file, what is made of it, and whether it knows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from techsell.errors import ContentError
from techsell.roleplay.recogniser import make_ordinary
from techsell.roleplay.recogniser.matcher import matcher_of
from techsell.roleplay.recogniser.ordinary import ordinary_topics, source

ONES_OWN = {
    "how long do you work here already": "o_tenure",
    "who do you answer to in this company": "o_boss",
    "so how many shifts are you running": "o_hours",
    "do you keep records of the failures": "o_records",
    "is there any wifi out there": "o_network",
    "when is the financial year over for you": "o_budget_year",
    "what do you need in the way of warranty": "o_warranty",
    "may i take some notes": "o_notes",
    "who else gets a quote from you for that": "o_quotes",
    "how is the weather at your end": "o_weather",
    "what would you do if you leave it as it is": "o_do_nothing",
    "do you have drawings of the pump house": "o_drawings",
}


def test_the_json_file_is_what_the_yaml_file_says() -> None:
    assert source() == make_ordinary.built()
    assert make_ordinary.main(["--check"]) == 0


def test_every_topic_has_keywords_and_eight_to_fifteen_lines() -> None:
    topics = ordinary_topics()
    assert len(topics) >= 90
    for topic in topics.values():
        assert len(topic.keywords) >= 3, topic.id
        assert 8 <= len(topic.utterances) <= 15, topic.id
        assert all(line == line.strip() for line in topic.utterances), topic.id


@pytest.mark.parametrize(("line", "topic"), ONES_OWN.items())
def test_a_question_in_other_words_finds_its_topic(line: str, topic: str) -> None:
    assert matcher_of(None).rank(line)[0].entry.id == topic


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- {id: o_x, group: g, label: l, keywords: [a]}", "utterances"),
        ("- {id: x, group: g, label: l, keywords: [a], utterances: [b]}", "begin with 'o_'"),
        ("- {id: o_x, group: g, label: l, keywords: [a], utterances: [b, b]}", "twice"),
        ("- {id: o_x, group: g, label: l, keywords: [1], utterances: [b]}", "no text"),
    ],
)
def test_a_faulty_entry_is_named(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "ordinary.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=problem):
        make_ordinary.built(file)
