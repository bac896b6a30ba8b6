"""A Dask cluster as a crew: the same work, on other machines.

The machines need this package and what it needs, in the same version; they get hand-ins and exercises as bytes and
see neither the course's folder nor the gradebook. An exercise travels once to each of their processes.
"""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import techsell
from techsell.errors import GradingError
from techsell_grading.grader import Limits, Verdict, worker
from techsell_grading.grader.worker import Unit
from techsell_grading.supervise import Crew, CrewBroken, Work

__all__ = ["Cluster"]

_ANSWER = 30.0
"""seconds for the scheduler to answer and for a first worker to be there"""

_DIED = frozenset({"KilledWorker", "CancelledError", "FutureCancelledError"})
"""What Dask calls work whose process died again and again, or went away with its connection."""


class Cluster:
    """The workers behind a scheduler's address (`tcp://host:8786`, `tls://…`, or a scheduler file's content).

    Raises:
        GradingError: no such scheduler, no workers, or workers with another version of this package.
    """

    def __init__(self, address: str, unit: Unit) -> None:
        self._address, self._unit = address, unit
        try:
            import distributed
        except ImportError as error:
            cure = "Install it with: pip install 'techsell[cluster]'"
            raise GradingError("A cluster needs the package 'distributed'", cure=cure) from error
        try:
            client: Any = distributed.Client  # untyped
            self._client = client(address, timeout=_ANSWER, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise self._gone(f"There is no Dask scheduler that answers: {error}") from error
        try:
            self._client.wait_for_workers(1, timeout=_ANSWER)
            versions = set(self._client.run(_version).values())
            self._size = max(1, int(sum(self._client.nthreads().values())))
        except Exception as error:
            self._client.close()
            raise self._gone(f"The cluster's workers cannot grade: {type(error).__name__}: {error}") from error
        self._executor = self._client.get_executor(pure=False)  # the same work twice is work twice
        if versions != {techsell.__version__}:
            self._client.close()
            raise self._gone(f"The cluster's workers have techsell {', '.join(sorted(versions))}")

    @property
    def size(self) -> int:
        return self._size

    def submit(self, work: Work, limits: Limits) -> Future[Verdict]:
        answer: Future[Verdict] = Future()
        self._send(answer, work, limits, again=False)
        return answer

    def broke(self, error: BaseException) -> bool:
        return isinstance(error, CrewBroken) or type(error).__name__ in _DIED

    def rebuild(self) -> None:
        """Dask replaces dead workers itself; what is left to do is to see that there are some.

        Raises:
            GradingError: there are none.
        """
        try:
            self._client.wait_for_workers(1, timeout=_ANSWER)
        except Exception as error:
            raise self._gone(f"The cluster has no workers any more: {type(error).__name__}: {error}") from error

    def end_all(self) -> None:
        raise self._gone("The cluster does not answer any more")

    def alone(self) -> Crew:
        return self

    def close(self, *, now: bool) -> None:
        """Leave the cluster; what is still under way there is forgotten by it."""
        with suppress(Exception):
            self._client.close()

    def _send(self, answer: Future[Verdict], work: Work, limits: Limits, *, again: bool) -> None:
        """Send the work, the second time with the exercise, and pass on what comes back."""
        source = work.source.data if again else None
        words = (self._unit, work.submission, work.source.sha, source, limits)

        def pass_on(done: Future[Verdict | None]) -> None:
            try:
                verdict = done.result()
            except BaseException as error:  # whatever Dask raises belongs to whoever waits
                if not again and type(error).__name__ not in _DIED:
                    # The unit never raises. Dask stumbles where a worker dies just after it gave a result.
                    self._send(answer, work, limits, again=True)
                    return
                answer.set_exception(error if isinstance(error, Exception) else CrewBroken(type(error).__name__))
                return
            if verdict is not None:
                answer.set_result(verdict)
            elif again:
                answer.set_exception(CrewBroken("the exercise did not arrive"))
            else:
                self._send(answer, work, limits, again=True)

        try:
            self._executor.submit(_grade_there, *words).add_done_callback(pass_on)
        except Exception as error:
            if again:
                answer.set_exception(CrewBroken(str(error)))
                return
            raise CrewBroken(str(error)) from error

    def _gone(self, said: str) -> GradingError:
        return GradingError(
            said,
            place=self._address,
            cure="Start 'dask scheduler' and 'dask worker ADDRESS' with the same techsell there, and grade again; "
            "what was graded is kept",
        )


def _grade_there(unit: Unit, submission: bytes, sha: str, source: bytes | None, limits: Limits) -> Verdict | None:
    if source is not None:
        worker.keep(sha, source)
    return worker.grade(unit, submission, sha, limits)


def _version() -> str:
    return techsell.__version__
