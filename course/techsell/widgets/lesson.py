"""What a lesson notebook opens with: `here = lesson("discovery_conversation")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techsell import questions
from techsell.errors import StoreError
from techsell.roleplay import load_scenario

from .binding import Binding, bind
from .compare import Compare
from .prediction import Prediction
from .quiz import Quiz
from .roleplay import RolePlay

if TYPE_CHECKING:
    from techsell.questions import Questions

__all__ = ["FIRST_CALL", "START", "Lesson", "lesson"]

START = "start"
"""The notebooks before the first module."""

FIRST_CALL = "first_call"


class Lesson:
    """The widgets of one module, bound to the learner's workspace. Each call makes a widget to show."""

    def __init__(self, module_id: str, binding: Binding) -> None:
        self.module_id = module_id
        self.binding = binding

    def __repr__(self) -> str:
        return f"Lesson({self.module_id!r})"

    def roleplay(self, scenario_id: str) -> RolePlay:
        """A call with the customers of a scenario.

        Raises:
            ContentMissing, ScenarioInvalid: there is no such scenario, or it cannot be played.
        """
        return RolePlay(load_scenario(scenario_id), self.binding, module=self.module_id)

    def quiz(self, quiz_id: str) -> Quiz:
        """A quiz of the module's question file.

        Raises:
            ContentMissing, SyllabusInvalid: there is no such quiz, or the file has faults.
        """
        return Quiz(self._questions().quiz(quiz_id), self.binding, module=self.module_id)

    def prediction(self, prediction_id: str) -> Prediction:
        """A prediction of the module's question file.

        Raises:
            ContentMissing, SyllabusInvalid: there is no such prediction, or the file has faults.
        """
        return Prediction(self._questions().prediction(prediction_id), self.binding, module=self.module_id)

    def compare_first_call(self) -> Compare:
        """The learner's first and latest run of the onboarding call, side by side."""
        return Compare(load_scenario(FIRST_CALL), self.binding)

    def _questions(self) -> Questions:
        return questions.load(self.module_id)


def lesson(module_id: str, *, binding: Binding | None = None) -> Lesson:
    """Open a lesson; `start` is the one before the first module.

    Outside a course workspace everything works and nothing is kept; each widget says so.
    """
    bound = binding or bind()
    try:
        bound.store.append("initialized", f"{module_id}/lesson")
    except StoreError as error:
        bound = Binding(bound.store, bound.learner, bound.transcripts, bound.holder, note=f"Not recorded. {error}")
    return Lesson(module_id, bound)
