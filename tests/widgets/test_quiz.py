"""Does the quiz reply to every answer, count tries, and come back as it was left?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from techsell.errors import StoreLocked
from techsell.progress import Store, memory_store
from techsell.questions import Answer, Question
from techsell.questions import Quiz as QuizText
from techsell.widgets import Binding, Quiz

ANSWERS = (
    Answer("a", "a situation question", right=False, feedback="He could have mailed you that."),
    Answer("b", "a problem question", right=True, feedback="It asks what goes wrong."),
    Answer("c", "a pitch", right=False, feedback="You offered nothing yet."),
)
TEXT = QuizText(
    "kinds", "Kinds of question", (Question("q1", "What is it?", ANSWERS), Question("q2", "And this?", ANSWERS))
)


@pytest.fixture
def store() -> Store:
    return memory_store("L-TEST")


def make(store: Store) -> Quiz:
    return Quiz(TEXT, Binding(store), module="pumps")


def question(quiz: Quiz, number: int) -> dict[str, Any]:
    return quiz.view["questions"][number]


def results(store: Store, place: str) -> list[dict[str, Any]]:
    return [dict(event.result) for event in store.events(object=place, verb="answered")]


def test_a_wrong_answer_speaks_and_is_counted(store: Store) -> None:
    quiz = make(store)

    quiz.check("q1", "a")

    assert question(quiz, 0)["tried"] == [{"answer": "a", "right": False, "feedback": "He could have mailed you that."}]
    assert question(quiz, 0)["done"] is False
    assert results(store, "pumps/kinds/q1") == [{"answer": "a", "right": False, "attempt": 1}]


def test_after_the_right_answer_the_others_say_what_they_would_mean(store: Store) -> None:
    quiz = make(store)

    quiz.check("q1", "c")
    quiz.check("q1", "b")

    assert question(quiz, 0)["done"] is True
    assert [other["text"] for other in question(quiz, 0)["others"]] == ["a situation question", "a pitch"]
    assert results(store, "pumps/kinds/q1")[-1] == {"answer": "b", "right": True, "attempt": 2}


def test_a_question_that_is_done_takes_no_further_answer(store: Store) -> None:
    quiz = make(store)
    quiz.check("q1", "b")

    quiz.check("q1", "a")

    assert len(results(store, "pumps/kinds/q1")) == 1


def test_the_page_never_holds_what_was_not_given(store: Store) -> None:
    quiz = make(store)
    quiz.check("q1", "a")

    sent = json.dumps(quiz.get_state("view"))

    assert "He could have mailed you that." in sent
    assert "It asks what goes wrong." not in sent


def test_the_last_right_answer_completes_the_quiz_once(store: Store) -> None:
    quiz = make(store)
    for given in (("q1", "b"), ("q2", "a"), ("q2", "b"), ("q2", "b")):
        quiz.check(*given)

    completed = store.events(object="pumps/kinds", verb="completed")

    assert [dict(event.result) for event in completed] == [{"right_at_first": 1, "questions": 2}]
    assert quiz.done


def test_a_quiz_made_again_is_where_it_was(store: Store) -> None:
    quiz = make(store)
    quiz.check("q1", "a")
    quiz.check("q1", "b")
    quiz.check("q2", "c")

    again = make(store)

    assert again.view["questions"] == quiz.view["questions"]
    again.check("q2", "a")
    assert results(store, "pumps/kinds/q2")[-1]["attempt"] == 2


def test_messages_of_the_page_do_the_same_as_the_method(store: Store) -> None:
    quiz = make(store)

    quiz._handle_custom_msg({"do": "check", "question": "q1", "answer": "b"}, [])

    assert question(quiz, 0)["done"] is True


@pytest.mark.parametrize("given", [("q9", "a"), ("q1", "z")])
def test_an_unknown_answer_is_a_sentence_in_the_widget(store: Store, given: tuple[str, str]) -> None:
    quiz = make(store)

    quiz.check(*given)

    assert "The quiz has no answer" in quiz.view["notice"]
    assert store.events(prefix="pumps") == []


def test_a_locked_store_is_a_sentence_and_the_answer_can_be_given_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz = make(store)

    def locked(*_: object, **__: object) -> None:
        raise StoreLocked("Another program is writing", cure="Try again")

    with monkeypatch.context() as patched:
        patched.setattr(store, "append", locked)
        quiz.check("q1", "b")
    assert quiz.view["notice"] == "Another program is writing. Try again."
    assert question(quiz, 0)["tried"] == []

    quiz.check("q1", "b")
    assert quiz.view["notice"] == ""
    assert question(quiz, 0)["done"] is True
