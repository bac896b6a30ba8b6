"""Is the pattern that the course relies on in the data, whatever the seed?"""

from __future__ import annotations

import ast
import io
import math
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell.datasets import discovery as data
from techsell.datasets.authored import authored
from techsell.roleplay.labels import LABELS, QUESTIONS

SEEDS = range(60)


def odds_ratio(calls: pd.DataFrame) -> float:
    counts = calls.groupby(["closing", "advance"]).size()
    return float(counts[1, 1] * counts[0, 0] / (counts[1, 0] * counts[0, 1]))


def mantel_haenszel(calls: pd.DataFrame) -> float:
    above = below = 0.0
    for _, part in calls.groupby("large"):
        counts = part.groupby(["closing", "advance"]).size()
        above += counts[1, 1] * counts[0, 0] / len(part)
        below += counts[1, 0] * counts[0, 1] / len(part)
    return above / below


# --- calls ----------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_data_and_another_seed_other_data() -> None:
    for generate in (data.calls, data.transcripts, data.dossiers, data.pain_edges):
        pd.testing.assert_frame_equal(generate(7), generate(7))
        assert not generate(7).equals(generate(8)), generate.__name__
    pd.testing.assert_series_equal(data.pain_costs(7), data.pain_costs(7))


def test_calls_are_whole_numbers_in_the_documented_columns() -> None:
    calls = data.calls()
    assert list(calls.columns) == ["large", "closing", "situ", "prob", "impl", "npo", "implied", "explicit", "advance"]
    assert len(calls) == 900
    assert (calls.dtypes == "int64").all()
    assert (calls >= 0).all().all()
    assert calls["large"].mean() == 0.5
    for column in ("large", "closing", "advance"):
        assert set(calls[column]) == {0, 1}


@pytest.mark.parametrize("seed", SEEDS)
def test_deal_size_confounds_pressing(seed: int) -> None:
    """Crude odds ratio about 3.2; within deal sizes and put together about 0.8."""
    calls = data.calls(seed)
    assert 2.9 < odds_ratio(calls) < 3.6
    assert 0.70 < mantel_haenszel(calls) < 0.90
    for _, part in calls.groupby("large"):
        assert odds_ratio(part) < 1


def test_in_large_deals_only_explicit_needs_go_with_an_advance() -> None:
    found = []
    for seed in SEEDS:
        calls = data.calls(seed)
        large, small = calls[calls["large"] == 1], calls[calls["large"] == 0]
        assert 0.28 < large["explicit"].corr(large["advance"]) < 0.60
        assert abs(large["implied"].corr(large["advance"])) < 0.19
        assert small["implied"].corr(small["advance"]) > 0.05
        found.append((large["explicit"].corr(large["advance"]), large["implied"].corr(large["advance"])))
    means = pd.DataFrame(found).mean()
    assert means[0] == pytest.approx(0.43, abs=0.04)
    assert means[1] == pytest.approx(0.0, abs=0.03)


def test_the_shipped_log_has_the_figures_of_the_curriculum() -> None:
    calls = data.calls()
    large = calls[calls["large"] == 1]
    assert round(odds_ratio(calls), 2) == 3.27
    assert round(mantel_haenszel(calls), 2) == 0.80
    assert round(large["explicit"].corr(large["advance"]), 2) == 0.41
    assert round(large["implied"].corr(large["advance"]), 2) == 0.01


def test_rows_are_in_no_order() -> None:
    large = data.calls()["large"]
    assert 300 < (large != large.shift()).sum() < 600


def test_a_log_too_short_to_show_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="use 40 or more"):
        data.calls(n=39)
    assert len(data.calls(n=40)) == 40


# --- transcripts ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def talks() -> list[pd.DataFrame]:
    return [data.transcripts(seed) for seed in (data.DEFAULT_SEED, *range(12))]


def test_transcripts_are_twelve_calls_in_the_documented_columns(talks: list[pd.DataFrame]) -> None:
    for talk in talks:
        assert list(talk.columns) == ["call", "turn", "speaker", "t0", "t1", "text", "tag"]
        assert list(talk["call"].unique()) == [f"C{number:02d}" for number in range(1, 13)]
        assert set(talk["speaker"]) == {"seller", "buyer"}
        assert not talk.isna().any().any()
        for _, call in talk.groupby("call"):
            assert list(call["turn"]) == list(range(1, len(call) + 1))
            assert 12 <= len(call) <= 26


def test_time_runs_forward_and_turns_last(talks: list[pd.DataFrame]) -> None:
    for talk in talks:
        for _, call in talk.groupby("call"):
            assert call["t0"].iloc[0] == 0.0
            assert call["t0"].is_monotonic_increasing
            assert ((call["t1"] - call["t0"]) >= 0.5).all()
            pace = call["text"].str.split().str.len() / (call["t1"] - call["t0"])
            assert (pace < 3.2).all()


def test_people_talk_over_each_other_across_the_table_and_on_one_side(talks: list[pd.DataFrame]) -> None:
    """Without overlaps of both kinds, counting an overlap twice would go unnoticed."""
    for talk in talks:
        across = same = inside = 0
        for _, call in talk.groupby("call"):
            for before, after in zip(call.to_dict("records"), call.to_dict("records")[1:], strict=False):
                if after["t0"] < before["t1"]:
                    across += after["speaker"] != before["speaker"]
                    same += after["speaker"] == before["speaker"]
                    inside += after["t1"] < before["t1"]
        assert across >= 8
        assert same >= 2
        assert inside >= 3


def test_tags_are_the_move_labels_for_sellers_and_the_documented_ones_for_buyers(talks: list[pd.DataFrame]) -> None:
    for talk in talks:
        sellers, buyers = talk[talk["speaker"] == "seller"], talk[talk["speaker"] == "buyer"]
        assert set(sellers["tag"]) <= set(LABELS)
        assert set(buyers["tag"]) <= set(data.BUYER_TAGS)
        assert {"situation", "problem", "implication", "payoff", "reflect", "pitch", "commit"} <= set(sellers["tag"])
        ends = talk.groupby("call").tail(1)
        assert (ends["speaker"] == "buyer").all()
        assert set(ends["tag"]) == {"advance", "continuation", "refusal"}


def test_a_question_mark_ends_what_is_tagged_as_a_question(talks: list[pd.DataFrame]) -> None:
    for talk in talks:
        asked = talk[(talk["speaker"] == "seller") & talk["tag"].isin(set(QUESTIONS))]
        assert asked["text"].str.contains("?", regex=False).mean() > 0.9


def test_explicit_needs_come_in_calls_that_advance_more_often(talks: list[pd.DataFrame]) -> None:
    talk = talks[0]
    stated = set(talk.loc[talk["tag"] == "explicit", "call"])
    advanced = set(talk.loc[talk["tag"] == "advance", "call"])
    assert advanced
    assert advanced <= stated
    assert stated - advanced, "a stated need alone is no advance; one call shows that"


def test_another_seed_changes_numbering_and_counts_but_invents_no_lines(talks: list[pd.DataFrame]) -> None:
    counts = [
        tuple(talk[talk["tag"].isin(set(QUESTIONS))].groupby(["call", "tag"]).size().to_dict().items())
        for talk in talks
    ]
    assert len(set(counts)) == len(talks)
    everything = {row["text"] for row in authored("discovery_scripts.psv")}
    for talk in talks:
        assert set(talk["text"]) <= everything


def test_a_pair_is_left_out_as_a_whole(talks: list[pd.DataFrame]) -> None:
    groups: dict[tuple[str, str], set[str]] = {}
    for row in authored("discovery_scripts.psv"):
        if row["group"]:
            groups.setdefault((row["script"], row["group"]), set()).add(row["text"])
    assert len(groups) >= 20
    kept = {True: 0, False: 0}
    for talk in talks:
        said = set(talk["text"])
        for texts in groups.values():
            assert texts <= said or not texts & said
            kept[texts <= said] += 1
    assert min(kept.values()) > 50


# --- dossiers -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files() -> list[pd.DataFrame]:
    return [data.dossiers(seed) for seed in (data.DEFAULT_SEED, *range(25))]


def test_dossiers_are_eight_deals_of_eight_fields(files: list[pd.DataFrame]) -> None:
    for frame in files:
        assert list(frame.columns) == ["deal", "field", "evidence", "source", "date"]
        assert frame["deal"].nunique() == 8
        for _, deal in frame.groupby("deal"):
            assert tuple(deal["field"]) == data.FIELDS


def test_where_evidence_is_missing_its_source_and_date_are_too(files: list[pd.DataFrame]) -> None:
    for frame in files:
        missing = frame["evidence"].isna()
        assert (frame["source"].isna() == missing).all()
        assert (frame["date"].isna() == missing).all()
        assert set(frame["source"].dropna()) == {*data.VERIFIABLE, *data.OUR_OPINION}
        assert (frame["date"].dropna() < data.AS_OF.isoformat()).all()


def test_what_decides_a_deal_is_there_for_every_seed(files: list[pd.DataFrame]) -> None:
    for frame in files:
        table = frame.pivot_table(index="deal", columns="field", values="source", aggfunc="first")
        told = frame.pivot_table(index="deal", columns="field", values="evidence", aggfunc="first")
        verified = table.isin(data.VERIFIABLE)
        assert verified.loc["meridian_boosters", ["economic_buyer", "champion", "pain", "metrics"]].all()
        assert table.loc["cobalt_tailings"].notna().all(), "the dossier that is full of our own opinion stays full"
        assert not verified.loc["cobalt_tailings"].any()
        assert verified.loc["saltmarsh_cream_line", "champion"], "the friendly contact has written e-mails"
        assert str(told.loc["saltmarsh_cream_line", "champion"]).startswith("Priya always answers")
        assert pd.isna(table.loc["saltmarsh_washdown", "champion"])
        assert table.loc["cobalt_mill", "economic_buyer"] == "our note"
        assert "steel" in told.loc["quillon_return_loop", "decision_criteria"]
        stale = frame[frame["deal"] == "lindqvist_transmitter"]["date"].dropna()
        assert (stale < "2025-03-02").all(), "older than a year"


# --- the pain chain -------------------------------------------------------------------------------------------------


def caused_by(edges: pd.DataFrame, root: str) -> set[str]:
    known = {root}
    while True:
        further = known | set(edges.loc[edges["cause"].isin(known), "effect"])
        if further == known:
            return known
        known = further


def followed(edges: pd.DataFrame, costs: pd.Series, root: str) -> float:
    effects = edges.loc[edges["cause"] == root, "effect"]
    return float(costs[root]) + sum(followed(edges, costs, effect) for effect in effects)


def test_cobalt_ridge_is_135_once_150_by_every_arrow_and_141_by_every_complaint() -> None:
    edges, costs = data.pain_edges(), data.pain_costs()
    assert costs[sorted(caused_by(edges, "seal leak"))].sum() == 135.0
    assert followed(edges, costs, "seal leak") == 150.0
    assert costs.sum() == 141.0
    assert list(edges.columns) == ["cause", "effect"]
    assert set(edges["cause"]) | set(edges["effect"]) == set(costs.index)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_every_invented_chain_tells_the_right_sum_from_both_wrong_ones(seed: int) -> None:
    edges, costs = data.pain_edges(seed), data.pain_costs(seed)
    assert not edges.duplicated().any()
    assert set(edges["cause"]) | set(edges["effect"]) == set(costs.index)
    reached = caused_by(edges, "fault")
    once = costs[sorted(reached)].sum()
    assert followed(edges, costs, "fault") > once, "a shared effect must be paid twice by who follows every arrow"
    assert costs.sum() > once, "some complaint must not belong to the chain"
    assert "fault" not in set(edges["effect"])
    assert math.isfinite(once)


# --- files ----------------------------------------------------------------------------------------------------------


def test_the_files_beside_the_lesson_are_the_generators_output_to_the_byte(repository: Path, tmp_path: Path) -> None:
    data.write_csv(tmp_path)
    shipped = repository / "course" / "modules" / "03_discovery_conversation"
    assert {path.name for path in shipped.glob("*.csv")} == set(data.CSV_FILES)
    for name in data.CSV_FILES:
        assert (shipped / name).read_bytes() == (tmp_path / name).read_bytes(), name


@pytest.mark.parametrize("name", sorted(data.CSV_FILES))
def test_a_file_read_back_is_what_was_generated(name: str) -> None:
    frame = data.CSV_FILES[name]()
    read = pd.read_csv(io.StringIO(frame.to_csv(index=False)))
    pd.testing.assert_frame_equal(read, frame, check_dtype=False)


def test_the_authored_tables_are_whole() -> None:
    for name, columns in (("discovery_scripts.psv", 6), ("discovery_dossiers.psv", 6)):
        rows = authored(name)
        assert all(len(row) == columns and None not in row and None not in row.values() for row in rows), name
    assert {row["mode"] for row in authored("discovery_scripts.psv")} == {"", "~", "&"}


def test_the_generators_need_nothing_but_the_standard_library_numpy_and_pandas() -> None:
    """They run where submissions are judged."""
    imported: set[str] = set()
    for path in Path(data.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module))
    outside = {name for name in imported if not name.startswith("techsell.datasets")}
    assert {name.split(".")[0] for name in outside} <= {*sys.stdlib_module_names, "numpy", "pandas"}
