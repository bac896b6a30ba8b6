"""Is everybody served in turn, and is there an end to how much is taken?"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell_grading.service.counter import Busy, Closing, Counter


@pytest.fixture
def counter() -> Iterator[Counter[str]]:
    made: Counter[str] = Counter(2, places=4, room=100, each=3)
    yield made
    made.stop(10)
    made.close()


class Held:
    """Work that waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.go.wait(30)
        return "done"


def test_places_bytes_and_ones_own_are_limited_and_given_back(counter: Counter[str]) -> None:
    own = [counter.place("a", 1) for _ in range(3)]
    with pytest.raises(Busy) as mine:
        counter.place("a", 1)
    assert mine.value.yours
    last = counter.place("b", 1)
    with pytest.raises(Busy) as full:
        counter.place("c", 1)
    assert not full.value.yours
    assert full.value.seconds > 0
    for place in (*own, last, last):  # leaving twice gives one place back
        place.leave()
    assert counter.waiting == 0
    large = counter.place("a", 500)  # alone even what is larger than the room
    with pytest.raises(Busy):
        counter.place("b", 1)
    large.leave()
    assert counter.place("b", 1).take_turn(lambda: "x").result(10) == "x"
    assert counter.waiting == 0


def test_a_failure_is_for_whoever_waits_and_the_next_one_is_served(counter: Counter[str]) -> None:
    def fail() -> str:
        raise KeyError("no")

    first, second = (counter.place("a", 1).take_turn(work) for work in (fail, lambda: "yes"))
    with pytest.raises(KeyError):
        first.result(10)
    assert second.result(10) == "yes"


def test_when_it_closes_who_waits_is_sent_away_and_who_is_served_is_finished(counter: Counter[str]) -> None:
    held = Held()
    served = counter.place("a", 1).take_turn(held)
    waiting = counter.place("a", 1).take_turn(lambda: "never")
    outside = counter.place("b", 1)
    assert held.begun.wait(10)
    assert counter.stop(0.01) == 2
    with pytest.raises(Closing):
        waiting.result(10)
    with pytest.raises(Closing):
        counter.place("c", 1)
    with pytest.raises(Closing):
        outside.take_turn(lambda: "late").result(10)
    held.go.set()
    assert served.result(10) == "done"
    assert counter.stop(10) == 0


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from("abc"), max_size=30))
def test_ones_own_are_served_one_by_one_in_order_whatever_comes_between(people: list[str]) -> None:
    counter: Counter[int] = Counter(3, places=100, each=100)
    order: dict[str, list[int]] = {}
    inside: dict[str, int] = {}

    def work(who: str, number: int) -> int:
        inside[who] = inside.get(who, 0) + 1
        assert inside[who] == 1
        order.setdefault(who, []).append(number)
        inside[who] -= 1
        return number

    def enqueue(who: str, number: int) -> object:
        return counter.place(who, 1).take_turn(lambda: work(who, number))

    futures = [enqueue(who, number) for number, who in enumerate(people)]
    assert [future.result(30) for future in futures] == list(range(len(people)))  # type: ignore[attr-defined]
    assert order == {who: [n for n, one in enumerate(people) if one == who] for who in set(people)}
    assert counter.stop(10) == 0
    assert counter.waiting == 0
    counter.close()
