"""Are the figures of this exercise true, and does it reward selling rather than Python?"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from techsell.datasets import discovery
from techsell.lessons import discovery as lesson

HERE = Path(__file__).parent
PASS = 70
FIELDS = ("pain", "metrics", "economic_buyer", "champion", "decision_criteria", "decision_process")


@pytest.fixture(scope="module")
def notebook(sources: dict[str, Any]) -> Any:
    return sources["discovery_conversation"]


@pytest.fixture(scope="module")
def defined(notebook: Any) -> dict[str, Any]:
    """What the reference notebook defines outside its tests, and what its 'Try it' cells print."""
    import contextlib
    import io

    space: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in notebook.cells:
            if cell.kind == "code" and not cell.scored_by_machine:
                exec(cell.source, space)  # noqa: S102 - our own cells
    return space | {"printed": printed.getvalue()}


def wrong(name: str, space: dict[str, Any]) -> Any:
    """The function that a planted wrong answer defines."""
    task = name.split("__")[0]
    mine = dict(space)
    exec((HERE / "wrong" / "discovery_conversation" / f"{name}.py").read_text(encoding="utf-8"), mine)  # noqa: S102
    return mine[task]


# --- figures in the text --------------------------------------------------------------------------------------------


def test_the_talk_example_is_as_worked_by_hand(defined: dict[str, Any], notebook: Any) -> None:
    result = defined["talk_metrics"](defined["example"])
    assert result["seller_share"] == pytest.approx(51 / 65)
    assert round(51 / 65, 3) == 0.785
    assert result["longest_monologue_s"] == 28.0
    assert list(result["spin_counts"].values()) == [1, 0, 0, 0]
    text = notebook.cell("talk_metrics_task").source
    assert "51 / 65 ≈ 0.785" in text
    assert "28 s" in text


def test_the_talk_example_tells_the_wrong_answers_apart(defined: dict[str, Any]) -> None:
    """Whoever runs 'Try it' can find the two main slips without handing in."""
    example = defined["example"]
    assert wrong("talk_metrics__counts_turns", defined)(example)["seller_share"] == pytest.approx(0.6)
    doubled = wrong("talk_metrics__overlap_counted_twice", defined)(example)["seller_share"]
    assert doubled == pytest.approx(51 / 69)
    assert wrong("talk_metrics__monologue_per_turn", defined)(example)["longest_monologue_s"] == 24.0


def test_the_chain_example_is_as_worked_by_hand(defined: dict[str, Any], notebook: Any) -> None:
    edges, cost = defined["edges"], defined["cost"]
    assert defined["pain_chain"](edges, cost, "clogged filter") == 37.0
    assert "3 + 10 + 0 + 4 + 20 = 37" in notebook.cell("pain_chain_task").source
    assert wrong("pain_chain__shared_effect_counted_again", defined)(edges, cost, "clogged filter") == 57.0
    assert wrong("pain_chain__adds_the_whole_list", defined)(edges, cost, "clogged filter") == 46.0
    assert wrong("pain_chain__no_number_no_effect", defined)(edges.iloc[[0, 2, 3]], cost, "clogged filter") == 13.0


def test_cobalt_ridge_pays_135_and_not_150(defined: dict[str, Any]) -> None:
    """The curriculum's own figure: the shared penalty once."""
    edges, cost = discovery.pain_edges(), discovery.pain_costs()
    assert defined["pain_chain"](edges, cost, "seal leak") == 135.0
    assert wrong("pain_chain__shared_effect_counted_again.naive_recursion", defined)(edges, cost, "seal leak") == 150.0


@pytest.mark.parametrize("seed", range(12))
def test_other_seeds_of_the_course_s_data_are_solved(seed: int, defined: dict[str, Any]) -> None:
    edges, cost = discovery.pain_edges(seed), discovery.pain_costs(seed)
    expected = cost.drop(["another complaint", "its effect"]).sum()
    assert defined["pain_chain"](edges, cost, "fault") == pytest.approx(expected)
    for _, call in discovery.transcripts(seed).groupby("call"):
        result = defined["talk_metrics"](call)
        assert 0.0 < result["seller_share"] <= 1.0
        assert 0.0 < result["longest_monologue_s"] <= call["t1"].max()
        assert sum(result["spin_counts"].values()) <= len(call)


def test_the_role_play_example_is_as_worked_by_hand(notebook: Any) -> None:
    assert "74 × 0.35 = 25.9" in notebook.cell("roleplay_cobalt_ridge_task").source
    assert round(74 * 35 / 100, 2) == 25.9


def test_the_stretch_cell_finds_what_the_lesson_shows(defined: dict[str, Any]) -> None:
    effect = lesson.closing_effect(discovery.calls())
    assert defined["crude"] == pytest.approx(effect["all calls"].value)
    assert defined["mantel_haenszel"] == pytest.approx(effect["within deal size"].value)
    assert defined["crude"] > 2
    assert defined["mantel_haenszel"] < 1


# --- what the points reward -----------------------------------------------------------------------------------------


def earned(notebook: Any, folder: Path) -> float:
    marks = notebook.run(folder)
    return float(sum(marks[cell.name].points for cell in notebook.automatic))


def test_sells_well_codes_nothing_passes(notebook: Any, tmp_path: Path) -> None:
    """Decisions right, code untouched, a good call (90 of 100), a plan with its evidence cited (2 of 3 a part)."""
    untouched = "def {}(*arguments):\n    raise NotImplementedError\n"
    learner = notebook
    for task in ("talk_metrics", "pain_chain"):
        learner = learner.answered(task, untouched.format(task))
    assert earned(learner, tmp_path) == 30
    assert PASS <= 30 + 0.90 * 35 + 10


def test_codes_well_sells_badly_fails(notebook: Any, tmp_path: Path) -> None:
    """Code right, each deal and each move by the slip it invites, a poor call (40), a plan of assertions."""
    slips = {
        "next_move": {1: ("a", "pitch"), 2: ("a", "situation"), 3: ("b", "implication"), 4: ("a", "commit")},
        "qualify": {deal: {"stage": 4, "gaps": [], "bid": "bid"} for deal in "ABCD"},
    }
    slips["next_move"][5] = ("a", "commit")
    learner = notebook
    for task, answer in slips.items():
        learner = learner.answered(task, f"{task} = {answer!r}")
    points = earned(learner, tmp_path)
    assert points <= 20 + 9
    assert points + 0.40 * 35 + 5 < PASS
    assert PASS > 20 + 1 + 1 + 1.00 * 35 + 5, "not even a perfect call carries somebody who cannot judge one"


def test_one_answer_for_every_deal_earns_little(notebook: Any, tmp_path: Path) -> None:
    """Neither the optimist nor the pessimist, nor any other sheet with four equal rows, is paid for it."""
    gaps: list[list[str]] = [[], list(FIELDS), ["champion"], ["metrics", "economic_buyer", "champion"]]
    for stage, missing, bid in itertools.product((0, 2, 4), gaps, ("bid", "no-bid")):
        sheet = {deal: {"stage": stage, "gaps": missing, "bid": bid} for deal in "ABCD"}
        marks = notebook.answered("qualify", f"qualify = {sheet!r}").run(tmp_path)
        points = sum(mark.points for name, mark in marks.items() if name.split("__")[0] == "qualify")
        assert points <= 5, sheet


def test_the_best_line_is_not_the_longest(notebook: Any) -> None:
    """Choosing by length or by letter must not pay: lines differ by less than a third, the best by no pattern."""
    lines = [line for line in notebook.cell("next_move_task").source.splitlines() if line.startswith("- **")]
    best = ["b", "c", "a", "d", "c"]
    assert len(lines) == 20
    longest = 0
    for point, letter in enumerate(best):
        four = {line[4]: len(line) for line in lines[4 * point : 4 * point + 4]}
        assert list(four) == ["a", "b", "c", "d"]
        assert max(four.values()) <= 1.33 * min(four.values())
        longest += four[letter] == max(four.values())
    assert longest <= 1
    assert {letter: best.count(letter) for letter in "abcd"} == {"a": 1, "b": 1, "c": 2, "d": 1}


def test_the_four_lines_are_equally_polite(notebook: Any) -> None:
    """At each point every line is a finished sentence or question, none shouts."""
    for line in notebook.cell("next_move_task").source.splitlines():
        if line.startswith("- **"):
            assert line.endswith(('."', '?"')), line
            assert "!" not in line
