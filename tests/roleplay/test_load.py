"""Is every fault of a scenario file found, with its code and its line, and all of them at once?"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from techsell.errors import ContentMissing, Problem, ScenarioInvalid
from techsell.roleplay import (
    canonical,
    fingerprint,
    list_scenarios,
    load_scenario,
    scenario_from_canonical,
)
from techsell.roleplay.load import check_text, json_schema
from techsell.roleplay.model import Scenario
from techsell.roleplay.yaml_source import MAX_BYTES

# What is changed, into what, the code, a piece of the line on which it must be reported, a piece of the hint.
BROKEN = {
    "tab": ("budget: {turns: 12}", "budget:\n\tturns: 12", "TS104", "\tturns", "spaces"),
    "colon in text": ('title: "Wash-down at Saltmarsh"', "title: Wash: down: at", "TS104", "Wash: down", "quotes"),
    "anchor": ("version: 1.2.0", "version: &v 1.2.0", "TS105", "&v", "Write the value out"),
    "alias": ("version: 1.2.0\n", "version: &v 1.2.0\nlocale: *v\n", "TS105", "locale: *v", "Write the value out"),
    "merge key": ("budget: {turns: 12}", "budget: {<<: {turns: 12}}", "TS106", "<<", "Write the keys out"),
    "key twice": ("code: T1", "code: T1\ncode: T2", "TS107", "code: T2", "First on line 4"),
    "tag": ("version: 1.2.0", "version: !!str 1.2.0", "TS108", "!!str", "Remove it"),
    "python tag": ("version: 1.2.0", "version: !!python/object:os.system x", "TS108", "!!python", "Remove it"),
    "directive": ("# A small plant", "%YAML 1.1\n---\n# A small plant", "TS108", "---", "Remove the line"),
    "second document": ("variants:\n", "variants: []\n---\nx:\n", "TS109", "---", "one scenario"),
    "key not text": ("code: T1", "code: T1\n[a, b]: c", "TS112", "[a, b]", ""),
    "unknown key": ("pass_mark: 60", "pass_mrak: 60", "TS201", "pass_mrak", "Did you mean 'pass_mark'?"),
    "unknown key deep": (
        "slots: [next_step]}",
        "slot: [next_step]}",
        "TS201",
        "id: ask_visit",
        "Did you mean 'slots'?",
    ),
    "unknown key in a rubric line": ("cost: 40, ", "cots: 40, ", "TS201", "cots", "Did you mean 'cost'?"),
    "missing key": ("code: T1\n", "", "TS202", "schema: 1", "Add 'code: …'"),
    "missing kind": ("{kind: playback, full: 1}", "{full: 1}", "TS202", "id: R3", "Add 'kind: …'"),
    "number for text": ("code: T1", "code: 12", "TS203", "code: 12", "quotes"),
    "text for number": ("pass_mark: 60", 'pass_mark: "60"', "TS203", "pass_mark", ""),
    "yes for true": ("graded: true", "graded: yes", "TS203", "graded: yes", ""),
    "text for a list": ("needs: [acknowledge,", "needs: acknowledge #,", "TS203", "needs: acknowledge", ""),
    "unknown label": ("label: rapport}]}", "label: raport}]}", "TS204", "id: hello", "Did you mean 'rapport'?"),
    "unknown reaction": ('chats: ["Fine', 'chats_: ["Fine', "TS204", "chats_", "Did you mean 'chats'?"),
    "unknown kind": ("kind: playback", "kind: playbak", "TS204", "playbak", "Did you mean 'playback'?"),
    "out of range": ("budget: {turns: 12}", "budget: {turns: 0}", "TS204", "turns: 0", ""),
    "not an id": ("id: hello,", "id: Hello there,", "TS204", "Hello there", ""),
    "empty list": ("moves: [{label: rapport}]}", "moves: []}", "TS204", "id: hello", ""),
    "four moves": (
        "moves: [{label: rapport}]}",
        "moves: [{label: rapport}, {label: rapport}, {label: rapport}, {label: rapport}]}",
        "TS204",
        "id: hello",
        "",
    ),
    "dangling topic": ("topics: [nights], past", "topics: [nigts], past", "TS301", "nigts", "Did you mean 'nights'?"),
    "dangling fact": ("facts: [audit], min_trust: 5", "facts: [audti]", "TS301", "audti", "Did you mean 'audit'?"),
    "dangling persona": (
        "to: omar, moves: [{label: payoff",
        "to: oma, moves: [{label: payoff",
        "TS301",
        "oma,",
        "omar",
    ),
    "dangling ending": ("ends: dated", "ends: datd", "TS301", "datd", "Did you mean 'dated'?"),
    "dangling claim": (
        "claim: forever}]}\n  - {id: proof",
        "claim: ever}]}\n  - {id: proof",
        "TS301",
        "ever}",
        "forever",
    ),
    "id twice": ("id: twelve_hours", "id: two_shifts", "TS302", "Twelve hours", "First used on line"),
    "weights": ('weight: 20, advice: "Wait."', 'weight: 19, advice: "Wait."', "TS303", "rubric:", "100"),
    "number of no fact": ("lost_milk.litres: 800", "lost_milk.liters: 800", "TS304", "liters", "lost_milk.litres"),
    "unit of no number": ("unit: {weeks: weeks}", "unit: {week: weeks}", "TS304", "unit: {week:", "weeks"),
    "placeholder": (
        "{call_outs.times} times.",
        "{call_outs.time} times.",
        "TS305",
        "call_outs.time}",
        "call_outs.times",
    ),
    "single brace": ("Ten minutes, and", "Ten minutes}, and", "TS305", "minutes}", "no braces"),
    "persona without lines": ('      chats: ["Good day."]\n', "", "TS306", 'greets: ["Hale', ""),
    "asker without lines": ('      respects: ["Fair enough."]\n', "", "TS306", 'greets: ["Nand', ""),
    "persona with an empty list": ('chats: ["Good day."]', "chats: []", "TS306", 'greets: ["Hale', ""),
    "id is not the file": ("id: wash_down", "id: wash_up", "TS307", "wash_up", "id: wash_down"),
    "no ending for the budget": ("trigger: budget, says", "says", "TS308", "endings:", "trigger: budget"),
    "no ending at trust 0": ("kind: ejected", "kind: no_fit", "TS308", "endings:", "max_trust: 0"),
    "ends at once": ("when: {at_least: {told_early: 2}}, ", "", "TS309", "lost_patience", "Add 'when'"),
    "facts in a circle": (
        "unlock: {labels: [problem], topics: [seals]}",
        "unlock: {labels: [problem], topics: [seals], after: [lost_milk]}",
        "TS310",
        "id: seal_life",
        "for itself",
    ),
    "key without use": ("[{label: rapport}]}", "[{label: rapport, past: true}]}", "TS311", "id: hello", "belongs to"),
    "manner without question": ("when: {pending: q_price}, ", "", "TS311", "price_short", "pending"),
    "nobody there": ('    voice: "Quick, plain, tired."', "    joins: {}\n    voice: x", "TS312", "id: priya", "joins"),
    "ending of no commitment": (", ends: dated", "", "TS313", "id: dated", "Add 'ends'"),
    "commitment to a wrong ending": ("ends: dated", "ends: later", "TS313", "ends: later", "trigger: commitment"),
    "unearnable": ("audit], full: 4}", "audit], full: 5}", "TS314", "full: 5", "Only 4"),
    "persona who is never puzzled": (
        '      puzzled: ["Pardon?", "Once more?", "I do not follow."]\n',
        "",
        "TS306",
        'greets: ["Nand',
        "",
    ),
    "persona who parrots": (
        '["Pardon?", "Once more?", "I do not follow."]',
        '["Pardon?"]',
        "TS306",
        "Pardon",
        "3 or more",
    ),
    "leaves without a word": (
        '    voice: "Quick, plain, tired."',
        "    leaves: {facts: [audit]}\n    voice: x",
        "TS306",
        'greets: ["Nand',
        "",
    ),
    "dangling fact of a supporter": (
        '    voice: "Quick, plain, tired."',
        "    supports: {facts: [audti]}\n    voice: x",
        "TS301",
        "audti",
        "audit",
    ),
    "dangling fact of a veto": (
        '    voice: "Quick, plain, tired."',
        "    veto: {when: {facts: [audti]}, says: x}\n    voice: x",
        "TS301",
        "audti",
        "audit",
    ),
    "supporter who asks for support": (
        '    voice: "Quick, plain, tired."',
        "    supports: {min_support: 1}\n    voice: x",
        "TS316",
        "min_support",
        "facts",
    ),
    "support that nobody can give": (
        "needs: {min_trust: 6}",
        "needs: {min_support: 6}",
        "TS316",
        "min_support",
        "influence",
    ),
    "dangling answer": ("technical: false}", "technical: false, claims: [steem]}", "TS301", "steem", "steam"),
    "no such ordinary topic": ("topics: [shifts], says", "topics: [shifts, o_hourz], says", "TS301", "o_hourz", ""),
    "ordinary topic of a fact": (
        "{labels: [problem], topics: [seals]}",
        "{labels: [problem], topics: [o_hours]}",
        "TS301",
        "o_hours",
        "",
    ),
    "trouble on the menu": (
        "[{label: rapport}]}",
        "[{label: other, trouble: unclear}]}",
        "TS311",
        "id: hello",
        "typed text",
    ),
    "overclaim of a question": (
        "{label: problem, topics: [seals]}]}",
        "{label: problem, topics: [seals], overclaims: true}]}",
        "TS311",
        "overclaims",
        "belongs to",
    ),
    "facts of a question": (
        "{label: problem, topics: [seals]}]}",
        "{label: problem, topics: [seals], facts: [seal_life]}]}",
        "TS311",
        "id: ask_seals",
        "payoff",
    ),
    "rumour told by nobody": (
        "variants:\n",
        'rumours: [{id: r, about: attack, teller: prya, says: "At {from}."}]\nvariants:\n',
        "TS301",
        "prya",
        "priya",
    ),
    "rumour with another gap": (
        "variants:\n",
        'rumours: [{id: r, about: attack, teller: priya, says: "At {form}."}]\nvariants:\n',
        "TS305",
        "{form}",
        "",
    ),
    "worked line that is no option": (
        "variants:\n",
        "worked: {seed: 1, lines: [{option: helo, why: x}]}\nvariants:\n",
        "TS301",
        "helo",
        "hello",
    ),
    "text twice": (
        'offended: ["Watch it.", ',
        'offended: ["Watch it.", "Watch it.", ',
        "TS315",
        "Watch it",
        "First on line",
    ),
}


def found(raw: bytes | str, stem: str | None = "wash_down") -> tuple[Problem, ...]:
    raw = raw.encode() if isinstance(raw, str) else raw
    scenario, problems = check_text(raw, "wash_down.yaml", stem)
    assert (scenario is None) == bool(problems)
    assert list(problems) == sorted(problems, key=lambda problem: problem.line)
    return problems


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_named_with_code_line_and_cure(name: str, wash_down_path: Path) -> None:
    old, new, code, place, hint = BROKEN[name]
    text = wash_down_path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    line = next(number for number, row in enumerate(text.split("\n"), start=1) if place in row)
    problems = found(text)
    hits = [problem for problem in problems if problem.code == code]
    assert line in [hit.line for hit in hits if hint in hit.hint], problems
    assert all(problem.file == "wash_down.yaml" and problem.message for problem in problems)


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (b"", "TS102", 1),
        (b"  \n\n", "TS102", 1),
        (b"# only a comment\n", "TS102", 1),
        (b"- a\n- list\n", "TS111", 1),
        (b"just text", "TS111", 1),
        (b"schema: 1\nid: caf\xe9\n", "TS101", 2),
        ("schema: 1\n".encode("utf-16"), "TS101", 1),
        (b"# " + b"x" * MAX_BYTES, "TS103", 1),
        (b"schema: 1\na: " + b"[" * 100_000, "TS110", 2),
        (b"schema: 1\nid: \x00\n", "TS104", 2),
        (b'schema: 1\nid: "\\ud800"\n', "TS104", 1),
        (b"schema: 1\nid: 'open\n", "TS104", 3),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_no_scenario_at_all(raw: bytes, code: str, line: int) -> None:
    problems = found(raw, None)
    assert (code, line) in {(problem.code, problem.line) for problem in problems}, problems


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("topics: [shifts], says", "topics: [shifts, o_hours], says"),
        ("topics: [shifts]}], repeatable", "topics: [shifts, o_hours]}], repeatable"),
        ("variants:\n", 'rumours: [{id: r, about: attack, teller: priya, says: "At {from}."}]\nvariants:\n'),
        ("variants:\n", "worked: {seed: 1, lines: [{option: hello, why: x}]}\nvariants:\n"),
        ("{label: pitch, claim: steam}", "{label: pitch, claim: steam, facts: [seal_life], overclaims: true}"),
        ("needs: {min_trust: 6}", "needs: {min_support: 5}"),
    ],
)
def test_what_may_be_written_is_no_fault(wash_down_path: Path, old: str, new: str) -> None:
    text = wash_down_path.read_text("utf-8").replace(
        '    voice: "Quick, plain, tired."', "    supports: {facts: [audit]}\n    influence: 5\n    voice: x"
    )
    assert old in text
    assert found(text.replace(old, new, 1)) == ()


def test_a_bomb_of_aliases_is_never_unfolded() -> None:
    """Nine levels of nine aliases would be 400 million texts."""
    rows = ['a0: &a0 ["x"]'] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert {problem.code for problem in found("\n".join(rows), None)} >= {"TS105"}


def test_all_faults_of_all_kinds_come_at_once(tmp_path: Path, wash_down_path: Path) -> None:
    text = wash_down_path.read_text(encoding="utf-8")
    for name in ("unknown key", "key twice", "number for text", "dangling topic", "weights", "placeholder", "anchor"):
        old, new = BROKEN[name][:2]
        text = (
            text.replace(old, new, 1) if name != "key twice" else text.replace("version:", "version: 1.0.0\nversion:")
        )
    path = tmp_path / "wash_down.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioInvalid) as caught:
        load_scenario(path)
    codes = [problem.code for problem in caught.value.problems]
    assert sorted(codes) == ["TS105", "TS107", "TS201", "TS203", "TS301", "TS303", "TS305"]
    assert all(f":{problem.line}: {problem.code}" in str(caught.value) for problem in caught.value.problems)


def test_plain_words_stay_text(wash_down_path: Path) -> None:
    """No 'Norway problem': yes, no, on, dates and odd numbers are what they look like."""
    for word in ("no", "on", "2026-03-01", "0x1f", "1_000", "007", ".inf"):
        scenario, problems = check_text(
            wash_down_path.read_bytes().replace(b"code: T1", f"code: {word}".encode()), "wash_down.yaml", "wash_down"
        )
        assert problems == ()
        assert scenario is not None
        assert scenario.code == word


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(wash_down: Scenario, wash_down_path: Path) -> None:
    raw = b"\xef\xbb\xbf" + wash_down_path.read_bytes().replace(b"\n", b"\r\n")
    scenario, problems = check_text(raw, "wash_down.yaml", "wash_down")
    assert problems == ()
    assert scenario is not None
    assert fingerprint(scenario) == fingerprint(wash_down)


def test_canonical_bytes_are_the_scenario(wash_down: Scenario) -> None:
    raw = canonical(wash_down)
    again = scenario_from_canonical(raw)
    assert again == wash_down
    assert canonical(again) == raw
    assert fingerprint(again) == fingerprint(wash_down)
    assert len(fingerprint(again)) == 64
    keys = list(json.loads(raw))
    assert keys == sorted(keys)


def test_a_pinned_version_keeps_its_name_when_the_model_learns_a_new_key(wash_down: Scenario) -> None:
    older = json.loads(canonical(wash_down))
    del older["trust"]["objection_settled"]
    raw = json.dumps(older, sort_keys=True).encode()
    pinned = scenario_from_canonical(raw)
    assert pinned == wash_down
    assert fingerprint(pinned) != fingerprint(wash_down)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b'{"schema": 2}', b"\xff"])
def test_bytes_that_are_no_pinned_scenario(raw: bytes) -> None:
    with pytest.raises(ScenarioInvalid, match="pinned scenario"):
        scenario_from_canonical(raw)


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    assert "cobalt_ridge" in list_scenarios()
    with pytest.raises(ContentMissing, match="Did you mean 'cobalt_ridge'"):
        load_scenario("cobalt_rigde")
    with pytest.raises(ContentMissing, match="Known scenarios: "):
        load_scenario("../../etc/passwd")
    with pytest.raises(ContentMissing, match=r"nothing\.yaml"):
        load_scenario(tmp_path / "nothing.yaml")
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(ContentMissing):
        load_scenario(tmp_path / "folder.yaml")


def test_the_schema_refuses_unknown_keys_everywhere() -> None:
    schema = json_schema()
    objects = [part for part in schema["$defs"].values() if part["type"] == "object"]
    assert len(objects) > 20
    assert all(part["additionalProperties"] is False for part in objects)


def test_every_code_is_explained_where_it_is_made(repository: Path) -> None:
    folder = repository / "course" / "techsell" / "roleplay"
    heads = {name: (folder / name).read_text("utf-8") for name in ("yaml_source.py", "shape.py", "references.py")}
    for name, text in heads.items():
        head = text.split('"""')[1]
        for code in re.findall(r'"(TS\d{3})"', text):
            home = head if code in head else heads["yaml_source.py"].split('"""')[1]
            assert code in home, f"{name}: {code}"


def test_a_copy_that_differs_has_an_index_and_a_fingerprint_of_its_own() -> None:
    scenario = load_scenario("cobalt_ridge")
    before = (scenario.fingerprint, scenario.compiled)
    shorter = scenario.model_copy(update={"budget": scenario.budget.model_copy(update={"turns": 3})})
    assert shorter.compiled.scenario.budget.turns == 3
    assert shorter.fingerprint != before[0]
    assert (scenario.fingerprint, scenario.compiled) == before
    assert scenario.model_copy().fingerprint == before[0]
