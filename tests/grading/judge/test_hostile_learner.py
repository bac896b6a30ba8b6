"""A learner's process can answer anything, late, never, or die: each is an error of the cell, in plain words."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from techsell_grading.grader.wire import Channel, Closed, TimedOut, encode

from .conftest import LIMIT, Bench, Side

FUNCTION = {"kind": "function", "id": 0, "name": "f", "qualname": "f", "doc": None, "signature": None}
RESULT = {"kind": "value", "value": 9, "was": "", "more": False, "then": None, "same": None}
CALLED = {**RESULT, "args": [], "kwargs": {}, "stdout": "", "stderr": "", "error": None, "random": None}
ERROR = {"type": "ValueError", "bases": ["ValueError", "Exception"], "text": "x", "args": ["x"]}
Answer = dict[str, Any] | bytes | None


class Scripted:
    """A learner's process that says what it is told to: `answers` gets each question and gives a message, raw bytes,
    or None to hang up."""

    def __init__(self, sock: socket.socket, answers: Callable[[dict[str, Any]], Answer]) -> None:
        self._socket, self._answers = sock, answers
        self.questions: list[dict[str, Any]] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        channel = Channel(self._socket)
        try:
            while True:
                question = channel.receive()
                self.questions.append(question)
                answer = self._answers(question)
                if answer is None:
                    break
                if isinstance(answer, dict):
                    channel.send({"n": question["n"], **answer})
                else:
                    self._socket.setblocking(True)
                    self._socket.sendall(answer)
                    self._socket.setblocking(False)
        except (Closed, OSError):
            pass
        channel.close()


@pytest.fixture
def against(new_judge: Callable[[socket.socket], Side]) -> Callable[[Callable[..., Answer]], Side]:
    """A judge whose learner answers by the given function."""

    def make(answers: Callable[[dict[str, Any]], Answer]) -> Side:
        ours, theirs = socket.socketpair()
        side = new_judge(theirs)
        Scripted(ours, answers)
        return side

    return make


def run(judge: Side, code: str) -> dict[str, Any]:
    return judge.ask(op="run", code=code, role="test", limit=LIMIT)


def is_a_fault(answer: dict[str, Any]) -> str:
    """It is an error of the cell, for the learner's eyes, and no verdict on the test."""
    assert answer["error"] is not None, answer
    name, text = answer["error"]
    assert name == "AnswerFault", answer
    assert answer["unsupported"] == ""
    assert text.lower().endswith("hand in again.")
    assert [out["ename"] for out in answer["outputs"] if out["output_type"] == "error"] == ["AnswerFault"]
    return str(text)


NO_VALUES: list[dict[str, Any]] = [
    {},
    {"kind": None},
    {"kind": 3},
    {"kind": "value"},
    {"kind": "valu", "value": 9},
    {"kind": "value", "value": [9], "was": "generator"},
    {"kind": "value", "value": 9, "was": "generator", "more": False, "then": None},
    {"kind": "value", "value": [9], "was": "generator", "more": 1, "then": None},
    {"kind": "value", "value": [9], "was": "generator", "more": False, "then": {"type": "ValueError"}},
    {"kind": "value", "value": [[]], "was": "dict_keys"},
    {"kind": "value", "value": [9], "was": "eval"},
    {"kind": "value", "value": 9, "was": "subclass", "type": "int"},
    {"kind": "value", "value": 9, "was": "subclass", "type": 9},
    {"kind": "value", "value": 9, "was": ["x"]},
    {"kind": "function"},
    {**FUNCTION, "id": "0"},
    {**FUNCTION, "id": None},
    {**FUNCTION, "name": 3},
    {**FUNCTION, "doc": 3},
    {**FUNCTION, "signature": [["a"]]},
    {**FUNCTION, "signature": [["a b", "KEYWORD_ONLY", False, None]]},
    {**FUNCTION, "signature": [["a", "NO_KIND", False, None]]},
    {**FUNCTION, "signature": [["a", "VAR_KEYWORD", False, None], ["b", "POSITIONAL_ONLY", False, None]]},
    {**FUNCTION, "signature": [["a", "KEYWORD_ONLY", False, None]] * 2},
    {**FUNCTION, "signature": [[["a"], "KEYWORD_ONLY", False, None]]},
    {**FUNCTION, "signature": [["a", ["KEYWORD_ONLY"], False, None]]},
    {**FUNCTION, "signature": [3]},
    {"kind": "module"},
    {"kind": "unsupported"},
    {"error": "I do not know that"},
]


@pytest.mark.parametrize("answer", NO_VALUES, ids=str)
def test_no_value_is_an_error_of_the_cell(answer: dict[str, Any], against: Any) -> None:
    assert "'f'" in is_a_fault(run(against(lambda _: answer), "try:\n    f\nexcept Exception:\n    pass\n5"))


NO_RESULTS: list[dict[str, Any]] = [
    {},
    {**CALLED, "args": None},
    {**CALLED, "args": [1, 2]},
    {**CALLED, "args": [()]},
    {**CALLED, "args": [[1.0], 3]},
    {**CALLED, "args": ([],)},
    {**CALLED, "args": [[]], "kwargs": {"x": 1}},
    {**CALLED, "args": [[]], "kwargs": None},
    {**CALLED, "args": [[]], "stdout": None},
    {**CALLED, "args": [[]], "stderr": b""},
    {**CALLED, "args": [[]], "error": "ValueError"},
    {**CALLED, "args": [[]], "error": {}},
    {**CALLED, "args": [[]], "error": {**ERROR, "bases": "Exception"}},
    {**CALLED, "args": [[]], "error": {**ERROR, "bases": [3]}},
    {**CALLED, "args": [[]], "error": {**ERROR, "text": None}},
    {**CALLED, "args": [[]], "error": {**ERROR, "args": None}},
    {key: value for key, value in {**CALLED, "args": [[]]}.items() if key != "error"},
    {**CALLED, "args": [[]], "kind": "missing"},
    {**CALLED, "args": [[]], "kind": "function"},
]


@pytest.mark.parametrize("answer", NO_RESULTS, ids=str)
def test_no_result_is_an_error_of_the_cell(answer: dict[str, Any], against: Any) -> None:
    judge = against(lambda question: FUNCTION if question["op"] == "value" else answer)
    is_a_fault(run(judge, "try:\n    got = f([])\nexcept Exception:\n    got = 9\nassert got == 9"))


@pytest.mark.parametrize(
    "state",
    [
        None,
        {},
        {"random": (3, (1, 2), None), "numpy": None},
        {"random": (3, tuple(range(625)), None), "numpy": 5},
        *(
            {"random": None, "numpy": ("MT19937", key, position, 0, 0.0)}
            for key, position in [
                (np.zeros(624, np.uint32), 10**6),
                (np.zeros(624, np.uint32), -1),
                (np.zeros(10, np.uint32), 1),
                (np.zeros(624), 1),
            ]
        ),
    ],
    ids=str,
)
def test_no_state_of_chance_is_an_error_of_the_cell(state: Any, against: Any) -> None:
    """NumPy would read beyond its memory at an impossible position."""

    def answers(question: dict[str, Any]) -> Answer:
        if question["op"] == "value":
            return FUNCTION
        known = question["random"]
        sent = {**known, **({"numpy": state["numpy"]} if state["random"] is None else state)} if state else state
        return {**CALLED, "random": sent}

    is_a_fault(run(against(answers), "import numpy as np\nimport random\nrandom.seed(1)\nnp.random.seed(1)\nf()"))


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xff\xff\xff",
        struct.pack(">I", 3) + b"abc",
        struct.pack(">I", 0),
        (lambda body: struct.pack(">I", len(body)) + body)(encode([1, 2])),
        (lambda body: struct.pack(">I", len(body)) + body)(encode({1: 2})),
        (lambda body: struct.pack(">I", len(body)) + body)(encode({"n": 1})[:-1]),
    ],
    ids=repr,
)
def test_what_is_no_message_is_an_error_of_the_cell(raw: bytes, against: Any) -> None:
    questions: list[dict[str, Any]] = []

    def answers(question: dict[str, Any]) -> Answer:
        questions.append(question)
        return raw if len(questions) == 1 else RESULT

    judge = against(answers)
    is_a_fault(run(judge, "f"))
    is_a_fault(run(judge, "assert f == 9"))
    assert len(questions) == 1  # who does not speak the language is not asked again
    assert run(judge, "assert 1 == 1")["error"] is None


def test_a_process_that_hangs_up_is_an_error_of_each_cell_that_needs_it(against: Any) -> None:
    judge = against(lambda question: None if question["op"] == "call" else FUNCTION)
    text = is_a_fault(run(judge, "try:\n    f(3)\nexcept:\n    pass\nfloat(5)"))
    assert text.startswith("Your code ended the Python process")
    assert is_a_fault(run(judge, "f(3)")) == text
    assert run(judge, "float(5)")["outputs"][0]["data"] == {"text/plain": "5.0"}


@pytest.mark.parametrize("answer", [{**FUNCTION, "n": 0}, {**FUNCTION, "n": "1"}, {**FUNCTION, "n": None}], ids=str)
def test_an_answer_to_another_question_is_none(answer: dict[str, Any], against: Any) -> None:
    frame = encode(answer)
    judge = against(lambda _: (struct.pack(">I", len(frame)) + frame) * 2000)
    is_a_fault(run(judge, "f"))


def test_a_silent_process_can_be_interrupted_and_asked_again(against: Any) -> None:
    go_on = threading.Event()
    calls: list[int] = []

    def answers(question: dict[str, Any]) -> Answer:
        if question["op"] == "value":
            return FUNCTION
        calls.append(question["n"])
        if len(calls) == 1:
            go_on.wait(30)
            return {**CALLED, "args": [1], "value": "late"}
        return {**CALLED, "args": [2], "value": "in time"}

    judge = against(answers)
    judge.channel.send({"op": "run", "code": "f(1)", "role": "test", "limit": LIMIT})
    while not calls:
        time.sleep(0.01)
    judge.interrupt()
    answer = judge.channel.receive(time.monotonic() + 10)
    assert answer["error"][0] == "KeyboardInterrupt"
    go_on.set()
    answer = run(judge, "assert f(2) == 'in time', f(2)")
    assert answer["error"] is None, answer


def test_an_interrupt_between_two_cells_does_nothing(against: Any) -> None:
    judge = against(lambda _: {"kind": "missing"})
    assert run(judge, "x = 1")["error"] is None
    judge.interrupt()
    assert run(judge, "assert x == 1")["error"] is None


# --- with the real program on the other side ------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_function_that_ends_its_process_earns_nothing(bench: Bench, end: str) -> None:
    bench.learn(f"def f(n):\n    {end}")
    is_a_fault(bench.test("try:\n    f(3)\nexcept BaseException:\n    pass\n1.0"))
    is_a_fault(bench.test("f(3)"))


def test_a_function_that_never_ends_can_be_interrupted_on_the_learners_side(bench: Bench, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    loop = f"    open({str(begun)!r}, 'w').close()\n    while True:\n        pass"
    bench.learn(f"def f(n):\n{loop}\ndef g(n):\n    return n")
    bench.judge.channel.send({"op": "run", "code": "f(3)", "role": "test", "limit": LIMIT})
    begun.read_bytes()  # comes back when the call has begun
    bench.learner.interrupt()
    answer = bench.judge.channel.receive(time.monotonic() + 10)
    assert answer["error"][0] == "KeyboardInterrupt"
    bench.passes("assert g(3) == 3")


def test_a_process_without_its_libraries_earns_nothing(bench: Bench) -> None:
    """It cannot read the table that it is given. Where it then says nothing, its time ends as the grader's does."""
    bench.learn("import sys, types\nsys.modules['pandas'] = types.ModuleType('pandas')\ndef f(table):\n    return 9")
    code = "import pandas\nf(pandas.DataFrame({'a': [1]}))"
    bench.judge.channel.send({"op": "run", "code": code, "role": "test", "limit": LIMIT})
    try:
        answer = bench.judge.channel.receive(time.monotonic() + 5)
    except TimedOut:
        bench.judge.interrupt()
        answer = bench.judge.channel.receive(time.monotonic() + 10)
    assert answer["error"] is not None


@pytest.mark.parametrize(
    "trick",
    [
        "import gc\nfrom techsell_grading.grader.wire import Channel\n"
        "for c in gc.get_objects():\n    if type(c) is Channel: c.close()",
        "import os\nfor n in range(3, 50):\n    try: os.write(n, b'xxxxxxxxxxxx')\n    except OSError: pass",
        "import sys\nsys.setrecursionlimit(50)",
        "import random, numpy\nrandom.getstate = None\nnumpy.random.get_state = None",
        "import builtins\nbuiltins.isinstance = None\nbuiltins.type = None\nbuiltins.list = None",
        "import sys\nfor name in list(sys.modules):\n    if 'grader' in name: del sys.modules[name]",
    ],
)
def test_a_process_that_breaks_itself_earns_nothing(bench: Bench, trick: str) -> None:
    """Whatever the trick does to the learner's own side, a wrong answer stays wrong, and the judge goes on."""
    bench.learn("def f(n):\n    return -1")
    body = trick.replace("\n", "\n    ")
    bench.learn(f"def trick():\n    {body}")
    bench.test("try:\n    trick()\nexcept BaseException:\n    pass")
    answer = bench.test("assert f(3) == 9")
    assert answer["error"] is not None
    assert bench.test("assert 1 == 1")["error"] is None


# --- what the judge understands and today's learner's side need not know --------------------------------------------


def test_a_function_as_an_argument_goes_by_its_number_if_the_other_side_says_so(against: Any) -> None:
    asked: list[dict[str, Any]] = []

    def answers(question: dict[str, Any]) -> Answer:
        if question["op"] == "value":
            return {**FUNCTION, "id": {"twice": 0, "inc": 1}[question["name"]]}
        asked.append(question)
        given = {"given": len(question["given"])} if question["args"][1] == 3 else {}
        return {**CALLED, "args": [None, question["args"][1]], "kwargs": {"g": None}, "value": 5, **given}

    judge = against(answers)
    assert run(judge, "assert twice(inc, 3, g=inc) == 5")["error"] is None
    assert asked[0]["given"] == [["args", 0, 1], ["kwargs", "g", 1]]
    assert asked[0]["args"] == [None, 3]
    assert run(judge, "twice(inc, 4, g=inc)")["unsupported_by"] == "test"


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        ({"value": ["a", "b"], "was": "dict_keys"}, "assert got == {'a', 'b'} and list(got) == ['a', 'b']"),
        ({"value": [2, 1], "was": "dict_values"}, "assert sorted(got) == [1, 2] and type(got) is type({}.values())"),
        ({"value": [("a", 1)], "was": "dict_items"}, "assert dict(got) == {'a': 1}"),
    ],
    ids=str,
)
def test_values_of_near_relatives_are_compared_as_what_they_hold(
    answer: dict[str, Any], test: str, against: Any
) -> None:
    judge = against(lambda _: {**RESULT, **answer})
    assert run(judge, test)["error"] is None
