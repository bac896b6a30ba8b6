"""Is every fault of teaching found, with its code, its line and a cure, and told apart from what is only a warning?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from techsell.errors import Problem
from techsell.roleplay.author.lint import lint

BASE = Path(__file__).parent / "data" / "base.yaml"

SHORT = 'text: "So {lots.wafers} wafers."'
PLAY_LOTS = 'text: "{lots.wafers} wafers, and it was you who had to explain the pump room. Suppose'

# What is changed, into what, the code, a piece of the line on which it must be reported.
BROKEN = {
    "fact without an opener": (
        "labels: [problem, clarify], topics: [watch]",
        "labels: [payoff], topics: [watch]",
        "TS401",
        "id: rounds",
    ),
    "fact that wants too much trust": (
        "topics: [consequence], min_trust: 5",
        "topics: [consequence], min_trust: 11",
        "TS401",
        "id: lots",
    ),
    "fact that only a past question opens": (
        "labels: [problem, clarify], topics: [watch]",
        "labels: [problem, clarify], topics: [watch], past: true",
        "TS401",
        "id: rounds",
    ),
    "fact behind a closed one": (
        "unlock: {labels: [problem], topics: [last_trip], past: true}",
        "unlock: {labels: [problem], topics: [last_trip], past: true, min_trust: 12}",
        "TS401",
        "id: want_friday",
    ),
    "ending that contradicts itself": (
        "when: {facts: [last_trip, lots]}",
        "when: {facts: [last_trip, lots], min_trust: 8, max_trust: 3}",
        "TS402",
        "id: cost_heard",
    ),
    "ending in the shadow of another": (
        "    when: {facts: [last_trip, lots]}",
        "    when: {facts: [want_friday, lots]}",
        "TS402",
        "id: cost_heard",
    ),
    "ending of a commitment never given": (
        "needs: {facts: [want_friday], min_trust: 5}",
        "needs: {facts: [want_friday], min_turn: 40}",
        "TS402",
        "id: round_agreed",
    ),
    "commitment never given": (
        "needs: {facts: [want_friday], min_trust: 5}",
        "needs: {facts: [want_friday], min_turn: 40}",
        "TS404",
        "needs: {facts: [want_friday], min_turn",
    ),
    "examples about something else": ("- who had to pay for that in the end", "", "TS413", "utterances:"),
    "option never on the menu": (
        "when: {facts: [last_trip], not_facts: [want_friday]}",
        "when: {facts: [want_friday], not_facts: [last_trip]}",
        "TS404",
        "when: {facts: [want_friday], not_facts: [last_trip]}",
    ),
    "question never asked": (
        "when: {min_turn: 2}\n    technical",
        "when: {min_turn: 11}\n    technical",
        "TS404",
        "11}",
    ),
    "objection that cannot be settled": (
        "needs: [acknowledge, evidence]",
        "needs: [acknowledge, clarify, evidence]",
        "TS404",
        "needs: [acknowledge, clarify, evidence]",
    ),
    "points for facts that are noise": (
        "decoys: [rounds]",
        "decoys: [rounds, lots, want_friday, last_trip]",
        "TS405",
        "facts: [last_trip, lots, rounds",
    ),
    "points for too many playbacks": ("{kind: playback, full: 2}", "{kind: playback, full: 5}", "TS405", "full: 5"),
    "points for what no line agrees": (
        "slots: [purpose, time, agenda], full: 3, by_turn",
        "slots: [purpose, time, expectations], full: 3, by_turn",
        "TS405",
        "expectations], full",
    ),
    "points for a call longer than it is": ("cost: 50, needs: 3}", "cost: 50, needs: 30}", "TS405", "needs: 30"),
    "points for moves nobody can make": (
        "{kind: playback, full: 2}",
        "{kind: presence, labels: [payoff], topics: [people], full: 1}",
        "TS405",
        "topics: [people], full",
    ),
    "points for an ending that is not there": ("advance: 100, continuation: 25", "advance: 90", "TS405", "advance: 90"),
    "label in brackets": ('text: "Good to reach you.', 'text: "[rapport] Good to reach you.', "TS407", "[rapport]"),
    "label in front": ('text: "Good to reach you.', 'text: "Reflect: good to reach you.', "TS407", "Reflect:"),
    "id in the words": (
        'text: "Good to reach you.',
        'text: "Good to reach you, want_friday.',
        "TS407",
        "you, want_friday",
    ),
    "a line far too short": (PLAY_LOTS, 'text: "{lots.wafers}. Suppose', "TS408", '"{lots.wafers}. Suppose'),
    "harmful lines that are longer": (
        "because nobody had greased a bearing.",
        "because nobody had greased a bearing on any one of them since the spring before the last one.",
        "TS409",
        "since the spring",
    ),
    "a rude line": ("So all the pumps were out", "So obviously the pumps were out", "TS410", "So obviously"),
    "a topic for nothing": (
        "topics:\n",
        'topics:\n  - {id: canteen, label: "the canteen"}\n',
        "TS411",
        "id: canteen",
    ),
    "a claim nobody makes": (
        "datasheet:\n",
        'datasheet:\n  - {id: cheap, supported: true, text: "It is cheap."}\n',
        "TS411",
        "id: cheap",
    ),
    "a number in no text": ("numbers: {mails: 300}", "numbers: {mails: 300, rules: 1}", "TS411", "rules: 1"),
    "a commitment nobody asks for": (
        "  - id: brochure\n    giver",
        '  - {id: lunch, giver: facilities, needs: {}, granted: "Yes.", refused: "No."}\n  - id: brochure\n    giver',
        "TS411",
        "id: lunch",
    ),
    "a keyword twice": (
        "keywords: [shift, crew, night",
        "keywords: [shift, crew, Shift, night",
        "TS412",
        "Shift, night",
    ),
    "one example for two facts": (
        "- and what does that cost the fab",
        "- did a pump ever trip and what happened then",
        "TS415",
        "- did a pump ever trip and what",
    ),
    "a figure typed out": (
        'text: "So {last_trip.minutes} minutes without',
        'text: "So 50 minutes without',
        "TS416",
        "So 50",
    ),
    "a twisted playback alone": (
        "moves: [{label: reflect, facts: [lots]}, {label: payoff",
        "moves: [{label: reflect, facts: [last_trip]}, {label: payoff",
        "TS417",
        "id: play_lots_wrong",
    ),
    "no answer that dodges": ("manner: dodge", "manner: lecture", "TS418", "id: q_cold"),
    "an exclamation mark": ("There's my alarm. Bye.", "There's my alarm. Bye!", "TS419", "Bye!"),
    "a worn phrase": ("There's my alarm. Bye.", "There's my win-win. Bye.", "TS419", "win-win"),
    "noise without words": (
        "    says:\n      rounds: \"There's a man",
        "    numbers_:\n      rounds: \"There's a man",
        "TS201",
        "numbers_",
    ),
    "noise without a note": ("    notes:\n      rounds:", "    notes:\n      lots:", "TS420", "decoys: [rounds]"),
    "one line for what is said often": ('        - "That\'s not what happened."\n', "", "TS421", "corrects:"),
    "a unit that can be parted": ("{last_trip.minutes}\u202fmin,", "{last_trip.minutes} min,", "TS422", "minutes} min"),
    "a number without a unit": ('unit: {mails: "mails"}', "unit: {}", "TS423", "numbers: {mails: 300}"),
}


def edited(old: str, new: str) -> str:
    text = BASE.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


def found(text: str, *, play: bool = False) -> tuple[Problem, ...]:
    return lint(text.encode(), "base.yaml", "base", play=play)


def line_of(text: str, piece: str) -> set[int]:
    return {number for number, row in enumerate(text.split("\n"), start=1) if piece in row}


def test_the_base_has_nothing_wrong_with_it() -> None:
    problems = lint(BASE.read_bytes(), BASE.name, BASE.stem)
    assert [str(problem) for problem in problems if problem.grade == "error"] == []
    assert {problem.code for problem in problems} == {"TS413", "TS414"}


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_caught_with_code_line_and_cure(name: str) -> None:
    old, new, code, place = BROKEN[name]
    text = edited(old, new)
    hits = [problem for problem in found(text) if problem.code == code]
    assert line_of(text, place) & {hit.line for hit in hits}, found(text)
    assert all(hit.message and hit.file == "base.yaml" for hit in hits)
    assert all(hit.hint for hit in hits)


def test_there_are_thirty_faults_and_more() -> None:
    assert len(BROKEN) >= 30


def test_a_fact_whose_examples_ask_for_something_else() -> None:
    text = BASE.read_text(encoding="utf-8")
    head, _, rest = text.partition("  - id: lots\n")
    own, _, rest = rest.partition("    utterances:\n")
    examples = re.match(r"(?:      - .*\n)+", rest)
    assert examples
    text = f"{head}  - id: lots\n{own}    utterances:\n      - nice weather today\n{rest[examples.end() :]}"
    hits = [problem for problem in found(text, play=True) if problem.code == "TS403"]
    assert [hit.line for hit in hits] == sorted(line_of(text, "utterances:"))[1:2]


def test_a_menu_that_runs_empty_is_met_by_a_bot() -> None:
    """Every line expires before the turns are used up."""
    text = BASE.read_text(encoding="utf-8")
    head, options, tail = re.split(r"^(?=options:|hints:)", text, flags=re.MULTILINE)
    options = re.sub(r"    when: \{.*\}\n", "", options)
    options = re.sub(r"(    moves: .*\n)", r"\1    when: {max_turn: 4}\n", options)
    problems = found(head + options + tail, play=True)
    hits = [problem for problem in problems if problem.code == "TS406"]
    assert [hit.line for hit in hits] == sorted(line_of(head + options + tail, "options:"))
    assert "after turn 5" in hits[0].message


@pytest.mark.parametrize(
    ("lines", "place", "said"),
    [
        (["frame", "play_lots"], "option: play_lots", "cannot be said in turn 2"),
        (["frame", "ask_last_trip"], "worked:", "does not end the call"),
        (["frame", "ask_last_trip", "send_brochure", "ask_pumps"], "option: ask_pumps", "has ended"),
        (["frame", "ask_last_trip", "send_brochure"], "worked:", "ends as 'brochure_sent'"),
        (["frame", "ask_last_trip", "play_trip", "play_lots", "ask_round"], "", ""),
    ],
)
def test_a_worked_example_that_does_not_work(lines: list[str], place: str, said: str) -> None:
    rows = "".join(f'    - {{option: {line}, why: "Because."}}\n' for line in lines)
    text = BASE.read_text(encoding="utf-8") + f"worked:\n  seed: 2\n  lines:\n{rows}"
    hits = [problem for problem in found(text, play=True) if problem.code == "TS425"]
    if not said:
        assert hits == []
        return
    assert [hit.line for hit in hits] == sorted(line_of(text, place))
    assert said in hits[0].message


def test_all_come_at_once_and_in_order() -> None:
    text = BASE.read_text(encoding="utf-8")
    names = ("label in brackets", "a keyword twice", "a figure typed out", "a worn phrase", "a topic for nothing")
    for name in names:
        old, new = BROKEN[name][:2]
        text = text.replace(old, new, 1)
    problems = found(text)
    assert {BROKEN[name][2] for name in names} <= {problem.code for problem in problems}
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


def test_faults_of_shape_and_of_teaching_are_not_mixed_up() -> None:
    """With an id that leads nowhere only what is sure is said."""
    text = edited("holder: facilities", "holder: nobody").replace("Bye.", "Bye!")
    codes = {problem.code for problem in found(text)}
    assert codes == {"TS301"}


@pytest.mark.parametrize(
    ("code", "grade"),
    [("TS411", "warning"), ("TS412", "warning"), ("TS413", "warning"), ("TS414", "warning"), ("TS421", "warning")],
)
def test_warnings_are_told_from_errors(code: str, grade: str) -> None:
    text = BASE.read_text(encoding="utf-8")
    for old, new, own, _ in BROKEN.values():
        if own == code:
            text = text.replace(old, new, 1)
    assert {problem.grade for problem in found(text) if problem.code == code} == {grade}


def test_every_code_is_explained_where_it_is_made(repository: Path) -> None:
    folder = repository / "course" / "techsell" / "roleplay" / "author"
    guide = (repository / "course" / "techsell" / "scenarios" / "README.md").read_text(encoding="utf-8")
    codes: set[str] = set()
    for path in sorted(folder.glob("rules_*.py")):
        text = path.read_text(encoding="utf-8")
        own = set(re.findall(r'"(TS4\d\d)"', text))
        assert own <= set(re.findall(r"TS4\d\d", text.split('"""')[1])), path.name
        codes |= own
    assert len(codes) >= 20
    assert codes | {"TS406"} <= set(re.findall(r"`(TS4\d\d)`", guide))
