"""Several programs at once, and programs that are killed: is anything lost, doubled or half written?"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from techsell.errors import ConversationInUse
from techsell.processes import is_gone, this_process
from techsell.progress import Store

APPEND = """
import sys
from techsell.progress import Store
with Store.open(sys.argv[1], learner=sys.argv[2], busy_timeout=60) as store:
    for n in range(int(sys.argv[3])):
        store.append("answered", "m/q", result={"n": n, "why": "x" * 400})
        print(n, flush=True)
"""

TALK = """
import sys
from techsell.progress import Store
store = Store.open(sys.argv[1])
journal = store.journal(sys.argv[2], holder=sys.argv[3])
first = len(journal.read()) // 3
for turn in range(first, first + int(sys.argv[4])):
    journal.append([f"{turn}-{part}" for part in "abc"])
    print(turn, flush=True)
sys.stdin.read()
"""


def run(code: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def kill_after(child: subprocess.Popen[str], lines: int) -> list[str]:
    """Kill a child without warning after it has printed some lines; all that it printed before it died."""
    assert child.stdout is not None
    printed = [child.stdout.readline() for _ in range(lines)]
    child.kill()
    rest, _ = child.communicate()
    return [line for line in (*printed, *rest.splitlines(keepends=True)) if line.endswith("\n")]


def sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def test_nothing_is_lost_when_several_programs_append(database: Path) -> None:
    """Four programs that also race for making the store."""
    children = [run(APPEND, database, f"L-{name}", 40) for name in "ABCD"]
    assert [child.wait(timeout=120) for child in children] == [0, 0, 0, 0]
    for child in children:
        child.communicate()
    with Store.open(database) as store:
        events = store.events()
    for name in "ABCD":
        assert [event.result["n"] for event in events if event.learner == f"L-{name}"] == list(range(40))
    assert len({event.id for event in events}) == 160


@pytest.mark.parametrize("lines", [1, 3, 8])
def test_a_killed_writer_leaves_everything_it_had_finished(database: Path, lines: int) -> None:
    printed = kill_after(run(APPEND, database, "L-A", 100_000), lines)
    assert sound(database)
    with Store.open(database) as store:
        numbers = [event.result["n"] for event in store.events()]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= len(printed) >= lines


def test_a_killed_conversation_ends_with_a_whole_turn_and_goes_on_at_once(database: Path) -> None:
    """The kernel dies between two lines: the turn is there with all its lines or not at all, and the pen is free."""
    with Store.open(database) as store:
        key = store.new_conversation("cobalt_ridge", "practice")
        for round_ in range(3):
            printed = kill_after(run(TALK, database, key, f"kernel-{round_}", 100_000), 3)
            lines = store.lines(key)
            assert len(lines) % 3 == 0
            assert len(lines) // 3 >= 1 + int(printed[-1])
            assert lines == [f"{n // 3}-{'abc'[n % 3]}" for n in range(len(lines))]
        store.journal(key, holder="the notebook, opened again").append(["and on"])
    assert sound(database)


def test_two_programs_cannot_write_one_conversation(database: Path) -> None:
    with Store.open(database) as store:
        key = store.new_conversation("cobalt_ridge", "practice")
        child = run(TALK, database, key, "the other window", 1)
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(ConversationInUse, match=r"Close it there, or wait \d+ s"):
            store.journal(key, holder="this window")
        kill_after(child, 0)
        store.journal(key, holder="this window").append(["mine"])
        assert store.lines(key)[-1] == "mine"


def test_a_process_is_known_while_it_runs_and_gone_afterwards() -> None:
    code = "from techsell.processes import this_process; print(this_process(), flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    name = child.stdout.readline().strip()
    assert not is_gone(name)
    child.communicate("\n")
    assert is_gone(name)


def test_an_id_that_another_process_has_now_counts_as_gone() -> None:
    assert not is_gone(this_process())
    earlier = re.sub(r'"began": \d+', '"began": 1000', this_process())
    assert is_gone(earlier)


@pytest.mark.parametrize(
    "name",
    ["", "{", "[]", '{"host": "elsewhere", "pid": 1}', pytest.param(f'{{"pid": {os.getpid()}}}', id="without a host")],
)
def test_what_cannot_be_told_counts_as_running(name: str) -> None:
    assert not is_gone(name)
