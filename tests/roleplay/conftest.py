"""A small scenario of our own and a caller who plays it twice: kept in memory, and reloaded after every turn."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, MemoryJournal, canonical, load_scenario, scenario_from_canonical
from techsell.roleplay.model import Move, Scenario
from techsell.roleplay.recogniser import Choice, Recognition, Situation
from techsell.roleplay.state import State, Turn

DATA = Path(__file__).parent / "data"


class Ticking:
    """A clock that goes one second at every look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Ears:
    """A recogniser for tests. It understands option ids, in a small language of its own:

    `ask_seals` is sure, `ask_seals/hello` is sure enough with `hello` as the less favourable reading, `hello|frame` is
    'Did you mean', `rude` and `foreign` are trouble, and of anything else it understands nothing. Words behind a colon
    only make the text longer: `price_short: nine hundred pounds`.
    """

    def __init__(self, name: str = "ears") -> None:
        self.name = name
        self.situations: list[Situation] = []

    def fingerprint(self) -> str:
        return self.name

    def recognise(self, text: str, scenario: Scenario | None = None, situation: Situation | None = None) -> Recognition:
        assert scenario is not None
        assert situation is not None
        self.situations.append(situation)
        known = {option.id: option for option in scenario.options}
        words = re.split(r"[:]", text)[0].strip()

        def found(decision: str, moves: tuple[Move, ...] = (), **more: Any) -> Recognition:
            return Recognition(moves, (900,) * len(moves), (1000, *[0] * 11), (), decision, **more)

        if words in {"rude", "foreign"}:
            return found("accept", (Move(label="other", trouble="rude" if words == "rude" else "foreign"),))
        ids = re.split(r"[|/+]", words)
        if not set(ids) <= set(known):
            return found("rephrase")
        first = known[ids[0]]
        if "|" in words:
            choices = tuple(Choice(f"Meant: {name}.", known[name].moves, known[name].to or "") for name in ids[:3])
            return found("confirm", first.moves, choices=choices)
        if "+" in words:
            moves = tuple(move for name in ids for move in known[name].moves)[:3]
            return found("accept", moves, to=first.to or "")
        low = known[ids[1]].moves if "/" in words else None
        return found("accept", first.moves, to=first.to or "", low=low)


class Call:
    """A conversation; in the `saved` way it is dumped and resumed from its lines after each step."""

    def __init__(self, scenario: Scenario, way: str, **start: Any) -> None:
        self.scenario = scenario
        self.way = way
        self.clock = Ticking()
        self.ears = start.get("recogniser")
        self.talk = Conversation.start(scenario, clock=self.clock, **{"seed": 3, **start})
        self._reload()

    def _reload(self) -> None:
        if self.way == "saved":
            lines = self.talk.transcript().splitlines()
            again = Conversation.resume(self.scenario, MemoryJournal(lines), self.clock, self.ears)
            assert again.transcript() == self.talk.transcript()
            assert again.state == self.talk.state
            assert again.log == self.talk.log
            self.talk = again

    def type(self, *texts: str) -> Turn:
        """Type texts as they are; returns the last turn."""
        for text in texts:
            self.do("say", text)
        return self.state.history[-1]

    def do(self, verb: str, *words: Any) -> Any:
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
def ears() -> Ears:
    """The recogniser that understands option ids; it always answers the same."""
    return Ears()


@pytest.fixture
def other_ears() -> Ears:
    """Another version of it, with an empty memory."""
    return Ears("other ears")


@pytest.fixture(scope="session")
def changed(wash_down: Scenario) -> Callable[..., Scenario]:
    """`changed(lambda data: …)`: the small scenario with something else in it."""

    def make(change: Callable[[dict[str, Any]], object]) -> Scenario:
        data = json.loads(canonical(wash_down))
        change(data)
        return scenario_from_canonical(json.dumps(data, sort_keys=True).encode())

    return make


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
