"""The hand-in button and the feedback page, with answers made up here; the real grader is met in the journey."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

Visit = Callable[..., Any]

MODULE = "discovery_conversation"
EXERCISE = f"exercises/{MODULE}/{MODULE}.ipynb"


def check(name: str, passed: bool | None, points: float, most: float, message: str, idea: str = "") -> dict[str, Any]:
    return {"id": name, "passed": passed, "points": points, "max": most, "message": message, "misconception": idea}


RESULT: dict[str, Any] = {
    "module": MODULE,
    "learner": "L-7F3K2Q",
    "title": "The discovery conversation",
    "exercise": EXERCISE,
    "graded": True,
    "score": 52.5,
    "max": 100.0,
    "waiting": ["call_plan"],
    "notes": ["Line 14 of the transcript was changed by hand: what stands before it is scored."],
    "tasks": [
        {
            "id": "next_move",
            "title": "The best next move",
            "kind": "decision",
            "points": 12.5,
            "max": 15.0,
            "checks": [
                check("next_move", True, 10, 10, ""),
                check("next_move__pitch", False, 0, 5, "Called: point 3.\nCame back: 'pitch'.", "pitches too early"),
            ],
        },
        {
            "id": "qualify",
            "title": "Qualify four deals",
            "kind": "decision",
            "points": 0.0,
            "max": 15.0,
            "checks": [check(f"qualify__{n}", False, 0, 5, "Not answered yet.") for n in range(3)],
        },
        {
            "id": "call_plan",
            "title": "Your call plan",
            "kind": "work_sample",
            "points": None,
            "max": 15.0,
            "comment": "The evidence in part two is yours, not the customer's.",
            "checks": [check("call_plan", None, 0, 15, "")],
        },
        {
            "id": "roleplay_cobalt_ridge",
            "title": "Cobalt Ridge Mining",
            "kind": "role_play",
            "points": 30.0,
            "max": 35.0,
            "checks": [
                check("R1", True, 8, 8, "You played back what Tomasz said (turns 5, 9)."),
                check("R3", False, 2, 8, "One playback had another number (turn 11)."),
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any], small_content: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return serve(tmp_path_factory.mktemp("feedback") / "work", "--content", str(small_content))


def feedback(page: Page) -> Any:
    return page.locator(f"#techsell-feedback-{MODULE}")


def hand_in_button(page: Page) -> Any:
    return page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name="Hand in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_hand_in_saves_first_and_then_shows_its_feedback(
    server: Any,
    visit: Visit,
    shot: Callable[[Page, str], Path],
    grave: Callable[[Page, str], list[tuple[str, str]]],
    scheme: str,
) -> None:
    """What was typed a moment ago is on the disk before the hand-in is asked for; every check is a word with a sign."""
    page = visit(server, path=f"/tree/{EXERCISE}", scheme=scheme).page
    typed = f"next_move = '{scheme}'"  # the editor closes brackets by itself
    saved: list[str] = []

    def answer(route: Route) -> None:
        saved.append((server.workspace / EXERCISE).read_text(encoding="utf-8"))
        route.fulfill(json=RESULT)

    page.route("**/techsell/hand-in*", answer)
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(typed)
    shot(page, f"exercise-toolbar-{scheme}")
    hand_in_button(page).click()
    view = feedback(page)
    expect(view.get_by_role("heading", level=1)).to_have_text("Feedback: The discovery conversation")
    assert typed in saved[0]
    expect(view).to_contain_text("52.5")
    expect(view).to_contain_text("15 more wait for a person")
    task = view.get_by_role("region", name="The best next move")
    expect(task).to_contain_text("12.5 of 15")
    expect(task).to_contain_text("✗ not yet")
    expect(task).to_contain_text("Came back: 'pitch'.")
    expect(task).to_contain_text("Pitches too early")
    expect(task).to_contain_text("One check passed.")
    same = view.get_by_role("region", name="Qualify four deals").get_by_role("listitem")
    expect(same).to_have_count(1)
    expect(same).to_contain_text("Not answered yet.")
    expect(same).to_contain_text("0 of 15 points")
    expect(view.get_by_role("region", name="Cobalt Ridge Mining")).to_contain_text("◐ partly")
    expect(view.get_by_role("region", name="Your call plan")).to_contain_text("not the customer's")
    expect(view.get_by_role("region", name="Your call plan")).to_contain_text("up to 15")
    expect(view.get_by_role("region", name="Your call plan")).to_contain_text("A person marks this.")
    expect(view).to_contain_text("Line 14 of the transcript")
    expect(view.get_by_role("status")).to_contain_text("52.5 of 100 points")
    expect(view).to_be_focused()
    assert grave(page, f"#techsell-feedback-{MODULE}") == []
    shot(page, f"feedback-{scheme}")


def test_while_it_is_graded_the_page_says_so(server: Any, visit: Visit, shot: Callable[[Page, str], Path]) -> None:
    page = visit(server, path=f"/tree/{EXERCISE}").page
    held: list[Route] = []
    page.route("**/techsell/hand-in*", lambda route: held.append(route))
    hand_in_button(page).click()
    status = feedback(page).get_by_role("status")
    expect(status).to_contain_text("Your answers are being run and checked")
    expect(status).to_contain_text("1\u2009s")
    shot(page, "feedback-waiting")
    held[0].fulfill(json=RESULT)
    expect(feedback(page).get_by_role("heading", level=1)).to_be_visible()


def test_a_refused_hand_in_is_the_sentence_that_was_said(server: Any, visit: Visit) -> None:
    watched = visit(server, path=f"/tree/{EXERCISE}")
    page = watched.page
    sentence = "The notebook has 31 MB; 20 MB can be handed in. Clear the outputs, save, and hand in again."
    page.route("**/techsell/hand-in*", lambda route: route.fulfill(status=409, json={"message": sentence}))
    hand_in_button(page).click()
    expect(feedback(page).get_by_role("alert")).to_contain_text(sentence)
    watched.expect("409")


def test_only_exercises_can_be_handed_in(server: Any, visit: Visit) -> None:
    page = visit(server, path="/tree/00_start_here/first_call.ipynb").page
    expect(page.get_by_role("button", name="press me")).to_be_visible()
    expect(hand_in_button(page)).to_have_count(0)


def test_the_home_leads_to_feedback_that_is_there(server: Any, visit: Visit) -> None:
    """A work in progress has none; after a hand-in the door appears, and the way back leads to the exercises."""
    page = visit(server).page
    home = page.locator("#techsell-home")
    expect(home.get_by_role("button", name="Exercises of The discovery conversation")).to_be_visible()
    expect(home.get_by_role("button", name="Feedback on The discovery conversation")).to_have_count(0)
    kept = server.workspace / "feedback" / f"{MODULE}.json"
    kept.write_text(json.dumps(RESULT), encoding="utf-8")
    page.get_by_role("button", name="Course home").click()
    home.get_by_role("button", name="Feedback on The discovery conversation").click()
    expect(feedback(page)).to_contain_text("52.5")
    feedback(page).get_by_role("button", name="Back to the exercises").click()
    expect(page.get_by_role("tab", selected=True, name=f"Exercises: {MODULE}.ipynb")).to_be_visible()
    kept.unlink()
