"""Is a conversation kept at every turn, found again as it was left, and never lost or forked?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.errors import StoreLocked
from techsell.progress import Store
from techsell.roleplay import assess_hand_in, load_scenario
from techsell.widgets import Binding, RolePlay

Make = Callable[..., RolePlay]
Talk = Callable[..., RolePlay]


def pick_first(call: RolePlay) -> None:
    call.pick(call.view["menu"][0]["option"])


def shown(call: RolePlay) -> dict[str, Any]:
    """The view without the counter of replies and passing messages."""
    view = dict(call.view)
    view["screen"] = {name: call.view["screen"][name] for name in ("phase", "key")}
    return view


def test_a_widget_made_again_goes_on_exactly_where_it_was(make: Make, talk: Talk, store: Store) -> None:
    call = talk(make(), 4)

    again = make()

    assert shown(again) == shown(call)
    assert len(store.events(verb="initialized")) == 1
    pick_first(again)
    assert again.view["turn"] == 5


def test_a_store_opened_by_another_process_later_has_every_turn(make: Make, talk: Talk, store: Store) -> None:
    call = talk(make(), 4)
    assert store.path is not None

    with Store.open(store.path, learner="L-TEST") as reopened:
        again = make("cobalt_ridge", Binding(reopened, "L-TEST", None, holder="lesson"))
        assert again.view["lines"] == call.view["lines"]


def test_the_older_output_of_a_cell_run_again_stops_and_can_take_over(make: Make, talk: Talk) -> None:
    older = talk(make(), 2)
    newer = make()
    pick_first(newer)

    pick_first(older)

    assert older.view["screen"]["phase"] == "blocked"
    assert older.view["screen"]["notice"]
    older.resume()
    assert shown(older) == shown(newer)


def test_another_notebook_is_told_who_holds_the_pen_and_can_read(make: Make, talk: Talk, binding: Binding) -> None:
    call = talk(make(), 2)
    elsewhere = Binding(binding.store, "L-TEST", binding.transcripts, holder="exercise")

    second = make("cobalt_ridge", elsewhere)

    assert second.view["screen"]["phase"] == "blocked"
    assert "Another window is holding this conversation" in second.view["screen"]["notice"]
    assert second.view["lines"] == call.view["lines"]
    pick_first(second)
    assert second.view["lines"] == call.view["lines"]
    pick_first(call)
    assert call.view["turn"] == 3


def test_the_pen_is_put_down_at_the_end_of_a_call(make: Make, talk: Talk, binding: Binding) -> None:
    call = talk(make(), 1)
    call.end()

    second = make("cobalt_ridge", Binding(binding.store, "L-TEST", binding.transcripts, holder="exercise"))

    assert second.view["screen"]["phase"] == "score"
    assert second.view["over"]


def test_a_locked_store_is_a_sentence_and_the_line_can_be_said_again(
    make: Make, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = talk(make(), 1)
    option = call.view["menu"][0]["option"]

    def locked(*_: object) -> None:
        raise StoreLocked("Another program is writing", cure="Try again")

    with monkeypatch.context() as patched:
        patched.setattr("techsell.progress.journal.StoreJournal.append", locked)
        call.pick(option)
    assert call.view["screen"]["notice"] == "Another program is writing. Try again."
    assert call.view["turn"] == 1

    call.pick(option)
    assert call.view["turn"] == 2
    assert shown(make()) == shown(call)


def test_after_the_end_there_is_a_debrief_also_when_made_again(make: Make, talk: Talk, store: Store) -> None:
    call = talk(make(), 3)

    call.end()
    call.skip()

    assert call.view["screen"]["phase"] == "over"
    card = call.view["scorecard"]
    assert card["total"] == pytest.approx(sum(line["points"] for line in card["lines"]), abs=0.05)
    (event,) = store.events(object="discovery_conversation/cobalt_ridge", verb="completed")
    assert dict(event.result) == {
        "ending": call.view["ending"]["kind"],
        "total": card["total"],
        "mode": "practice",
        "attempt": 1,
        "ledger": [],
    }
    again = make()
    assert shown(again) == shown(call)
    assert len(store.events(verb="completed")) == 1


def test_play_again_goes_back_to_the_briefing_and_keeps_the_old_call(make: Make, talk: Talk, store: Store) -> None:
    call = talk(make(), 1)
    call.end()

    call.again()
    assert call.view["screen"]["phase"] == "start"
    talk(call, 1)

    assert [info.key for info in store.conversations()] == ["cobalt_ridge/practice/1", "cobalt_ridge/practice/2"]
    assert [info.over for info in store.conversations()] == [True, False]


def test_three_declared_attempts_and_no_fourth(make: Make, talk: Talk) -> None:
    call = make()
    left = []
    for _ in range(3):
        left.append(call.view["screen"]["declared"]["left"])
        talk(call, 1, "declared")
        call.end()
        call.again()

    assert left == [3, 2, 1]
    assert call.view["screen"]["declared"]["left"] == 0
    call.start("declared")
    assert "declared attempts" in call.view["screen"]["notice"]
    assert call.view["screen"]["phase"] == "start"
    call.start("practice")
    assert call.view["screen"]["phase"] == "call"


def test_finished_declared_attempts_stand_in_the_transcript_file_and_grade(
    make: Make, talk: Talk, binding: Binding
) -> None:
    call = make()
    scores = []
    for _ in range(2):
        talk(call, 4, "declared")
        call.end()
        call.skip()
        scores.append(call.view["scorecard"]["total"])
        call.again()
    talk(call, 1)
    assert binding.transcripts is not None

    text = (binding.transcripts / "cobalt_ridge.transcript.jsonl").read_text(encoding="utf-8")

    scenario = load_scenario("cobalt_ridge")
    assessed = assess_hand_in(text, scenario_id="cobalt_ridge", learner="L-TEST", pins=lambda sha: scenario)
    assert [attempt.total for attempt in assessed.attempts] == scores
    assert assessed.best == max(scores)
    assert not assessed.needs_person


def test_practice_writes_no_transcript_file(make: Make, talk: Talk, binding: Binding) -> None:
    call = talk(make(), 1)
    call.end()

    assert binding.transcripts is not None
    assert not binding.transcripts.exists()


def test_a_transcript_of_the_same_name_from_elsewhere_is_kept(make: Make, talk: Talk, binding: Binding) -> None:
    assert binding.transcripts is not None
    binding.transcripts.mkdir()
    (binding.transcripts / "cobalt_ridge.transcript.jsonl").write_text("from the terminal\n", encoding="utf-8")

    call = talk(make(), 1, "declared")
    call.end()

    kept = binding.transcripts / "cobalt_ridge-2.transcript.jsonl"
    assert kept.read_text(encoding="utf-8") == "from the terminal\n"
    assert (binding.transcripts / "cobalt_ridge.transcript.jsonl").read_text(encoding="utf-8").startswith("{")


def test_what_a_crash_left_out_after_the_last_line_is_made_good(make: Make, talk: Talk, binding: Binding) -> None:
    call = talk(make(), 1, "declared")
    call.end()
    assert binding.transcripts is not None
    path = binding.transcripts / "cobalt_ridge.transcript.jsonl"
    written = path.read_bytes()
    path.unlink()

    make()

    assert path.read_bytes() == written


def test_a_conversation_that_cannot_be_continued_is_kept_and_a_new_one_starts(
    make: Make, talk: Talk, store: Store
) -> None:
    key = store.new_conversation("cobalt_ridge", "practice")
    journal = store.journal(key, holder="lesson")
    journal.append(['{"seq": 0, "type": "SomethingElse", "data": {}}'])
    journal.close()

    call = make()

    assert call.view["screen"]["phase"] == "start"
    assert call.view["screen"]["notice"]
    talk(call, 1)
    assert call.view["turn"] == 1
    assert len(store.lines(key)) == 1
