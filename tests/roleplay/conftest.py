"""A small scenario of our own and a caller who plays it twice: kept in memory, and reloaded after every turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, MemoryJournal, load_scenario
from techsell.roleplay.model import Scenario
from techsell.roleplay.state import State, Turn

DATA = Path(__file__).parent / "data"


class Ticking:
    """A clock that goes one second at every look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Call:
    """A conversation; in the `saved` way it is dumped and resumed from its lines after each step."""

    def __init__(self, scenario: Scenario, way: str, **start: Any) -> None:
        self.scenario = scenario
        self.way = way
        self.clock = Ticking()
        self.talk = Conversation.start(scenario, clock=self.clock, **{"seed": 3, **start})
        self._reload()

    def _reload(self) -> None:
        if self.way == "saved":
            lines = self.talk.transcript().splitlines()
            again = Conversation.resume(self.scenario, MemoryJournal(lines), self.clock)
            assert again.transcript() == self.talk.transcript()
            assert again.state == self.talk.state
            assert again.log == self.talk.log
            self.talk = again

    def do(self, verb: str, *words: str) -> Any:
        result = getattr(self.talk, verb)(*words)
        self._reload()
        return result

    def say(self, *options: str) -> Turn:
        """Pick options by id, wherever they stand in the menu; returns the last turn."""
        for option in options:
            self.do("pick", option)
        return self.state.history[-1]

    @property
    def state(self) -> State:
        return self.talk.state

    def reactions(self) -> list[str]:
        """Those of the last turn."""
        return [reacted.reaction for reacted in self.state.history[-1].reactions]

    def spoken(self) -> list[str]:
        """What customers said in the last turn."""
        return [line.text for line in self.state.history[-1].lines if line.speaker != "you"]


@pytest.fixture(scope="session")
def wash_down_path() -> Path:
    return DATA / "wash_down.yaml"


@pytest.fixture(scope="session")
def wash_down(wash_down_path: Path) -> Scenario:
    """The small scenario; seeds 3, 4, 5 play its variants a, b, c."""
    return load_scenario(wash_down_path)


@pytest.fixture(params=["live", "saved"])
def call(request: pytest.FixtureRequest, wash_down: Scenario) -> Callable[..., Call]:
    """`call(seed=3)` starts a conversation with the small scenario."""

    def start(scenario: Scenario = wash_down, **words: Any) -> Call:
        return Call(scenario, request.param, **words)

    return start
