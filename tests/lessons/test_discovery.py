"""Is the lesson's arithmetic right, by other ways of getting it?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from techsell.datasets import discovery as data
from techsell.lessons import discovery as maths
from techsell.roleplay import load_scenario

BERKELEY = [  # admissions 1973 by department: [[men in, men out], [women in, women out]]; Bickel et al., Science 187
    [[512, 313], [89, 19]],
    [[353, 207], [17, 8]],
    [[120, 205], [202, 391]],
    [[138, 279], [131, 244]],
    [[53, 138], [94, 299]],
    [[22, 351], [24, 317]],
]


@pytest.fixture(scope="module")
def calls() -> pd.DataFrame:
    return data.calls()


def logistic(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and standard errors by Newton's method."""
    beta = np.zeros(x.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-x @ beta))
        information = x.T @ (x * (p * (1 - p))[:, None])
        beta = beta + np.linalg.solve(information, x.T @ (y - p))
    return beta, np.sqrt(np.diag(np.linalg.inv(information)))


def test_mantel_haenszel_gives_the_published_value_for_berkeley() -> None:
    """R prints 0.9046968 with 0.7719074 to 1.0603298 for these tables (mantelhaen.test, UCBAdmissions)."""
    found = maths.mantel_haenszel([np.array(table, dtype=float) for table in BERKELEY])
    assert found.value == pytest.approx(0.9046968, abs=1e-6)
    assert found.low == pytest.approx(0.7719074, abs=1e-6)
    assert found.high == pytest.approx(1.0603298, abs=1e-6)
    assert found.n == 4526


def test_a_logistic_regression_agrees_with_both_odds_ratios(calls: pd.DataFrame) -> None:
    rows = maths.closing_effect(calls)
    y = calls["advance"].to_numpy(dtype=float)
    one, press, size = np.ones(len(calls)), calls["closing"].to_numpy(), calls["large"].to_numpy()
    crude, error = logistic(np.column_stack([one, press]), y)
    assert np.exp(crude[1]) == pytest.approx(rows["all calls"].value, rel=1e-6)
    assert np.exp(crude[1] + maths.Z95 * error[1]) == pytest.approx(rows["all calls"].high, rel=1e-6)
    adjusted, error = logistic(np.column_stack([one, press, size]), y)
    assert np.exp(adjusted[1]) == pytest.approx(rows["within deal size"].value, rel=0.01)
    assert np.exp(adjusted[1] + maths.Z95 * error[1]) == pytest.approx(rows["within deal size"].high, rel=0.01)


def test_one_stratum_by_itself_is_its_own_mantel_haenszel(calls: pd.DataFrame) -> None:
    rows = maths.closing_effect(calls)
    large = calls[calls["large"] == 1]
    table = pd.crosstab(large["closing"], large["advance"]).loc[[1, 0], [1, 0]].to_numpy(dtype=float)
    assert maths.mantel_haenszel([table]).value == pytest.approx(rows["large deals"].value)


def test_the_order_of_the_rows_and_other_columns_do_not_matter(calls: pd.DataFrame) -> None:
    shuffled = calls.sample(frac=1, random_state=1).assign(noise=1)
    assert maths.closing_effect(shuffled) == maths.closing_effect(calls)
    assert maths.rate_by_needs(shuffled).equals(maths.rate_by_needs(calls))


def test_an_empty_cell_is_refused_in_words(calls: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="empty cell"):
        maths.closing_effect(calls[calls["advance"] == 1])


def test_intervals_of_a_correlation_cover_it_in_about_95_of_100_logs() -> None:
    """The truth is the mean over many logs."""
    rows = [maths.needs_by_size(data.calls(seed))["large deals", "explicit"] for seed in range(120)]
    truth = float(np.mean([row.value for row in rows]))
    assert 0.88 <= np.mean([row.low < truth < row.high for row in rows]) <= 1.0


def test_wilson_intervals_agree_with_scipy(calls: pd.DataFrame) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy comes with the test extra")
    for row in maths.rate_by_needs(calls).to_dict("records"):
        exact = stats.binomtest(round(row["rate"] * row["n"]), row["n"]).proportion_ci(method="wilson")
        assert row["low"] == pytest.approx(exact.low, abs=1e-6)
        assert row["high"] == pytest.approx(exact.high, abs=1e-6)
    assert maths.rate_by_needs(calls)["n"].sum() == len(calls)


def test_a_call_is_found_by_what_was_said_in_it() -> None:
    for seed in range(5):
        call = maths.shape_of_call(data.transcripts(seed), "digital twin")
        assert call["call"].nunique() == 1
        assert call["text"].str.contains("digital twin").sum() == 1
    with pytest.raises(ValueError, match="0 calls hold"):
        maths.shape_of_call(data.transcripts(), "no such words")


def test_the_pain_chain_adds_up_step_by_step() -> None:
    steps = maths.pain_steps(data.pain_edges(), data.pain_costs(), "seal leak")
    assert list(steps["effect"]) == ["seal leak", "line stop", "late orders", "overtime", "penalties"]
    assert list(steps["running total"]) == [20, 75, 95, 120, 135]
    assert steps["caused by"].iloc[-1] == "late orders + overtime"
    assert maths.naive_sum(data.pain_edges(), data.pain_costs(), "seal leak") == 150


def test_every_bill_of_the_worked_example_is_quantity_times_price() -> None:
    bill = maths.COBALT_BILL.set_index("effect")
    steps = maths.pain_steps(data.pain_edges(), data.pain_costs(), "seal leak").set_index("effect")
    assert list(bill.index) == list(steps.index)
    assert (bill["quantity"] * bill["k£ each"]).to_numpy() == pytest.approx(steps["cost"].to_numpy())


@pytest.mark.parametrize("seed", range(30))
def test_steps_through_an_invented_chain_visit_each_effect_once(seed: int) -> None:
    edges, costs = data.pain_edges(seed), data.pain_costs(seed)
    steps = maths.pain_steps(edges, costs, "fault")
    assert not steps["effect"].duplicated().any()
    assert "another complaint" not in set(steps["effect"])
    assert steps["running total"].iloc[-1] == steps["cost"].sum() < maths.naive_sum(edges, costs, "fault")


def test_sources_count_every_entry() -> None:
    counted = maths.sources_of(data.dossiers())
    assert counted["entries"].sum() == 64
    assert dict(zip(counted["source"], counted.iloc[:, 2], strict=True))["our note"] == "no"


def test_an_estimate_reads_as_a_sentence_would_have_it() -> None:
    assert str(maths.Estimate(0.8, 0.54, 1.19, 900)) == "0.80 (95 % interval 0.54 to 1.19, n = 900)"


def test_the_lesson_room_is_not_needed_by_the_data_room(repository: Path) -> None:
    """The grader has the data room and not this one."""
    code = "import sys, techsell.datasets.discovery as d; d.calls(); d.transcripts(); d.dossiers(); d.pain_edges(); "
    code += "sys.exit(any(name.startswith('techsell.lessons') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=repository, check=False).returncode == 0


def test_the_lesson_names_the_turns_of_the_call(repository: Path) -> None:
    """The briefing above the role-play and the scenario say the same."""
    lesson = repository / "course/modules/03_discovery_conversation/discovery_conversation.ipynb"
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    prose = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert load_scenario("cobalt_ridge").budget.turns == 24
    assert "You have twenty-four turns." in prose
