"""Does typing work by keyboard, and are 'Did you mean', menu and field told apart? In a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.widgets import RolePlay

Show = Callable[..., Any]
Talk = Callable[..., RolePlay]

CLEAR = "when did one of them last stop you"
NOISE = "qwrtz plmf"
FIELD = "#one textarea"


@pytest.fixture
def stage(put_on_stage: Show, call: RolePlay) -> Any:
    """Cobalt Ridge, begun by typing, hands in the field."""
    call.start("practice", "type")
    found = put_on_stage(call)
    found.page.focus(FIELD)
    return found


def type_line(stage: Any, text: str) -> None:
    stage.page.keyboard.insert_text(text)
    stage.press("Enter")


def in_field(stage: Any) -> bool:
    return bool(stage.page.evaluate("document.activeElement.tagName === 'TEXTAREA'"))


def test_enter_sends_and_the_hands_stay_in_an_empty_field(stage: Any, call: RolePlay) -> None:
    type_line(stage, CLEAR)

    assert stage.lines()[1] == CLEAR
    assert call.view["turn"] == 1
    assert stage.page.input_value(FIELD) == ""
    assert in_field(stage)
    assert stage.page.is_hidden("#one .ts-suggestion >> nth=0")


def test_shift_enter_makes_a_new_line_and_nothing_is_sent(stage: Any) -> None:
    stage.page.keyboard.type("one")
    stage.press("Shift+Enter")
    stage.page.keyboard.type("two")

    assert stage.page.input_value(FIELD) == "one\ntwo"
    assert stage.sent() == []


def test_control_enter_sends_too_and_runs_no_cell(stage: Any) -> None:
    stage.page.evaluate(
        "() => { window.leaked = []; document.addEventListener('keydown', (e) => window.leaked.push(e.key)); }"
    )
    stage.page.keyboard.insert_text(CLEAR)
    stage.press("Control+Enter")

    assert [message["do"] for message in stage.sent()] == ["say"]
    assert stage.page.evaluate("window.leaked") == ["Control"]


def test_the_send_button_gives_the_hands_back_to_the_field(stage: Any) -> None:
    stage.page.fill(FIELD, CLEAR)
    stage.click('[data-do="say"]')

    assert stage.lines()[1] == CLEAR
    assert in_field(stage)


def test_nothing_but_blanks_is_not_sent(stage: Any) -> None:
    for text in ("", "   "):
        stage.page.fill(FIELD, text)
        stage.press("Enter")

    assert stage.sent() == []


def test_digits_belong_to_a_sentence_and_pick_only_in_an_empty_field(stage: Any, call: RolePlay, unsure: str) -> None:
    type_line(stage, unsure)
    assert call.view["asking"]["kind"] == "confirm"
    stage.page.keyboard.type("so 12 stops")
    assert stage.page.input_value(FIELD) == "so 12 stops"
    assert [message["do"] for message in stage.sent()] == ["say"]

    stage.page.fill(FIELD, "")
    stage.press("1")

    assert stage.sent()[-1] == {"do": "choose", "choice": 0}
    assert call.view["turn"] == 1
    assert stage.page.input_value(FIELD) == ""
    assert in_field(stage)


def test_without_anything_to_pick_a_digit_begins_a_sentence(stage: Any) -> None:
    stage.page.keyboard.type("3 pumps, h and u")

    assert stage.page.input_value(FIELD) == "3 pumps, h and u"
    assert stage.sent() == []


def test_did_you_mean_is_heard_as_a_status_and_none_of_these_leads_to_other_words(
    stage: Any, call: RolePlay, unsure: str
) -> None:
    status = stage.page.locator("#one .ts-asking")
    assert status.get_attribute("role") == "status"
    assert status.text_content() == ""

    type_line(stage, unsure)

    words = status.inner_text()
    assert unsure in words
    assert all(choice["text"] in words for choice in call.view["asking"]["choices"])
    assert "none of these" in words
    stage.press("0")
    assert call.view["asking"]["kind"] == "rephrase"
    assert "Say it in other words" in status.inner_text()
    type_line(stage, NOISE)
    assert call.view["asking"]["kind"] == "menu"
    turn = call.view["turn"]
    assert in_field(stage)
    stage.press("1")
    assert call.view["turn"] == turn + 1
    assert stage.page.is_hidden("#one .ts-suggestion >> nth=0")


def test_a_choice_can_be_clicked(stage: Any, call: RolePlay, unsure: str) -> None:
    type_line(stage, unsure)

    stage.click('[data-choice="1"]')

    assert call.view["turn"] == 1
    assert in_field(stage)


def test_the_menu_opens_with_arrow_down_and_closes_when_a_line_is_said(stage: Any, call: RolePlay) -> None:
    stage.press("ArrowDown")
    assert stage.page.evaluate("document.activeElement.dataset.option") == call.view["menu"][0]["option"]
    assert stage.page.get_attribute('#one [data-do="menu"]', "aria-expanded") == "true"
    stage.press("0")
    assert call.view["page"] == 1
    stage.press("m")
    assert in_field(stage)
    assert stage.page.get_attribute('#one [data-do="menu"]', "aria-expanded") == "false"

    stage.click('[data-do="menu"]')
    stage.press("2")

    assert call.view["turn"] == 1
    assert in_field(stage)
    assert stage.page.is_hidden("#one .ts-suggestion >> nth=0")


def test_arrow_up_brings_back_what_was_typed(stage: Any, unsure: str) -> None:
    type_line(stage, unsure)
    stage.press("ArrowUp")

    assert stage.page.input_value(FIELD) == unsure


def test_from_picking_to_typing(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 1))
    assert stage.page.is_hidden(FIELD)
    stage.page.focus("#one .ts-suggestion >> nth=0")

    stage.press("t")

    assert in_field(stage)
    type_line(stage, CLEAR)
    assert call.view["turn"] == 2


@pytest.mark.parametrize("text", ["x" * 10_000, "🙂" * 400, "متى توقفت المضخة", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj"])
def test_long_and_foreign_text_stays_inside(stage: Any, call: RolePlay, text: str) -> None:
    stage.page.keyboard.insert_text(text)
    assert stage.page.evaluate("document.querySelector('#one textarea').offsetHeight") <= 160

    stage.press("Enter")

    assert call.view["lines"]
    assert stage.page.evaluate("document.querySelector('#one .ts').scrollWidth <= innerWidth")
    assert stage.page.evaluate("document.querySelector('#one [role=log]').scrollWidth <= innerWidth")


def test_a_sentence_that_was_not_taken_stays_in_the_field(stage: Any, call: RolePlay, monkeypatch: Any) -> None:
    from techsell.errors import StoreLocked

    def locked(*_: object) -> None:
        raise StoreLocked("Another program is writing", cure="Try again")

    with monkeypatch.context() as patched:
        patched.setattr("techsell.progress.journal.StoreJournal.append", locked)
        type_line(stage, CLEAR)
    assert stage.page.input_value(FIELD) == CLEAR
    assert "Another program is writing" in stage.page.inner_text("#one [role=alert]")

    stage.press("Enter")

    assert call.view["turn"] == 1
    assert stage.page.input_value(FIELD) == ""


def test_a_sentence_stays_when_the_kernel_does_not_answer(stage: Any, call: RolePlay) -> None:
    stage.page.clock.install()
    stage.page.evaluate("() => { window.silent = true; }")
    stage.page.keyboard.insert_text(CLEAR)
    stage.page.keyboard.press("Enter")
    stage.page.clock.fast_forward(9_000)

    assert stage.page.input_value(FIELD) == CLEAR
    stage.page.evaluate("() => { window.silent = false; }")
    stage.press("Enter")
    assert call.view["turn"] == 1


def test_enter_pressed_twice_says_it_once(stage: Any, call: RolePlay) -> None:
    stage.page.keyboard.insert_text(CLEAR)
    stage.page.evaluate(
        """() => { for (const _ of [1, 2]) document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true })); }"""
    )
    stage.settle()

    assert call.view["turn"] == 1
    assert len(stage.sent()) == 1


def test_enter_belongs_to_an_input_method_while_it_composes(stage: Any) -> None:
    stage.page.keyboard.insert_text("ポンプ")
    stage.page.evaluate(
        """() => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", bubbles: true, isComposing: true }))"""
    )

    assert stage.sent() == []


def test_each_reply_is_announced_once_also_after_a_question_back(stage: Any, unsure: str) -> None:
    stage.page.evaluate(
        """() => { window.heard = [];
        new MutationObserver((records) => { for (const r of records) for (const n of r.addedNodes)
            window.heard.push(n.querySelector?.(".ts-words")?.textContent ?? ""); })
            .observe(document.querySelector("#one [role=log]"), { childList: true }); }"""
    )
    for text in (CLEAR, unsure):
        type_line(stage, text)
    stage.press("1")

    assert stage.page.evaluate("window.heard") == stage.lines()[1:]


def test_the_field_has_a_name_and_says_its_keys(stage: Any) -> None:
    shot = stage.page.locator("#one .ts-say").aria_snapshot()

    assert 'group "What do you say?"' in shot
    assert 'textbox "What do you say?"' in shot
    described = stage.page.evaluate(
        """document.querySelector('#one textarea').getAttribute('aria-describedby').split(' ')
        .map((id) => document.getElementById(id).textContent).join('|')"""
    )
    assert described.startswith("|Enter sends"), "there is no news"


def test_an_unfinished_question_back_is_there_when_the_page_is(stage: Any, call: RolePlay, unsure: str) -> None:
    type_line(stage, unsure)

    stage.reconnect()
    stage.page.focus(FIELD)
    stage.press("2")

    assert call.view["turn"] == 1
