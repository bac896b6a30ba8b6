"""Does an author who cannot programme come from a copy to a certified scenario of their own?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from techsell.cli import build_app
from techsell.errors import ContentMissing, ScenarioInvalid, UsageError
from techsell.roleplay import load_scenario
from techsell.roleplay.author.fresh import MARK, fresh_copy, proper_names
from techsell.roleplay.author.lint import lint
from techsell.roleplay.bots import certify, simulate
from techsell.roleplay.load import check_text, scenario_path

SOURCES = ["first_call", "cobalt_ridge", "saltmarsh"]


def new(*words: str) -> str:
    done = CliRunner().invoke(build_app(), ["scenario", "new", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0
    return done.output


def comments(text: str) -> list[str]:
    return [row.strip() for row in text.split("\n") if row.strip().startswith("#")]


@pytest.mark.parametrize("source", SOURCES)
def test_a_copy_is_clean_at_once_and_plays_the_same(source: str, tmp_path: Path) -> None:
    said = new("--from", source, "harbour_pumps", "--out", str(tmp_path))
    assert "Next: techsell scenario lint" in said
    path = tmp_path / "harbour_pumps.yaml"
    assert [str(p) for p in lint(path.read_bytes(), path.name, path.stem) if p.grade == "error"] == []
    copy, old = load_scenario(path), load_scenario(source)
    assert copy.id == "harbour_pumps"
    own = {"id": old.id, "code": old.code, "title": old.title, "version": old.version}
    assert copy.model_copy(update=own) == old
    assert old.title in copy.title


@pytest.mark.parametrize("source", SOURCES)
def test_comments_are_kept_and_places_to_change_are_marked(source: str) -> None:
    raw = scenario_path(source).read_text(encoding="utf-8")
    text = fresh_copy(raw.encode(), "harbour_pumps")
    kept = iter(comments(text))
    assert all(line in kept for line in comments(raw)), "every comment, in its order"
    rows = text.split("\n")
    assert rows[0] == "# yaml-language-server: $schema=scenario.schema.json"
    marked = {rows[n + 1].strip() for n, row in enumerate(rows) if row.strip().startswith(MARK)}
    marked |= {rows[n + 2].strip() for n, row in enumerate(rows[:-2]) if row.strip().startswith(MARK)}
    scenario = load_scenario(source)
    for thing in (*scenario.facts, *scenario.personas, *scenario.datasheet, *scenario.variants):
        assert any(re.match(rf"- \{{?id: {thing.id}\b", row) for row in marked), thing.id
    assert {"brief:", "facts:", "options:", "variants:"} <= marked


def test_a_mark_names_the_old_figures_and_names() -> None:
    text = fresh_copy(scenario_path("cobalt_ridge").read_bytes(), "harbour_pumps")
    assert f"{MARK} fact last_stop: what happens in your story; numbers hours 7, repair 3, digging 4" in text
    row = next(row for row in text.split("\n") if MARK in row and "Dana" in row)
    assert "names " in row
    names = proper_names(load_scenario("cobalt_ridge"))
    assert {"Cobalt Ridge", "Tomasz", "Dana Okafor", "Torvane"} <= set(names)
    assert not {"The", "If", "What", "Friday"} & set(names)


@pytest.mark.parametrize("name", ["Harbour", "9lives", "harbour pumps", "../harbour", "", "a" * 61])
def test_a_name_that_is_no_id_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the id"):
        fresh_copy(scenario_path("first_call").read_bytes(), name)


def test_nothing_is_overwritten_and_faults_of_the_source_are_told(tmp_path: Path) -> None:
    new("--from", "first_call", "harbour", "--out", str(tmp_path))
    with pytest.raises(UsageError, match="There is a file"):
        new("--from", "first_call", "harbour", "--out", str(tmp_path))
    with pytest.raises(ContentMissing):
        new("--from", "no_such_call", "harbour_2", "--out", str(tmp_path))
    with pytest.raises(ScenarioInvalid):
        fresh_copy(b"schema: 1\n", "harbour")


# A scripted author: takes the copy, swaps company, product and numbers, adds two facts


FACTS = """
  - id: hose_wear
    holder: priya
    kind: problem
    says: >-
      The suction hose. It has gone soft {hose_wear.times} times since the spring, and each time it sucked flat
      first.
    note: "Suction hose gone soft {hose_wear.times} times since the spring; it sucks flat."
    guarded: "There's a hose. We'll leave it there for now."
    unlock: {labels: [problem], topics: [suction_hose], min_trust: 4}
    numbers: {times: 3}
    unit: {times: "times"}
    utterances:
      - when did the suction hose last give you trouble
      - tell me about the hose on the suction side
      - did the suction hose ever collapse
      - what happened to the suction hose
      - how often has that hose gone soft on you
      - any trouble with the hose before the pump
      - has the hose ever sucked flat, and what happened then
      - what about the hose in front of the pump, did it ever fail
  - id: noise_claims
    holder: priya
    kind: impact
    says: >-
      When it sucks flat, people two doors on ring me. {noise_claims.calls} calls a month, and I have to write
      each one up.
    note: "{noise_claims.calls} calls a month about the noise, each one written up."
    guarded: "It's loud. People say so. That'll do."
    unlock: {labels: [implication], topics: [hose_noise], min_trust: 5, after: [hose_wear]}
    numbers: {calls: 6}
    unit: {calls: "calls a month"}
    utterances:
      - and what does that hose cost you in the end
      - what does the hose collapsing lead to
      - who else notices when the hose goes flat
      - what follows when the hose sucks flat
      - so what does the noise of that hose do to the rest of the place
      - who complains when the hose makes that noise
      - what comes of it for you when the hose goes
      - what does the hose mean for everybody next door
"""
TOPICS = """
  - {id: suction_hose, label: "the suction hose", keywords: [suction hose, hose, soft, sucked flat]}
  - {id: hose_noise, label: "what the hose leads to", keywords: [noise, next door, complain, calls]}
"""
OPTIONS = """
  - id: ask_hose_story
    text: >-
      When did the hose on the suction side last give you trouble, and how did it go from the first sign until it
      was changed?
    to: priya
    moves: [{label: problem, topics: [suction_hose], past: true}]
    when: {present: [priya], not_facts: [hose_wear]}
  - id: ask_hose_noise
    text: >-
      And when that hose goes flat, what does it lead to outside the pump room, and who is it that notices it
      before anybody else does?
    to: priya
    moves: [{label: implication, topics: [hose_noise]}]
    when: {present: [priya], facts: [hose_wear], not_facts: [noise_claims]}
  - id: play_hose
    text: >-
      So {hose_wear.times} times since the spring that hose has gone soft, and it sucked flat first each time,
      before anybody went to look at it.
    to: priya
    moves: [{label: reflect, facts: [hose_wear]}]
    when: {present: [priya], facts: [hose_wear]}
  - id: play_hose_wrong
    text: >-
      So that hose has gone soft on you every month since the spring, and nobody there has ever thought of
      ordering a stiffer one for it.
    to: priya
    moves: [{label: reflect, facts: [hose_wear], wrong: true}]
    when: {present: [priya], facts: [hose_wear]}
  - id: play_noise
    text: >-
      So {noise_claims.calls} calls a month from two doors on because of that noise, and every single one of them
      is yours to write up.
    to: priya
    moves: [{label: reflect, facts: [noise_claims]}]
    when: {present: [priya], facts: [noise_claims]}
  - id: play_noise_wrong
    text: >-
      So the people two doors on have taken you to court over that noise, and you spend most of a month each year
      on the paperwork.
    to: priya
    moves: [{label: reflect, facts: [noise_claims], wrong: true}]
    when: {present: [priya], facts: [noise_claims]}
"""
SWAPS = {
    "Saltmarsh Dairies": "Meridian Water Board",
    "Saltmarsh": "Meridian",
    "clamp-on seal sensing": "strap-on bearing sensing",
    "Warning 4 to 15 days": "Warning 3 to 12 days",
    "median 9 ": "median 8 ",
}


def before(text: str, section: str, addition: str) -> str:
    """Put lines at the end of the section that stands before `section`."""
    found = re.search(rf"^(?:{re.escape(MARK)}[^\n]*\n)?{section}:", text, re.MULTILINE)
    assert found, section
    return text[: found.start()].rstrip("\n") + "\n" + addition.strip("\n") + "\n\n" + text[found.start() :]


def numbers_swapped(text: str) -> str:
    """Another number of pumps and seals, in the fact and in each variant alike."""
    text = re.sub(r"(numbers: \{seals: )19(, planned: 5, stops: )14(, inflated: )28", r"\g<1>23\g<2>18\g<3>36", text)
    return text.replace("numbers: {temp: 75, bar: 60}", "numbers: {temp: 70, bar: 40}")


def test_an_author_swaps_the_story_adds_two_facts_and_is_certified(tmp_path: Path) -> None:
    new("--from", "saltmarsh", "water_board", "--out", str(tmp_path))
    path = tmp_path / "water_board.yaml"
    text = path.read_text(encoding="utf-8")
    for old, own in SWAPS.items():
        assert old in text
        text = text.replace(old, own)
    changed = numbers_swapped(text)
    assert changed != text
    text = before(before(before(changed, "facts", TOPICS), "plant", FACTS), "hints", OPTIONS)
    text = "\n".join(row for row in text.split("\n") if MARK not in row)
    path.write_text(text, encoding="utf-8")
    problems = lint(path.read_bytes(), path.name, path.stem)
    assert [str(problem) for problem in problems if problem.grade == "error"] == []
    scenario, _ = check_text(path.read_bytes(), path.name, path.stem)
    assert scenario is not None
    assert "Saltmarsh" not in text
    old = load_scenario("saltmarsh")
    known = {fact.id for fact in old.facts}
    assert [fact.id for fact in scenario.facts if fact.id not in known] == ["hose_wear", "noise_claims"]
    certificate = certify(scenario, simulate({scenario.id: scenario}, runs=2400)[scenario.id])
    assert [(check.name, check.detail) for check in certificate.checks if not check.holds] == []
