"""Do quiz and prediction work by keyboard? In a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.questions import load
from techsell.widgets import Prediction, Quiz

Show = Callable[..., Any]

MODULE = "discovery_conversation"


def test_a_quiz_by_keyboard(put_on_stage: Show, quiz: Quiz) -> None:
    stage = put_on_stage(quiz)
    question = load(MODULE).quizzes[0].questions[0]
    right = next(answer for answer in question.answers if answer.right)
    wrong = next(answer for answer in question.answers if not answer.right)

    stage.click("fieldset >> nth=0 >> button")
    assert "Pick an answer first." in stage.root.inner_text()
    for answer, words in ((wrong, "Not this one."), (right, "Right.")):
        stage.page.focus(f'#one fieldset >> nth=0 >> input[value="{answer.id}"]')
        stage.page.keyboard.press("Space")
        stage.page.keyboard.press("Tab")
        stage.press("Enter")
        feedback = stage.page.inner_text("#one .ts-feedback >> nth=0")
        assert words in feedback
        assert answer.feedback in feedback

    assert "2 tries" in stage.root.inner_text()
    assert stage.page.locator("#one fieldset >> nth=0 >> input:enabled").count() == 0
    assert stage.page.evaluate("document.activeElement.className") == "ts-feedback"


def test_a_quiz_shown_again_has_its_answers(put_on_stage: Show, quiz: Quiz) -> None:
    question = load(MODULE).quizzes[0].questions[0]
    wrong = next(answer for answer in question.answers if not answer.right)
    quiz.check(question.id, wrong.id)

    stage = put_on_stage(quiz)

    assert stage.page.is_checked(f'#one fieldset >> nth=0 >> input[value="{wrong.id}"]')
    assert wrong.feedback in stage.root.inner_text()


def test_a_prediction_by_keyboard(put_on_stage: Show, bet: Prediction) -> None:
    text = load(MODULE).predictions[0]
    stage = put_on_stage(bet)
    stage.click('[data-do="commit"]')
    assert "Pick what you expect first." in stage.root.inner_text()

    stage.page.focus("#one input[type=radio] >> nth=0")
    stage.page.keyboard.press("Space")
    stage.page.keyboard.press("Tab")
    for _ in range(20):
        stage.page.keyboard.press("ArrowRight")
    assert stage.page.input_value("#one input[type=number]") == "70"
    stage.page.fill("#one input[type=number]", "85")
    assert stage.page.input_value("#one input[type=range]") == "85"
    stage.page.focus('#one [data-do="commit"]')
    stage.press("Enter")

    assert bet.committed == (0, 85)
    assert text.after not in stage.root.inner_text()
    assert stage.focus() == "Show what the data say"
    stage.press("Enter")
    shown = stage.root.inner_text()
    assert text.after in shown
    assert f"Brier score {bet.view['revealed']['brier']:.2f}" in shown


@pytest.mark.parametrize("typed", ["40", "101", "", "77.5"])
def test_a_probability_out_of_range_is_not_sent(put_on_stage: Show, bet: Prediction, typed: str) -> None:
    stage = put_on_stage(bet)
    stage.click("input[type=radio] >> nth=0")
    stage.page.fill("#one input[type=number]", typed)

    stage.click('[data-do="commit"]')

    assert "a whole number from 50 to 100" in stage.root.inner_text()
    assert stage.sent() == []
