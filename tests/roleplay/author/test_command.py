"""Do the author's commands say what they should, in words, drawings and JSON, and fail where they must?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from techsell.cli import build_app
from techsell.errors import UsageError
from techsell.roleplay import Conversation, load_scenario
from techsell.roleplay.load import scenario_path

BASE = Path(__file__).parent / "data" / "base.yaml"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run() -> Run:
    """`run("lint", "x.yaml")`: exit code and what was written; errors of ours are raised."""

    def ran(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(build_app(), ["scenario", *words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return ran


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """`edited((old, new), …)`: the base file with these changes, under its own name."""

    def write(*changes: tuple[str, str]) -> Path:
        text = BASE.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "base.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


# lint


def test_warnings_do_not_fail_unless_asked_to(run: Run) -> None:
    code, said = run("lint", str(BASE))
    assert code == 0
    assert "(warning)" in said
    assert re.search(r"base\.yaml: \d+ warnings$", said, re.MULTILINE)
    assert run("lint", str(BASE), "--strict")[0] == 1


def test_errors_and_warnings_are_counted_apart(run: Run, edited: Callable[..., Path]) -> None:
    path = edited(("Bye.", "Bye!"))
    code, said = run("lint", str(path), "--quick")
    assert code == 1
    assert re.search(r"base\.yaml:\d+: TS419 an exclamation mark", said)
    assert re.search(r"base\.yaml: 1 problem, \d+ warnings$", said, re.MULTILINE)
    code, said = run("lint", str(path), "--quick", "--json")
    grades = [problem["grade"] for problem in json.loads(said)["problems"]]
    assert (code, grades.count("error")) == (1, 1)


# simulate


def test_a_certificate_that_holds(run: Run) -> None:
    code, said = run("simulate", "cobalt_ridge", "--runs", "2400", "--workers", "1")
    assert code == 0, said
    row = next(line for line in said.splitlines() if line.startswith("cobalt_ridge"))
    assert row.endswith("holds")
    means = [float(word) for word in re.findall(r"\d+\.\d", row)]
    assert len(means) == 6
    assert means[0] - means[3] >= 40


def test_a_certificate_that_is_missed_names_the_line(run: Run, edited: Callable[..., Path]) -> None:
    path = edited(("min_trust: 5, after: [last_trip]}\n    numbers", "min_trust: 11, after: [last_trip]}\n    numbers"))
    code, said = run("simulate", str(path), "--runs", "700", "--workers", "1")
    assert code == 1
    assert "misses" in said
    assert "base: facts missed: not heard: lots (main), lots (quiet)" in said
    rows = path.read_text("utf-8").split("\n")
    number = next(n for n, row in enumerate(rows, 1) if row == "  - id: lots") + 3
    assert f"base.yaml:{number}: nobody heard facts.lots.says: " in said
    data = json.loads(run("simulate", str(path), "--runs", "700", "--workers", "1", "--json")[1])
    assert {entry["place"]: entry["at"] for entry in data[0]["missing"]}["facts.lots.says"] == number


def test_figures_for_machines_are_the_same_on_two_processors(run: Run) -> None:
    one = run("simulate", "first_call", "--runs", "500", "--workers", "1", "--json")
    two = run("simulate", "first_call", "--runs", "500", "--workers", "2", "--json")
    assert one == two
    assert json.loads(one[1])[0]["scenario"] == "first_call"


def test_simulate_wants_to_know_what(run: Run) -> None:
    with pytest.raises(UsageError, match="--all"):
        run("simulate")


# graph


def test_a_drawing_has_every_thing_and_says_what_it_is(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cobalt.svg"
    assert run("graph", "cobalt_ridge", "--out", str(path))[0] == 0
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314  our own file
    space = {"s": "http://www.w3.org/2000/svg"}
    assert root.get("role") == "img"
    names = [root.find("s:title", space), root.find("s:desc", space)]
    assert [node.get("id") for node in names if node is not None] == (root.get("aria-labelledby") or "").split()
    labels = [group.get("aria-label") or "" for group in root.findall("s:g", space)]
    scenario = load_scenario("cobalt_ridge")
    for kind, things in (("fact", scenario.facts), ("commitment", scenario.commitments), ("ending", scenario.endings)):
        assert {thing.id for thing in things} == {
            label.split(" ", 1)[1].split(":")[0] for label in labels if label.startswith(f"{kind} ")
        }


def test_boxes_do_not_lie_on_one_another(run: Run) -> None:
    for name in ("cobalt_ridge", "first_call"):
        said = run("graph", name)[1]
        boxes = [
            (int(x), int(y), int(w), int(h))
            for x, y, w, h in re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', said)
        ]
        assert len(boxes) > 10
        for index, (x, y, w, h) in enumerate(boxes):
            for a, b, _, _ in boxes[:index]:
                assert abs(a - x) >= w or abs(b - y) >= h


def test_arrows_go_from_what_comes_first(run: Run) -> None:
    from techsell.roleplay.author.chart import chart_of

    chart = chart_of(load_scenario("cobalt_ridge"))
    column = {box.key: box.column for box in chart.boxes}
    pairs = {(arrow.source, arrow.target) for arrow in chart.arrows}
    assert ("fact last_stop", "fact lost_tonnes") in pairs
    assert ("commitment site_audit", "ending audit_booked") in pairs
    assert ("commitment bring_dana", "persona dana") in pairs
    assert all(column[a] < column[b] for a, b in pairs if not b.startswith("persona") and a != b)


def test_a_tree_has_each_fact_under_what_it_builds_on(run: Run) -> None:
    said = run("graph", "cobalt_ridge", "--text")[1]
    rows = {row.split("─ ", 1)[1].split(" ", 1)[0]: row for row in said.splitlines() if "─ " in row}
    assert rows["tonnes_bonus"].index("tonnes") > rows["run_to_leak"].index("run") > rows["last_stop"].index("last")
    assert "trust 7" in rows["tonnes_bonus"]
    assert {end.id for end in load_scenario("cobalt_ridge").endings} <= set(rows)


# diff


def transcript(path: Path, picks: list[str], name: str = "base") -> Path:
    talk = Conversation.start(load_scenario(path), seed=2)
    for option in picks:
        talk.pick(option)
    if not talk.over:
        talk.hang_up()
    out = path.parent / f"{name}.transcript.jsonl"
    out.write_text(talk.transcript(), encoding="utf-8")
    return out


PICKS = ["frame", "ask_last_trip", "play_trip", "play_lots", "ask_round"]


def test_the_same_version_is_said_to_be_the_same(run: Run) -> None:
    code, said = run("diff", str(BASE), str(BASE), "--runs", "0")
    assert code == 0
    assert "same version" in said


def test_what_two_versions_change(run: Run, edited: Callable[..., Path], tmp_path: Path) -> None:
    stored = transcript(edited(), PICKS)
    new = edited(
        ("lots.wafers: 75", "lots.wafers: 80"),
        ("    weight: 40", "    weight: 5"),
        ("    weight: 10", "    weight: 45"),
        ("min_trust: 5, after: [last_trip]}\n\nplant", "min_trust: 9, after: [last_trip, rounds]}\n\nplant"),
        ("  - id: ask_watch", "  - id: ask_watching"),
        ("labels: [problem, clarify], topics: [watch]", "labels: [clarify], topics: [watch]"),
    )
    code, said = run("diff", str(BASE), str(new), "--runs", "90", "--transcripts", str(stored))
    assert code == 0
    assert "changed  variants.quiet" in said
    assert "numbers.lots.wafers: 75 -> 80" in said
    assert "removed  options.ask_watch" in said
    assert "added    options.ask_watching" in said
    assert "facts.want_friday: can no longer be reached" in said
    assert "endings.round_agreed: can no longer be reached" in said
    assert len(re.findall(r"^bot ", said, re.MULTILINE)) == 7
    row = next(line for line in said.splitlines() if line.startswith("call "))
    assert re.search(r"round_agreed, passed -> [\d.]+, [\w ]+, not passed", row), row
    assert "1 of 1 stored calls change, 1 of them between pass and no pass." in said


def test_a_difference_for_machines(run: Run, edited: Callable[..., Path]) -> None:
    stored = transcript(edited(), PICKS)
    new = edited(("advance: 100", "advance: 50"))
    data: dict[str, Any] = json.loads(
        run("diff", str(BASE), str(new), str(stored), "--runs", "70", "--transcripts", str(stored), "--json")[1]
    )
    assert [change["place"] for change in data["changes"]] == ["rubric.R10"]
    assert data["reach"] == []
    assert data["bots"]["expert"]["before"] > data["bots"]["expert"]["after"]
    assert [entry["before"] - entry["after"] for entry in data["transcripts"]] == [5.0, 5.0]
    assert not data["same"]


def test_calls_of_another_version_or_scenario_are_said_to_be_so(run: Run, edited: Callable[..., Path]) -> None:
    old = edited(("Bye.", "Goodbye."))
    stored = transcript(old, PICKS)
    said = run("diff", str(BASE), "first_call", "--runs", "0", "--transcripts", str(stored))[1]
    assert "not played with the old version" in said


def test_a_third_scenario_is_refused(run: Run) -> None:
    with pytest.raises(UsageError, match="after --transcripts"):
        run("diff", "first_call", "first_call", "cobalt_ridge")


# schema


def test_the_schema_knows_every_key_that_scenarios_use(run: Run) -> None:
    from techsell.roleplay.yaml_source import Node, read_tree

    schema = json.loads(run("schema")[1])
    known = {"schema"} | {key for part in [schema, *schema["$defs"].values()] for key in part.get("properties", ())}
    free = {"numbers", "unit", "lines", "says", "notes", "percent", "at_least"}

    def keys(node: Node) -> set[str]:
        found: set[str] = set()
        for name, (_, child) in (node.keys or {}).items():
            found |= {name} | (set() if name in free and child.keys is not None else keys(child))
        for item in node.items or ():
            found |= keys(item)
        return found

    path = scenario_path("cobalt_ridge")
    root, _ = read_tree(path.read_bytes(), path.name)
    assert root is not None
    assert keys(root) <= known
    new = {"utterances", "paraphrases", "leaves", "supports", "veto", "rumours", "worked", "min_support", "linked"}
    assert new | {"overclaims", "trouble", "keywords"} <= known


@pytest.mark.parametrize("command", ["lint", "schema", "simulate", "graph", "diff", "new"])
def test_every_command_has_help_and_an_example(run: Run, command: str) -> None:
    code, said = run(command, "--help")
    assert code == 0
    assert f"Example: techsell scenario {command}" in " ".join(said.split())
