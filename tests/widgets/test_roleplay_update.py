"""After an update of techsell: does a typed call in the notebook go on where it stood, and is the learner told?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.progress import Store
from techsell.roleplay import assess_hand_in, load_scenario
from techsell.roleplay.asking import own_recogniser
from techsell.widgets import Binding, RolePlay

Make = Callable[..., RolePlay]
Show = Callable[..., Any]
Talk = Callable[..., RolePlay]

CLEAR = "when did one of them last stop you"
NEWER = "f" * 64
NEWS = "techsell has been updated since you typed here last."
FIELD = "#one textarea"


@pytest.fixture
def update(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From here on the installed recogniser is another one."""
    return lambda: monkeypatch.setattr("techsell.roleplay.recogniser.fingerprint", lambda: NEWER)


def typed(call: RolePlay, mode: str, *lines: str) -> RolePlay:
    call.start(mode, "type")
    for line in lines:
        call.say(line)
    return call


def kinds(store: Store, call: RolePlay) -> list[str]:
    lines = store.lines(call.view["screen"]["key"])
    return [kind for line in lines for kind in ("LearnerSaid", "RecogniserChanged") if f'"type":"{kind}"' in line]


@pytest.mark.parametrize("mode", ["practice", "declared"])
def test_a_typed_call_is_found_again_as_it_was_left_and_goes_on(
    make: Make, store: Store, update: Callable[[], None], unsure: str, mode: str
) -> None:
    call = typed(make(), mode, CLEAR, unsure)
    update()

    again = make()

    assert again.view["lines"] == call.view["lines"]
    assert again.view["asking"] == call.view["asking"] is not None
    assert again.view["notes"] == call.view["notes"]
    assert (again.view["level"], again.view["screen"]["phase"], again.view["screen"]["notice"]) == ("text", "call", "")
    assert again.view["news"].startswith(NEWS)
    assert ("counts as before" in again.view["news"]) == (mode == "declared")
    assert "RecogniserChanged" not in kinds(store, again)

    again.say("and how long was the line down")
    assert again.view["news"] == ""
    assert kinds(store, again) == ["LearnerSaid", "LearnerSaid", "RecogniserChanged", "LearnerSaid"]
    assert make().view["lines"] == again.view["lines"]


def test_a_declared_attempt_finished_after_an_update_is_handed_in_and_graded(
    make: Make, binding: Binding, update: Callable[[], None]
) -> None:
    typed(make(), "declared", CLEAR)
    own = own_recogniser()
    before = own.fingerprint()
    update()
    call = make()
    call.say("and how long was the line down")
    call.end()
    call.skip()

    assert binding.transcripts is not None
    text = (binding.transcripts / "cobalt_ridge.transcript.jsonl").read_text(encoding="utf-8")
    scenario = load_scenario("cobalt_ridge")
    words: dict[str, Any] = {"scenario_id": "cobalt_ridge", "learner": "L-TEST", "pins": lambda sha: scenario}
    found = assess_hand_in(text, recognisers={before: own, NEWER: own}.get, **words)
    assert (found.best, found.needs_person) == (call.view["scorecard"]["total"], False)
    assert assess_hand_in(text, recognisers={NEWER: own}.get, **words).needs_person


def test_the_debrief_of_a_finished_call_outlives_an_update(make: Make, update: Callable[[], None]) -> None:
    call = typed(make(), "practice", CLEAR)
    call.end()
    call.skip()
    update()

    again = make()

    assert again.view["scorecard"] == call.view["scorecard"]
    assert again.debrief == call.debrief
    again.fork(1)
    assert again.view["screen"]["phase"] == "call"


def test_a_call_that_left_no_notes_is_kept_and_the_learner_is_told_why(
    make: Make, store: Store, update: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As techsell wrote calls before readings were noted."""
    with monkeypatch.context() as earlier:
        earlier.setattr("techsell.roleplay.reading.Hearing.note", {})
        call = typed(make(), "practice", CLEAR)
    lines = store.lines(call.view["screen"]["key"])
    update()

    again = make()

    assert again.view["screen"]["phase"] == "start"
    assert "a typed line was read by another recogniser" in again.view["screen"]["notice"]
    assert "Start a new conversation; this one is kept." in again.view["screen"]["notice"]
    assert store.lines("cobalt_ridge/practice/1") == lines


# What is seen and heard


def test_the_news_stands_before_the_field_and_is_read_with_it(
    make: Make, put_on_stage: Show, update: Callable[[], None]
) -> None:
    typed(make(), "practice", CLEAR)
    update()
    stage = put_on_stage(make())
    news = stage.page.locator("#one .ts-news")
    assert news.is_visible()
    assert NEWS in news.inner_text()
    assert news.bounding_box()["y"] < stage.page.locator(FIELD).bounding_box()["y"]
    assert news.get_attribute("id") in str(stage.page.get_attribute(FIELD, "aria-describedby")).split()

    stage.page.focus(FIELD)
    stage.page.keyboard.insert_text("and how long was the line down")
    stage.press("Enter")

    assert news.is_hidden()
    assert "From here on another version of techsell reads what you type." in stage.lines()
    assert stage.page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_whoever_picks_lines_is_not_told_of_typing(
    make: Make, talk: Talk, put_on_stage: Show, update: Callable[[], None]
) -> None:
    call = typed(make(), "practice", CLEAR)
    call.level("menu")
    update()
    stage = put_on_stage(make())

    assert stage.page.locator("#one .ts-news").is_hidden()
    stage.page.focus("#one .ts-suggestion >> nth=0")
    stage.press("t")
    assert stage.page.locator("#one .ts-news").is_visible()
