"""A quiz: pick, check, read what the answer would mean; tries are counted and kept."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets.traitlets as t

from techsell.errors import MoveNotAllowed, TechsellError
from techsell.questions import Question
from techsell.questions import Quiz as QuizText

from .binding import Binding
from .theme import QUIZ, compose

__all__ = ["Quiz"]


class Quiz(anywidget.AnyWidget):
    """One quiz of a module.

    Every check appends `answered` on `<module>/<quiz>/<question>` with `{answer, right, attempt}`; the last question
    answered rightly appends `completed` on `<module>/<quiz>`. What was answered before is read back from the store.
    The front end never holds the feedback of an answer that was not given, nor which one is right.

    Example:
        >>> quiz = lesson("discovery_conversation").quiz("spin_kinds")  # doctest: +SKIP
        >>> quiz.check("q1", "b")  # doctest: +SKIP
    """

    _esm = compose(*QUIZ)
    _css = compose("theme.css", "questions.css")

    view = t.Dict(help="all that the front end shows; plain JSON").tag(sync=True)

    def __init__(self, text: QuizText, binding: Binding, *, module: str) -> None:
        self._text = text
        self._store = binding.store
        self._note = binding.note
        self._object = f"{module}/{text.id}"
        self._tried = {question.id: self._restored(question) for question in text.questions}
        super().__init__()
        self.on_msg(self._receive)
        self._paint()

    def _restored(self, question: Question) -> list[str]:
        """The answers given so far, oldest first; those that the file no longer has are left out."""
        events = self._store.events(object=self._place(question), verb="answered")
        given = [str((event.result or {}).get("answer")) for event in events]
        return [answer for answer in given if question.answer(answer)]

    def _place(self, question: Question) -> str:
        return f"{self._object}/{question.id}"

    def check(self, question: str, answer: str) -> None:
        """Answer `question`; unknown ids and failures of the store are shown in the widget."""
        try:
            self._check(question, answer)
        except TechsellError as error:
            self._paint(notice=str(error))
        else:
            self._paint()

    def _check(self, question_id: str, answer_id: str) -> None:
        question = next((q for q in self._text.questions if q.id == question_id), None)
        answer = question.answer(answer_id) if question else None
        if question is None or answer is None:
            raise MoveNotAllowed(
                f"The quiz has no answer {answer_id!r} to {question_id!r}",
                place=self._object,
                cure="Pick one of the answers shown",
            )
        tried = self._tried[question.id]
        if self._is_done(question):
            return
        result = {"answer": answer.id, "right": answer.right, "attempt": len(tried) + 1}
        self._store.append("answered", self._place(question), result=result)
        tried.append(answer.id)
        if self.done:
            first = sum(_is_right(q, self._tried[q.id][0]) for q in self._text.questions)
            self._store.append(
                "completed", self._object, result={"right_at_first": first, "questions": len(self._text.questions)}
            )

    def _is_done(self, question: Question) -> bool:
        return any(_is_right(question, answer) for answer in self._tried[question.id])

    @property
    def done(self) -> bool:
        """Every question has been answered rightly."""
        return all(self._is_done(question) for question in self._text.questions)

    def _paint(self, notice: str = "") -> None:
        self.view = {
            "title": self._text.title,
            "note": self._note,
            "notice": notice,
            "reply": self.view.get("reply", 0) + 1,
            "questions": [self._painted(question) for question in self._text.questions],
        }

    def _painted(self, question: Question) -> dict[str, Any]:
        tried = self._tried[question.id]
        done = self._is_done(question)
        return {
            "id": question.id,
            "text": question.text,
            "answers": [{"id": answer.id, "text": answer.text} for answer in question.answers],
            "tried": [
                {"answer": answer.id, "right": answer.right, "feedback": answer.feedback}
                for answer in map(question.answer, tried)
                if answer
            ],
            "done": done,
            "others": [
                {"text": answer.text, "feedback": answer.feedback}
                for answer in question.answers
                if done and not answer.right
            ],
        }

    def _receive(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        if content.get("do") == "check":
            self.check(str(content.get("question")), str(content.get("answer")))


def _is_right(question: Question, answer_id: str) -> bool:
    answer = question.answer(answer_id)
    return answer is not None and answer.right
