"""Is the work handed out piece by piece, and does nobody's hand-in take another one along?"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from techsell.errors import GradingError
from techsell_grading.grader import Limits, Verdict
from techsell_grading.sources import Packed
from techsell_grading.supervise import CrewBroken, Supervisor, Work

SOURCE = Packed(b"", "sha")


def verdict(learner: str) -> Verdict:
    return Verdict("valves", learner, "", "", ())


class Hands:
    """A crew that grades when it is told to: the test decides what happens to each hand-in."""

    def __init__(self, size: int = 2, what: Callable[[str], object] = verdict) -> None:
        self.size, self.what = size, what
        self.under_way: deque[tuple[str, Future[Verdict]]] = deque()
        self.most = self.rebuilt = 0
        self.broken = False
        self.last = False
        """whether no more work is to be expected"""
        self.endless: list[Future[Verdict]] = []
        self.log: list[str] = []
        self.lonely: list[Hands] = []

    def submit(self, work: Work, limits: Limits) -> Future[Verdict]:
        if self.broken:
            raise CrewBroken
        future: Future[Verdict] = Future()
        self.under_way.append((work.submission.decode(), future))
        self.most = max(self.most, len(self.under_way))
        if len(self.under_way) == 2 * self.size or self.last:
            self.finish()
        return future

    def finish(self) -> None:
        """Give back what is under way; one that kills takes all the others along."""
        while self.under_way:
            learner, future = self.under_way.popleft()
            self.log.append(learner)
            came = CrewBroken() if self.broken else self.what(learner)
            if isinstance(came, CrewBroken):
                self.broken = True
            if isinstance(came, Exception):
                future.set_exception(came)
            elif isinstance(came, Verdict):
                future.set_result(came)
            else:
                self.endless.append(future)

    def broke(self, error: BaseException) -> bool:
        return isinstance(error, CrewBroken)

    def rebuild(self) -> None:
        self.rebuilt += 1
        self.broken = False

    def end_all(self) -> None:
        self.log.append("end all")
        while self.endless:
            self.endless.pop().set_exception(CrewBroken())

    def alone(self) -> Hands:
        self.lonely.append(Hands(1, self.what))
        self.lonely[-1].last = True
        return self.lonely[-1]

    def close(self, *, now: bool) -> None:
        self.log.append("closed now" if now else "closed")


def supervised(crew: Hands, jobs: Iterable[str], patience: float = 30.0) -> dict[str, Verdict]:
    jobs = list(jobs)
    supervisor: Supervisor[str] = Supervisor(crew, load, Limits(), patience=patience)
    left = len(jobs)
    found: dict[str, Verdict] = {}

    def watched() -> Iterable[str]:
        nonlocal left
        for job in jobs:
            left -= 1
            crew.last = left == 0
            yield job

    for batch in supervisor.run(watched()):
        for job, said in batch:
            assert job not in found, "nobody is graded twice"
            found[job] = said
    return found


def load(job: str) -> Work:
    if job == "gone":
        raise GradingError("It cannot be read", cure="Look")
    return Work(job.encode(), SOURCE)


@pytest.fixture(autouse=True)
def _refused(monkeypatch):
    monkeypatch.setattr(
        "techsell_grading.supervise.refusal",
        lambda submission, source, said, limits: Verdict("valves", submission.decode(), "", "", (), notes=(said,)),
    )


def test_everybody_gets_the_own_verdict_and_at_most_twice_the_hands_are_under_way():
    crew = Hands(3)
    names = [f"L-{number}" for number in range(20)]
    found = supervised(crew, names)
    assert {job: said.learner for job, said in found.items()} == {name: name for name in names}
    assert crew.most == 6
    assert crew.log[-1] == "closed"


def test_a_hand_in_is_read_when_its_turn_comes():
    """Of a thousand hand-ins the bytes of at most two for each hand are in memory."""
    held: set[int] = set()
    most = 0
    lock = threading.Lock()

    class Bytes(bytes):
        def __del__(self) -> None:
            with lock:
                held.discard(id(self))

    def heavy(job: str) -> Work:
        nonlocal most
        data = Bytes(job.encode())
        with lock:
            held.add(id(data))
            most = max(most, len(held))
        return Work(data, SOURCE)

    with ThreadPoolExecutor(2) as threads:
        from techsell_grading.pool import Lent

        crew = Lent(threads, 2, lambda submission, *_: verdict(submission.decode()))
        supervisor: Supervisor[str] = Supervisor(crew, heavy, Limits(), patience=30)
        assert sum(len(batch) for batch in supervisor.run(str(number) for number in range(1000))) == 1000
    assert most <= 2 * 2 + 1  # and the one that is just being read


def test_a_dead_process_takes_nobody_along():
    """What was under way runs again, each alone; what kills that too is 0 with the reason."""
    crew = Hands(2, lambda name: CrewBroken() if name == "L-3" else verdict(name))
    found = supervised(crew, [f"L-{number}" for number in range(8)])
    assert len(found) == 8
    assert crew.rebuilt == 1
    assert [name for name, said in found.items() if said.notes] == ["L-3"]
    assert "brought the grading process down" in found["L-3"].notes[0]
    alone = [crew.log for crew in crew.lonely]
    assert alone == [["L-3", "closed now"]], "the others had come back already"


def test_all_that_was_under_way_is_suspected_and_acquitted():
    """One that kills only in company, as when memory ran out, is nobody's zero."""
    seen: list[str] = []

    def once(name: str) -> object:
        seen.append(name)
        return CrewBroken() if name == "L-0" and seen.count(name) == 1 else verdict(name)

    crew = Hands(2, once)
    found = supervised(crew, [f"L-{number}" for number in range(6)])
    assert not any(said.notes for said in found.values())
    assert [hands.log for hands in crew.lonely] == [["L-0", "L-1", "L-2", "L-3", "closed"]]


def test_a_crew_that_is_its_own_crew_for_one_serves_all_suspects():
    """As a cluster: it must not be left behind with the first suspect that kills again."""

    class Everybody(Hands):
        closed = False

        def alone(self) -> Hands:
            self.last = True
            self.broken = False
            return self

        def close(self, *, now: bool) -> None:
            super().close(now=now)
            self.closed = True

        def submit(self, work: Work, limits: Limits) -> Future[Verdict]:
            assert not self.closed
            future = super().submit(work, limits)
            self.broken = self.broken and not self.last  # a cluster replaces its workers
            return future

    deaths = {"L-1": 2}

    def what(name: str) -> object:
        deaths[name] = deaths.get(name, 0) - 1
        return CrewBroken() if deaths[name] >= 0 else verdict(name)

    found = supervised(Everybody(2, what), [f"L-{number}" for number in range(4)])
    assert [name for name, said in found.items() if said.notes] == ["L-1"]


def test_work_that_does_not_end_is_broken_off():
    crew = Hands(2, lambda name: "never" if name == "L-1" else verdict(name))
    found = supervised(crew, ["L-0", "L-1", "L-2"], patience=0.05)
    assert "did not come to an end" in found["L-1"].notes[0]
    assert not found["L-0"].notes
    assert not found["L-2"].notes
    assert crew.log[-2:] == ["end all", "closed"]
    assert [hands.log for hands in crew.lonely] == [["L-1", "end all", "closed now"]]


def test_what_cannot_be_read_is_said_and_the_others_are_graded():
    found = supervised(Hands(2), ["L-0", "gone", "L-1"])
    assert found["gone"].trouble == "It cannot be read. Look."
    assert not found["L-0"].trouble


def test_an_error_of_the_machinery_is_nobodys_zero():
    crew = Hands(1, lambda name: OSError("no more descriptors") if name == "L-0" else verdict(name))
    found = supervised(crew, ["L-0", "L-1"])
    assert found["L-0"].trouble == "Grading failed: OSError: no more descriptors"
    assert not found["L-0"].notes
    assert crew.rebuilt == 0


def test_a_crew_that_cannot_be_rebuilt_ends_the_run():
    class Lost(Hands):
        def rebuild(self) -> None:
            raise GradingError("Nobody is left", cure="Start them")

    crew = Lost(2, lambda name: CrewBroken())
    with pytest.raises(GradingError, match="Nobody is left"):
        supervised(crew, ["L-0", "L-1", "L-2"])
    assert crew.log[-1] == "closed now"


def test_a_stopped_run_gives_what_is_ready_and_breaks_off_the_rest():
    crew = Hands(1)
    supervisor: Supervisor[str] = Supervisor(crew, load, Limits(), patience=30)
    found: list[str] = []
    for batch in supervisor.run(f"L-{number}" for number in range(100)):
        found += [job for job, _ in batch]
        if not supervisor.stopped:
            supervisor.stop(signal.SIGTERM)
    assert found == ["L-0", "L-1", "L-2", "L-3"], "two were ready, and two more when it looked up"
    assert supervisor.stopped == signal.SIGTERM
    assert crew.log[-1] == "closed now"


def test_a_job_can_be_graded_once_more():
    crew = Hands(1)
    crew.last = True
    supervisor: Supervisor[str] = Supervisor(crew, load, Limits(), patience=30)
    found: list[str] = []
    for batch in supervisor.run(["L-0", "L-1"]):
        for job, _ in batch:
            if not found:
                supervisor.again(job)
            found.append(job)
    assert sorted(found) == ["L-0", "L-0", "L-1"]
