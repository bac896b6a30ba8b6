"""Where am I, what next: does every step count when it should, and only then?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell.progress import Event, Store, memory_store, summary
from techsell.progress.summary import CourseSummary, fold
from techsell.syllabus import Syllabus

M3 = "discovery_conversation"
LESSON = "03_discovery_conversation/discovery_conversation.ipynb"


def talk(store: Store, scenario: str, mode: str, picks: int, *, over: bool = False) -> None:
    kinds = ["SessionStarted", *["LearnerPicked"] * picks, *(["Ended"] if over else [])]
    lines = [json.dumps({"seq": seq, "type": kind, "data": {}}) for seq, kind in enumerate(kinds)]
    store.journal(store.new_conversation(scenario, mode), holder="lesson").append(lines)


@pytest.fixture
def look(store: Store, course_syllabus: Syllabus) -> Any:
    return lambda: summary.course(course_syllabus, store)


def m3(found: CourseSummary) -> Any:
    return next(module for module in found.modules if module.id == M3)


def states(found: CourseSummary) -> dict[str, str]:
    return {step.id: step.state for step in m3(found).steps}


def at(found: CourseSummary) -> tuple[str, str]:
    assert found.continue_at is not None
    return found.continue_at.module, found.continue_at.step


def test_a_new_learner_begins_with_the_first_call(look: Any) -> None:
    found = look()
    assert at(found) == ("start", "first_call")
    assert found.continue_at.notebook == "00_start_here/first_call.ipynb"
    assert found.continue_at.cell == "play-first-call"
    assert [module.state for module in found.modules].count("planned") == 8
    assert (m3(found).state, m3(found).percent, m3(found).minutes_left, m3(found).score) == ("new", 0, 130, None)


def test_the_way_through_the_course(store: Store, look: Any, clock: Any) -> None:
    """Continue always names the next thing, and the percentage grows with what is done."""
    way = []

    def did(act: Any) -> None:
        clock.move(60)
        act()
        found = look()
        way.append((*(at(found) if found.continue_at else ("", "")), m3(found).percent))

    did(lambda: talk(store, "first_call", "practice", 6, over=True))
    did(lambda: store.append("completed", "start/using_this_page"))
    did(lambda: store.append("initialized", f"{M3}/lesson"))
    did(lambda: store.append("predicted", f"{M3}/closing_effect"))
    did(lambda: store.append("answered", f"{M3}/spin_kinds/q1"))
    did(lambda: store.append("completed", f"{M3}/spin_kinds"))
    did(lambda: talk(store, "cobalt_ridge", "practice", 11))
    did(lambda: talk(store, "cobalt_ridge", "declared", 15, over=True))
    did(lambda: store.append("submitted", f"{M3}/exercise"))
    assert way == [
        ("start", "using_this_page", 0),
        (M3, "the_idea", 0),
        (M3, "the_idea", 0),
        (M3, "spin_kinds", 23),
        (M3, "spin_kinds", 23),
        (M3, "cobalt_ridge", 30),
        (M3, "cobalt_ridge", 30),
        (M3, "exercise", 61),
        ("", "", 100),
    ]
    assert m3(look()).state == "done"
    assert (m3(look()).minutes_left, m3(look()).minutes_left_full) == (0, 0)


def test_a_call_under_way_says_its_turn(store: Store, look: Any) -> None:
    talk(store, "cobalt_ridge", "practice", 11)
    found = look()
    assert found.continue_at.title == "3 The discovery conversation › Cobalt Ridge Mining, turn 11 of 24"
    assert (found.continue_at.notebook, found.continue_at.cell) == (LESSON, "play-cobalt-ridge")


def test_practice_alone_does_not_finish_a_call_that_earns_points(store: Store, look: Any) -> None:
    talk(store, "cobalt_ridge", "practice", 9, over=True)
    store.append("completed", f"{M3}/cobalt_ridge", result={"mode": "practice", "ending": "advance", "total": 80})
    assert states(look())["cobalt_ridge"] == "started"
    assert m3(look()).steps[3].detail == "practised; a declared attempt counts"
    talk(store, "cobalt_ridge", "declared", 9, over=True)
    assert states(look())["cobalt_ridge"] == "done"
    talk(store, "cobalt_ridge", "practice", 2)
    step = m3(look()).steps[3]
    assert (step.state, step.detail) == ("done", "turn 2 of 24")


def test_an_older_unfinished_call_is_not_shown_over_a_finished_one(store: Store, look: Any, clock: Any) -> None:
    talk(store, "cobalt_ridge", "practice", 4)
    clock.move(60)
    talk(store, "cobalt_ridge", "declared", 9, over=True)
    assert m3(look()).steps[3].detail == ""


def test_a_reading_is_done_when_something_after_it_was_begun(store: Store, look: Any) -> None:
    store.append("initialized", f"{M3}/lesson")
    assert states(look())["the_idea"] == "started"
    store.append("initialized", f"{M3}/closing_effect")
    assert (states(look())["the_idea"], states(look())["closing_effect"]) == ("done", "started")


def test_a_reading_can_be_done_by_itself(store: Store, look: Any) -> None:
    store.append("progressed", f"{M3}/lesson")
    assert states(look())["the_idea"] == "done"


def test_who_goes_straight_to_a_module_is_not_sent_back(store: Store, look: Any) -> None:
    store.append("predicted", f"{M3}/closing_effect")
    found = look()
    assert at(found) == (M3, "spin_kinds")
    assert [item.state for item in found.start] == ["new", "done"]


def test_a_step_that_is_not_finished_comes_back(store: Store, look: Any, clock: Any) -> None:
    store.append("answered", f"{M3}/spin_kinds/q2")
    clock.move(60)
    store.append("predicted", f"{M3}/closing_effect")
    assert at(look()) == (M3, "spin_kinds")


def test_the_latest_score_is_shown_with_what_waits(store: Store, look: Any) -> None:
    store.append("submitted", f"{M3}/exercise")
    assert (m3(look()).score, m3(look()).waiting) == (None, 0)
    store.append("scored", f"{M3}/exercise", result={"score": 71.5, "max": 100, "waiting": ["call_plan"]})
    assert (m3(look()).score, m3(look()).max, m3(look()).waiting) == (71.5, 100.0, 1)
    store.append("scored", f"{M3}/exercise", result={"score": 64, "max": 100, "waiting": []})
    assert (m3(look()).score, m3(look()).waiting) == (64.0, 0)


def test_the_summary_is_plain_json(store: Store, look: Any) -> None:
    talk(store, "cobalt_ridge", "practice", 3)
    shown = look().as_dict()
    assert json.loads(json.dumps(shown)) == shown
    assert shown["continue_at"]["step"] == "cobalt_ridge"
    assert [module["id"] for module in shown["modules"]][2] == M3


def test_a_strange_score_is_no_score(store: Store, look: Any) -> None:
    store.append("scored", f"{M3}/exercise", result={"score": "a lot", "waiting": 3})
    assert (m3(look()).score, m3(look()).waiting) == (None, 0)


OBJECTS = [
    f"{M3}/{name}" for name in ("lesson", "closing_effect", "spin_kinds", "spin_kinds/q1", "cobalt_ridge", "exercise")
]
OBJECTS += ["start/first_call", "start/using_this_page", "brand_perception/lesson"]
things = st.tuples(st.sampled_from(OBJECTS), st.sampled_from(["initialized", "answered", "predicted", "completed"]))


@settings(deadline=None)
@given(done=st.lists(things, max_size=12), data=st.data())
def test_the_order_of_unrelated_events_and_repetitions_change_nothing(
    course_syllabus: Syllabus, done: list[tuple[str, str]], data: st.DataObject
) -> None:
    """A fold: one event of each (object, verb) is all that counts."""
    with memory_store() as store:
        for name, verb in done:
            store.append(verb, name)
        heads = store.heads()
        before = summary.course(course_syllabus, store)
    order = data.draw(st.permutations(list(heads)))
    assert fold(course_syllabus, {key: heads[key] for key in order}, {}) == before
    doubled: dict[tuple[str, str], Event] = {key: replace(event, id=f"{event.id}-2") for key, event in heads.items()}
    assert fold(course_syllabus, doubled, {}) == before


@settings(deadline=None)
@given(done=st.lists(things, max_size=12))
def test_more_events_never_take_progress_away(course_syllabus: Syllabus, done: list[tuple[str, str]]) -> None:
    with memory_store() as store:
        percent = 0
        for name, verb in done:
            store.append(verb, name)
            found = m3(summary.course(course_syllabus, store))
            assert found.percent >= percent
            assert found.minutes_left == 130 - sum(step.minutes for step in found.steps if step.state == "done")
            percent = found.percent
