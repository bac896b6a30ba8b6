"""A candidate and a judge kept warm: joined, ended together, one submission at a time, and replaced when they go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from techsell_grading.grader import Limits
from techsell_grading.grader.sandbox import Child, Warm
from techsell_grading.grader.sandbox.warm import warm


@pytest.fixture(scope="module")
def pair_of(box) -> Iterator[Warm]:
    made = Warm("require", box.limits, candidate=box.program, judge=box.program)
    yield made
    made.close()


def tell(child: Child, code: str) -> None:
    child.channel.send({"code": code})


def hear(child: Child) -> object:
    return child.channel.receive(time.monotonic() + 30).get("out")


def test_candidate_and_judge_talk_to_each_other_and_to_the_grader(pair_of, box):
    with pair_of.pair(box.limits) as (candidate, judge):
        tell(judge, "other.send({'n': 20}); out = other.receive()['n']")
        tell(candidate, "out = other.receive()['n']; other.send({'n': out + 1})")
        assert (hear(candidate), hear(judge)) == (20, 21)
    assert candidate.exit is not None
    assert judge.exit is not None
    assert candidate.exit.killed


def test_they_cannot_see_each_other(pair_of, box):
    with pair_of.pair(box.limits) as (candidate, judge):
        tell(judge, "import os; os.environ['HIDDEN'] = 'x'; open('/tmp/expected', 'w').write('42'); out = os.getpid()")
        hear(judge)
        look = (
            "import os; out = [sorted(n for n in os.listdir('/proc') if n.isdigit()), os.path.exists('/tmp/expected')]"
        )
        tell(candidate, look)
        seen, there = hear(candidate)
        assert len(seen) == 2
        assert not there


def test_the_joining_socket_ends_with_the_other_side(pair_of, box):
    """Neither the grader nor a server keeps an end of it open."""
    with pair_of.pair(box.limits) as (candidate, judge):
        tell(judge, "try:\n    other.receive(); out = 'more'\nexcept Exception as error: out = type(error).__name__")
        tell(candidate, "import os; os._exit(0)")
        assert hear(judge) == "Closed"


def test_an_error_in_the_block_ends_both(pair_of, box):
    with pytest.raises(ZeroDivisionError), pair_of.pair(box.limits) as (candidate, judge):
        raise ZeroDivisionError
    assert candidate.exit is not None
    assert judge.exit is not None
    with pair_of.single(box.limits) as alone:
        tell(alone, "out = other is None")
        assert hear(alone) is True


@pytest.mark.parametrize("side", ["candidate", "judge"])
def test_a_server_that_is_gone_is_replaced(pair_of, box, side):
    pair_of.start()
    os.kill(getattr(pair_of, side).pid, signal.SIGKILL)
    with pair_of.pair(box.limits) as (candidate, judge):
        tell(candidate, "out = 1")
        tell(judge, "out = 2")
        assert (hear(candidate), hear(judge)) == (1, 2)


def test_threads_take_turns(pair_of, box):
    inside, most, done = [0], [0], []

    def grade(number: int) -> None:
        with pair_of.pair(box.limits) as (candidate, _):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            tell(candidate, f"out = {number}")
            done.append(hear(candidate))
            inside[0] -= 1

    threads = [threading.Thread(target=grade, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(6))
    assert most == [1]


def test_closing_and_going_on(pair_of, box):
    pair_of.start()
    pids = [pair_of.candidate.pid, pair_of.judge.pid]
    pair_of.close()
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    with pair_of.single(box.limits) as child:
        tell(child, "out = 1")
        assert hear(child) == 1


def test_a_process_that_was_forked_off_has_sandboxes_of_its_own(pair_of, box):
    pair_of.start()
    pids = [pair_of.candidate.pid, pair_of.judge.pid]
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            with pair_of.single(box.limits) as child:
                tell(child, "out = 'own'")
                status = 0 if hear(child) == "own" and pair_of.candidate.pid not in pids else 2
            pair_of.close()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert [pair_of.candidate.pid, pair_of.judge.pid] == pids
    with pair_of.single(box.limits) as child:
        tell(child, "out = 1")
        assert hear(child) == 1


def test_there_is_one_pair_for_each_mode_in_a_process():
    limits = Limits()
    assert warm("auto", limits) is warm("auto", limits)
    assert warm("auto", limits) is not warm("off", limits)


def test_a_grader_that_ends_leaves_no_sandbox(box, repository):
    """At an ordinary end, without closing anything; nothing is said on the way."""
    lines = [
        "import sys",
        f"sys.path[:0] = {[str(repository / 'course'), str(repository / 'grading')]!r}",
        "from techsell_grading.grader import Limits",
        "from techsell_grading.grader.sandbox import warm",
        "pair = warm('auto', Limits())",
        "pair.start()",
        "print(pair.candidate.pid, pair.judge.pid)",
    ]
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    pids = [int(word) for word in done.stdout.split()]
    assert len(pids) == 2
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
