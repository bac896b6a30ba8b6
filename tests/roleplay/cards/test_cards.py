"""Does everything in a scenario reach the right card and no other, and does it print?"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from techsell.cli import main
from techsell.errors import PdfMissing, UsageError
from techsell.roleplay import list_scenarios, load_scenario
from techsell.roleplay.cards import Card, cards, document, pdf, pdf_of
from techsell.roleplay.cards.page import LINES, block, heading, pages
from techsell.roleplay.cards.words import REACTIONS, Names
from techsell.roleplay.model import Condition, Scenario

SCENARIOS = list_scenarios()
VARIANTS = [(name, index) for name in SCENARIOS for index in range(len(load_scenario(name).variants))]
VOID = {"meta", "br"}


class Plain(HTMLParser):
    """The text of a page, and whether every element that is opened is closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def whole(text: str) -> str:
    return " ".join(text.split())


def read(found: tuple[Card, ...]) -> dict[tuple[str, str], str]:
    """The words on the cards of one variant, by kind and person, pages put together."""
    told: dict[tuple[str, str], str] = {}
    for card in found:
        told[card.kind, card.person] = told.get((card.kind, card.person), "") + " " + Plain(card.html).text
    return told


def holders(told: dict[tuple[str, str], str], text: str) -> set[tuple[str, str]]:
    return {place for place, words in told.items() if whole(text) in words}


@pytest.mark.parametrize(("name", "index"), VARIANTS)
def test_every_secret_is_on_the_card_of_its_owner_and_on_no_other(name: str, index: int) -> None:
    """Facts, ordinary facts, questions, objections, steps, vetoes and voices, in the words of the variant."""
    scenario = load_scenario(name)
    names = Names(scenario, index)
    told = read(cards(scenario, scenario.variants[index].id))
    expected: list[tuple[str, tuple[str, str]]] = []
    for fact in scenario.facts:
        expected.append((names.says(fact), ("buyer", fact.holder)))
        if fact.guarded:
            expected.append((names.text(fact.guarded), ("buyer", fact.holder)))
    expected += [(names.text(one.says), ("plant", one.holder)) for one in scenario.plant]
    expected += [(names.text(one.says), ("buyer", one.asker)) for one in scenario.questions]
    for entry in scenario.objections:
        expected += [
            (names.text(text), ("buyer", entry.holder)) for text in (entry.says, entry.settled, entry.unsettled)
        ]
    for step in scenario.commitments:
        expected += [(names.text(text), ("buyer", step.giver)) for text in (step.granted, step.refused)]
    for persona in scenario.personas:
        expected.append((names.text(persona.voice), ("buyer", persona.id)))
        if persona.veto is not None:
            expected.append((names.text(persona.veto.says), ("buyer", persona.id)))
    for text, place in expected:
        found = holders(told, text)
        assert place in found, text
        assert not {("seller", ""), ("observer", "")} & found, text
        if len(text) > 25:  # short lines such as 'Not today.' may be anybody's
            assert {who for _, who in found} == {place[1]}, text


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_seller_has_brief_and_data_sheet_and_no_hidden_fact(name: str) -> None:
    """Nor notes, rubric advice, false claims, options, hints; who joins later is not listed."""
    scenario = load_scenario(name)
    for index, variant in enumerate(scenario.variants):
        names = Names(scenario, index)
        (seller,) = [card for card in cards(scenario, variant.id) if card.kind == "seller"]
        words = Plain(seller.html).text
        brief = scenario.brief
        for text in (brief.you, brief.call, brief.goal, brief.product):
            assert whole(names.text(text)) in words
        for claim in scenario.datasheet:
            assert (whole(names.text(claim.text)) in words) is claim.supported
        secrets = [fact.note for fact in scenario.facts] + [
            variant.notes.get(fact.id, fact.note) for fact in scenario.facts
        ]
        secrets += [end.says for end in scenario.endings] + [end.summary for end in scenario.endings]
        secrets += [hint.says for hint in scenario.hints] + [option.text for option in scenario.options]
        secrets += [line.advice for line in scenario.rubric]
        secrets += [
            line for one in scenario.personas for lines in one.lines.values() for line in lines if len(line) > 25
        ]
        for text in secrets:
            assert whole(names.text(text)) not in words
        there = words.split("On the line: ")[1].split(" Your goal")[0]
        for persona in scenario.personas:
            assert (f"{persona.name}, {persona.role}" in there) is (persona.joins is None)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_observer_has_the_rubric_boxes_and_room_and_no_secret(name: str) -> None:
    scenario = load_scenario(name)
    (observer,) = [card for card in cards(scenario, scenario.variants[0].id) if card.kind == "observer"]
    words = Plain(observer.html)
    for line in scenario.rubric:
        assert whole(line.title) in words.text
    assert observer.html.count('class="tick"') == 5 * len(scenario.rubric)
    assert observer.html.count('class="rule"') == 3 * 4


@pytest.mark.parametrize("name", SCENARIOS)
def test_endings_are_with_who_speaks_them_and_false_claims_with_every_buyer(name: str) -> None:
    scenario = load_scenario(name)
    names = Names(scenario, 0)
    told = read(cards(scenario, scenario.variants[0].id))
    everybody = {("buyer", one.id) for one in scenario.personas}
    for end in scenario.endings:
        wanted = everybody if end.speaker is None else {("buyer", end.speaker)}
        assert wanted <= holders(told, names.text(end.says))
    for claim in scenario.datasheet:
        if not claim.supported:
            assert holders(told, names.text(claim.text)) == everybody


@pytest.mark.parametrize("name", SCENARIOS)
def test_pages_are_as_many_as_cards(name: str) -> None:
    """No card runs over: the PDF of a variant has one page a card."""
    scenario = load_scenario(name)
    found = cards(scenario, scenario.variants[-1].id)
    raw, count = pdf_of(document(name, found))
    assert raw.startswith(b"%PDF")
    assert count == len(found)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_file_is_sound_html_that_loads_nothing_and_prints_black_on_white(name: str) -> None:
    html = document(name, cards(load_scenario(name)))
    plain = Plain(html)
    assert {tag for tag, _ in plain.tags}.isdisjoint({"script", "img", "link", "iframe"})
    assert all("src" not in attributes and "href" not in attributes for _, attributes in plain.tags)
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "@page { size: A4;" in style
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", style)) == {"#000", "#fff"}
    assert not re.search(r"\{[a-z_]+\.[a-z_]+\}", plain.text), "numbers are filled in"


def test_what_opens_a_fact_is_said_in_words() -> None:
    scenario = load_scenario("cobalt_ridge")
    names = Names(scenario, 0)
    facts = {fact.id: fact for fact in scenario.facts}
    assert names.unlock(facts["burned_before"]) == (
        "Tell only when somebody asks about trouble or asks what is behind it, on: the last sensors. Only if it is "
        "about something that happened, not about opinions or as a rule. Trust 6 or more. "
        f"Only after {names.numbers['sensor_belief']} was told."
    )


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({}, "at any time"),
        ({"facts": ("seal_life", "audit"), "min_trust": 5}, "after 1 and 4; trust 5 or more"),
        ({"any_fact": ("seal_life", "audit"), "not_facts": ("heard",)}, "after one of 1 or 4; as long as 5 is untold"),
        ({"present": ("omar",), "absent": ("priya",)}, "with Omar Hale there; without Priya Nand"),
        ({"open": ("too_dear",), "max_turn": 6}, "while objection A is open; up to turn 6"),
        ({"settled": ("too_dear",), "min_turn": 2}, "when objection A is settled; from turn 2"),
        ({"pending": "q_price"}, "while Q1 waits"),
        ({"answered": ("q_price", "q_steam")}, "when Q1 and Q2 are answered"),
        (
            {"max_trust": 4, "at_least": {"told_early": 3}},
            "trust 4 or less; product talk before a need 3 times or more",
        ),
        ({"min_support": 9}, "when those in favour weigh 9 together ()"),
    ],
)
def test_conditions_are_said_in_words(condition: dict[str, Any], words: str, wash_down: Scenario) -> None:
    assert Names(wash_down, 0).when(Condition(**condition)) == words


def test_every_part_of_a_condition_has_words() -> None:
    """A field that is new in the model and unknown here would silently be left out of the cards."""
    known = {"facts", "any_fact", "not_facts", "min_trust", "max_trust", "present", "absent", "open", "settled"}
    known |= {"pending", "answered", "granted", "min_turn", "max_turn", "at_least", "min_support"}
    assert set(Condition.model_fields) == known


def test_stock_lines_that_a_room_needs_have_their_occasion() -> None:
    silent = {"answers", "discloses", "mumbles", "overlong", "foreign"}
    never_said = {"grants", "refuses", "settles", "insists", "vetoes", "recalls"}
    for name in SCENARIOS:
        for persona in load_scenario(name).personas:
            assert set(persona.lines) - set(REACTIONS) <= silent | never_said


def test_a_heading_never_ends_a_column() -> None:
    blocks = [heading("One"), block(("p", "x" * 54 * (LINES - 6))), heading("Two"), block(("p", "y" * 540))]
    (page,) = pages(blocks)
    first, second = page.split('<div class="column">')[1:]
    assert "Two" not in first
    assert "Two" in second
    assert pages([]) == []


def test_one_variant_is_a_third_of_all() -> None:
    scenario = load_scenario("lindqvist")
    every = cards(scenario)
    assert sum(len(cards(scenario, variant.id)) for variant in scenario.variants) == len(every)
    with pytest.raises(UsageError, match="no variant 'x'"):
        cards(scenario, "x")


# The command


def run(*words: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main(["scenario", "cards", *words])
    return ended.value.code


def test_files_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new"
    assert run("first_call", "--out", str(out), "--pdf") == 0
    assert {path.name for path in out.iterdir()} == {"first_call.cards.html", "first_call.cards.pdf"}
    assert (out / "first_call.cards.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "cards)" in capsys.readouterr().out
    assert run("first_call", "--out", str(out), "--variant", "nowhere") == 2


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert run("first_call", "--out", str(tmp_path / "file" / "below")) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "cure"), [(ImportError("none"), "techsell[report]"), (OSError("cannot load library"), "libpango-1.0-0")]
)
def test_without_weasyprint_the_cure_is_named(
    error: Exception, cure: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> None:
        raise error

    monkeypatch.setattr(pdf, "import_module", missing)
    with pytest.raises(PdfMissing) as told:
        pdf_of("<p>x</p>")
    assert cure in told.value.cure
    assert run("first_call", "--out", str(tmp_path), "--pdf") == 1
    assert cure in capsys.readouterr().err
    assert run("first_call", "--out", str(tmp_path)) == 0


def test_a_card_fetches_nothing() -> None:
    with pytest.raises(ValueError, match="load nothing"):
        pdf._nothing("file:///etc/hostname")
