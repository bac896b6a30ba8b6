"""Handing in from the page: a process of its own that stays for a while, so that only the first time is slow.

It does what `techsell submit` does. Where a grader is at hand, its libraries and sandboxes stay warm in it; none of
that is in the server that everything else of the page depends on. It ends with the server, or when nobody hands in.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from techsell.errors import HandInError, TechsellError

__all__ = ["Handing", "Said"]

HAND_IN_SECONDS = 600.0
"""Longer than any grading may take: only a hang meets this."""
IDLE_SECONDS = 900.0

_OURS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_PREFER_ENV_PATH", "IPYTHONDIR")
"""Set for this server's Lab and its kernels; a grader has folders of its own."""
_MODULE = "techsell.labserver.handing"
_LAST_SECONDS = 5.0


class Said(HandInError):
    """An error of another process, whose sentence is complete already."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, cure="")
        self.args = (sentence,)

    def __reduce__(self) -> tuple[Any, ...]:
        return Said, self.args


class Handing:
    """The process for one workspace; started when first needed, and again after it has ended. One hand-in at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: SimpleQueue[bytes | None] = SimpleQueue()

    def submit(self, module_id: str) -> dict[str, Any]:
        """Hand in; returns the result as `techsell submit --json` prints it.

        Raises:
            Said: the sentence that the command would say.
            HandInError: another hand-in is under way, or this one does not end.
        """
        if not self._turn.acquire(blocking=False):
            raise HandInError("A hand-in is being graded already", cure="Wait for its feedback, then press again")
        try:
            return self._result(module_id, self._asked(module_id))
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the process; what it is doing, it finishes if that is quick."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _asked(self, module_id: str) -> bytes | None:
        """Its answer as it came; None when it ended without one."""
        question = json.dumps({"module": module_id}).encode() + b"\n"
        for process in (self._running(), None):
            found = process or self._started()
            try:
                if found.stdin is None:
                    raise BrokenPipeError
                found.stdin.write(question)
                found.stdin.flush()
            except OSError:  # it had just ended, since nobody had asked for long
                continue
            try:
                answer = self._answers.get(timeout=HAND_IN_SECONDS)
            except Empty:
                found.kill()
                found.wait()
                raise HandInError(
                    f"The hand-in of {module_id} took longer than {HAND_IN_SECONDS / 60:.0f} minutes and was stopped",
                    cure=f"Run 'techsell submit {module_id}' in a terminal to see where it stands",
                ) from None
            if answer is not None or found.wait() != 0:
                return answer
        return None

    @staticmethod
    def _result(module_id: str, answer: bytes | None) -> dict[str, Any]:
        try:
            said = json.loads(answer or b"")
        except ValueError:
            said = None
        if isinstance(said, dict) and isinstance(said.get("result"), dict):
            return dict(said["result"])
        if isinstance(said, dict) and isinstance(said.get("said"), str):
            raise Said(said["said"])
        raise Said(
            f"The hand-in of {module_id} ended without a result. Run 'techsell submit {module_id}' in a terminal."
        )

    def _running(self) -> subprocess.Popen[bytes] | None:
        process = self._process
        return process if process is not None and process.poll() is None else None

    def _started(self) -> subprocess.Popen[bytes]:
        self.close()
        environment = {name: value for name, value in os.environ.items() if name not in _OURS}
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE],
            cwd=self._root,
            env={**environment, "TECHSELL_WORKSPACE": str(self._root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._process, self._answers = process, SimpleQueue()
        threading.Thread(target=_listen, args=(process, self._answers), name="handing", daemon=True).start()
        return process


def _listen(process: subprocess.Popen[bytes], answers: SimpleQueue[bytes | None]) -> None:
    """Its answers as they come, then None. A thread waits: not every event loop can (Windows)."""
    if process.stdout is not None:
        with process.stdout as lines:
            for line in lines:
                answers.put(line)
    answers.put(None)


def main(idle: float = IDLE_SECONDS) -> None:
    """The process: a module's name in, a result out, until nobody is there or nobody has asked for long."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no answer
    questions: SimpleQueue[bytes | None] = SimpleQueue()
    threading.Thread(target=_read, args=(questions,), daemon=True).start()
    while True:
        try:
            question = questions.get(timeout=idle)
        except Empty:
            return
        if question is None:
            return
        answer = _hand_in(str(json.loads(question)["module"]))
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _read(questions: SimpleQueue[bytes | None]) -> None:
    """Without Python's buffers, whose lock a thread that waits would take along into the end of the process."""
    rest = b""
    while data := os.read(0, 65536):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            questions.put(line)
    questions.put(None)


def _hand_in(module_id: str) -> dict[str, Any]:
    from techsell import hand_in
    from techsell.course_service import connect
    from techsell.workspace import Workspace

    try:
        workspace = Workspace.resolve()
        return {"result": hand_in.submit(workspace, module_id, service=connect(hand_in.tokens(workspace))).as_dict()}
    except TechsellError as error:
        return {"said": str(error)}
    except Exception:
        logging.getLogger(__name__).exception("the hand-in of %s failed", module_id)
        return {}


if __name__ == "__main__":
    main()
