"""Does the role-play work by keyboard, and speak to screen readers once and not twice? In a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.widgets import RolePlay

Show = Callable[..., Any]
Talk = Callable[..., RolePlay]

FIRST = "#one .ts-suggestion >> nth=0"


def test_the_log_is_in_the_page_before_anything_is_said(put_on_stage: Show, call: RolePlay) -> None:
    stage = put_on_stage(call)

    assert stage.page.locator("#one [role=log]").count() == 1
    assert stage.lines() == []


def test_a_reply_adds_nodes_and_touches_none(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 2))
    stage.page.evaluate(
        """() => {
        window.changes = { added: 0, removed: 0, text: 0 };
        const log = document.querySelector("#one [role=log]");
        window.kept = [...log.children];
        new MutationObserver((records) => { for (const r of records) {
            window.changes.added += r.addedNodes.length; window.changes.removed += r.removedNodes.length;
            if (r.type === "characterData") window.changes.text += 1;
        } }).observe(log, { childList: true, subtree: true, characterData: true });
        }"""
    )
    before = stage.lines()

    stage.page.focus(FIRST)
    stage.press("1")

    added = len(stage.lines()) - len(before)
    assert added >= 2
    assert stage.lines()[: len(before)] == before
    assert stage.page.evaluate("window.changes") == {"added": added, "removed": 0, "text": 0}
    assert stage.page.evaluate(
        "kept.every((node, i) => document.querySelector('#one [role=log]').children[i] === node)"
    )
    assert stage.page.get_attribute("#one [role=log]", "aria-live") == "polite"


def test_a_view_made_again_puts_its_history_in_silently(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 3))
    said = stage.lines()
    stage.page.evaluate(
        """() => {
        window.heard = [];
        new MutationObserver((records) => { for (const r of records) for (const n of r.addedNodes) {
            const log = r.target.closest("[role=log]");
            if (log && log.getAttribute("aria-live") !== "off") window.heard.push(n.textContent);
        } }).observe(document.getElementById("one"), { childList: true, subtree: true });
        }"""
    )

    stage.reconnect()

    assert stage.lines() == said
    assert stage.page.evaluate("window.heard") == []


def test_a_call_opened_later_puts_its_history_in_silently_and_speaks_again(
    put_on_stage: Show, call: RolePlay, talk: Talk
) -> None:
    stage = put_on_stage(call)
    stage.page.evaluate(
        """() => { window.live = [];
        const log = document.querySelector("#one [role=log]");
        const note = () => window.live.push(log.getAttribute("aria-live"));
        new MutationObserver(note).observe(log, { childList: true }); }"""
    )

    talk(call, 3)
    stage.push()
    stage.page.wait_for_function("document.querySelector('#one [role=log]').getAttribute('aria-live') === 'polite'")
    call.pick(call.view["menu"][0]["option"])
    stage.push()

    assert stage.page.evaluate("window.live") == ["off", "polite"]


def test_a_second_view_of_the_same_call_grows_in_step(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 1))
    stage.second_view()

    stage.page.focus(FIRST)
    stage.press("2")

    other = stage.page.locator("#two [role=log] .ts-words").all_text_contents()
    assert other == stage.lines()
    assert stage.page.evaluate("document.getElementById('one').contains(document.activeElement)")
    ids = stage.page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(ids) == len(set(ids))


def test_a_scenario_cannot_run_anything_in_the_page(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    talk(call, 1)
    nasty = "<img src=x onerror='window.hacked = true'>"
    stage = put_on_stage(call)
    view = {**call.view, "lines": [*call.view["lines"], {**call.view["lines"][-1], "n": 999, "text": nasty}]}

    stage.page.evaluate("(view) => model.receive({ view })", view)

    assert stage.lines()[-1] == nasty
    assert stage.page.evaluate("window.hacked") is None


def test_a_whole_call_by_keyboard_alone(put_on_stage: Show, call: RolePlay) -> None:
    stage = put_on_stage(call)
    stage.page.keyboard.press("Tab")  # briefing
    assert stage.focus() == "briefing"
    stage.page.keyboard.press("Tab")  # how to practise: one stop for all three
    stage.page.keyboard.press("ArrowUp")
    assert stage.page.evaluate("document.activeElement.value") == "menu"
    stage.page.keyboard.press("Tab")
    assert stage.focus() == "Practise"

    stage.press("Enter")
    for turn in range(1, 40):
        if call.view["over"]:
            break
        assert stage.page.evaluate("document.activeElement === document.querySelector('#one .ts-suggestion')"), turn
        stage.press("1" if turn % 2 else "2")

    assert call.view["over"]
    assert stage.focus() == "Your own marks first"
    for _ in call.view["screen"]["rubric"]:
        stage.page.keyboard.press("Tab")
        stage.page.keyboard.press("3")
    stage.page.keyboard.press("Tab")
    assert stage.focus() == "Compare with the score"
    stage.press("Enter")
    assert stage.focus() == "After the call"
    assert stage.page.locator("#one .ts-table >> nth=0 >> tbody tr").count() == len(call.view["scorecard"]["lines"])
    assert call.view["ending"]["summary"] in stage.root.inner_text()


def test_keys_for_more_lines_hint_and_undo(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 2))
    stage.page.focus(FIRST)

    stage.press("0")
    assert call.view["page"] == 1
    assert stage.page.locator(FIRST).inner_text().endswith(call.view["menu"][0]["text"])
    stage.press("h")
    assert call.view["lines"][-1]["who"] == "note"
    stage.press("u")
    assert call.view["turn"] == 1
    assert stage.lines() == [line["text"] for line in call.view["lines"]]
    assert stage.lines()[-1] == "You took back turn 2."
    assert [message["do"] for message in stage.sent()] == ["more", "hint", "undo"]


def test_escape_leaves_to_the_notebook_cell_and_keys_stay_out_of_it(
    put_on_stage: Show, call: RolePlay, talk: Talk
) -> None:
    stage = put_on_stage(talk(call, 1))
    stage.page.evaluate(
        """() => { window.leaked = [];
        document.addEventListener("keydown", (event) => window.leaked.push(event.key)); }"""
    )
    stage.page.focus(FIRST)
    for key in ("h", "9", "Enter", "Shift+U"):
        stage.press(key)
    assert stage.page.evaluate("window.leaked") == []

    stage.page.keyboard.press("Control+s")
    stage.press("Escape")

    assert stage.page.evaluate("window.leaked") == ["Control", "s"]
    assert stage.page.evaluate("document.activeElement.className") == "jp-Cell"
    turn = call.view["turn"]
    stage.press("1")
    assert call.view["turn"] == turn


def test_number_keys_do_nothing_while_somebody_types(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 1))
    stage.page.evaluate(
        """() => { const field = document.createElement("input"); field.id = "typed";
        document.querySelector("#one .ts-say").prepend(field); }"""
    )
    stage.page.focus("#typed")

    stage.press("1")
    stage.press("h")

    assert stage.page.input_value("#typed") == "1h"
    assert stage.sent() == []


@pytest.mark.parametrize(
    "event",
    [{"key": "&", "code": "Digit1"}, {"key": "1", "code": "Digit1", "shiftKey": True}, {"key": "1", "code": "Numpad1"}],
)
def test_the_first_line_on_every_keyboard(
    put_on_stage: Show, call: RolePlay, talk: Talk, event: dict[str, Any]
) -> None:
    """A French keyboard gives '&' without Shift and '1' with it."""
    stage = put_on_stage(talk(call, 1))
    first = call.view["menu"][0]["option"]

    stage.page.focus(FIRST)
    stage.page.evaluate(
        "(event) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { ...event, bubbles: true }))",
        event,
    )
    stage.settle()

    assert stage.sent() == [{"do": "pick", "option": first}]


def test_a_key_pressed_twice_says_one_line(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 1))
    stage.page.evaluate(
        """() => { const at = document.querySelector("#one .ts-suggestion"); at.focus();
        for (const key of ["1", "1"]) at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })); }"""
    )
    stage.settle()

    assert len(stage.sent()) == 1
    assert call.view["turn"] == 2


def test_hanging_up_takes_two_presses(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 1))

    stage.click('[data-do="end"]')
    assert not call.view["over"]
    assert stage.focus() == "Hang up"
    stage.page.keyboard.press("Tab")
    stage.press("Enter")
    assert stage.focus() == "End call"
    stage.press("Enter")
    stage.press("Enter")

    assert call.view["over"]
    assert stage.focus() == "Your own marks first"


def test_play_again_offers_the_next_declared_attempt(put_on_stage: Show, call: RolePlay) -> None:
    call.start("declared")
    call.end()
    call.skip()
    stage = put_on_stage(call)

    stage.click('[data-do="again"]')

    buttons = stage.page.locator("#one .ts-start button").all_text_contents()
    assert buttons == ["Practise", "Declared attempt 2 of 3"]
    assert stage.lines() == []


def test_a_turn_in_the_debrief_leads_to_its_line(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    talk(call, 6)
    call.end()
    call.skip()
    cited = [line["turns"][0] for line in call.view["scorecard"]["lines"] if line["turns"]]
    assert cited
    stage = put_on_stage(call)

    stage.click(".ts-table .ts-turn >> nth=0")

    assert stage.page.evaluate("document.activeElement.dataset.turn") == str(cited[0])


def test_open_boxes_stay_open_when_a_reply_comes(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 1))
    stage.click("summary >> nth=1")
    assert stage.page.evaluate("document.querySelectorAll('#one details')[1].open")

    stage.page.focus(FIRST)
    stage.press("1")

    assert stage.page.evaluate("document.querySelectorAll('#one details')[1].open")


def test_a_kernel_that_does_not_answer_is_said_and_can_be_asked_again(
    put_on_stage: Show, call: RolePlay, talk: Talk
) -> None:
    stage = put_on_stage(talk(call, 1))
    stage.page.clock.install()
    stage.page.evaluate("() => { window.silent = true; }")
    stage.page.focus(FIRST)

    stage.page.keyboard.press("1")
    stage.page.clock.fast_forward(9_000)

    assert "No answer from the kernel" in stage.page.inner_text("#one [role=alert]")
    stage.page.evaluate("() => { window.silent = false; }")
    stage.press("1")
    assert call.view["turn"] == 2
    assert stage.page.inner_text("#one [role=alert]") == ""


def test_a_refusal_stands_in_an_alert(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 1))

    call.pick("no_such_line")
    stage.push()

    assert call.view["screen"]["notice"] in stage.page.inner_text("#one [role=alert]")
