"""What learners see in a notebook: role-play, quiz, prediction. Views only; the engine and the store decide.

Usage:
    >>> from techsell.widgets import lesson
    >>> here = lesson("discovery_conversation")  # doctest: +SKIP
    >>> here.roleplay("cobalt_ridge")  # doctest: +SKIP
"""

from __future__ import annotations

from .binding import Binding, bind
from .compare import Compare
from .lesson import Lesson, lesson
from .prediction import Prediction
from .quiz import Quiz
from .roleplay import RolePlay

__all__ = ["Binding", "Compare", "Lesson", "Prediction", "Quiz", "RolePlay", "bind", "lesson"]
