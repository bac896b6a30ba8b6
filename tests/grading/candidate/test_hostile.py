"""Cells that turn against their own process: what the program sends stays well formed, bounded, and one answer each."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from techsell_grading.grader.wire import Closed

LOOP = "def spin():\n    open('inside', 'w').close()\n    while True: pass\n"


@pytest.mark.parametrize(
    "code",
    [
        LOOP + "spin()",
        "import time\nopen('inside', 'w').close()\ntime.sleep(60)",
        "import asyncio\nopen('inside', 'w').close()\nawait asyncio.sleep(60)",
        "import asyncio\nasync def f():\n    open('inside', 'w').close()\n    await asyncio.sleep(9)\nasyncio.run(f())",
        "import subprocess\nopen('inside', 'w').close()\nsubprocess.run(['sleep', '60'])",
        "import threading\nopen('inside', 'w').close()\nthreading.Event().wait()",
        "import signal\nsignal.pthread_sigmask(signal.SIG_UNBLOCK, [2])\n" + LOOP + "spin()",
    ],
)
def test_an_interrupt_ends_the_cell_and_nothing_else(candidate, code):
    candidate.run("kept = 5")
    candidate.start(code)
    candidate.waits_in("inside")
    candidate.interrupt()
    assert candidate.answer()["error"] == ["KeyboardInterrupt", ""]
    assert candidate.shown("kept") == "5"


def test_an_interrupt_ends_a_call(candidate):
    candidate.run(LOOP)
    number = candidate.ask("value", name="spin")["id"]
    candidate.judge.send({"op": "call", "id": number, "args": [], "kwargs": {}, "random": None})
    candidate.waits_in("inside")
    candidate.interrupt()
    answer = candidate.judge.receive(time.monotonic() + 20)
    assert answer["error"]["type"] == "KeyboardInterrupt"
    assert candidate.shown("1") == "1"


def test_an_interrupt_ends_a_generator_that_is_drawn(candidate):
    code = "def g():\n    yield 1\n    open('inside', 'w').close()\n    while True: pass\nx = g()"
    candidate.run(code)
    candidate.judge.send({"op": "value", "name": "x"})
    candidate.waits_in("inside")
    candidate.interrupt()
    assert candidate.judge.receive(time.monotonic() + 20)["kind"] == "unsupported"


def test_an_interrupt_on_the_way_out_of_a_cell_leaves_the_border_closed(candidate):
    """A profiling function strikes at the very call that ends the learner's turn."""
    code = (
        "import os, sys\ndef strike(frame, event, arg):\n    if frame.f_code.co_name == '_leave' and event == 'call':\n"
    )
    code += "        os.kill(os.getpid(), 2)\nclass A:\n    def __call__(self): pass\n    @property\n"
    candidate.run(code + "    def __doc__(self): sys.setprofile(strike)\nx = A()")
    assert candidate.error("sys.setprofile(strike)")[0] == "KeyboardInterrupt"
    assert candidate.ask("value", name="x")["kind"] == "unsupported"
    for _ in range(3):
        candidate.interrupt()
    assert candidate.shown("1") == "1"


def test_an_interrupt_between_cells_is_nothing(candidate):
    candidate.run("")
    for _ in range(50):
        candidate.interrupt()
    assert candidate.shown("1") == "1"


def test_between_cells_an_interrupt_waits_and_is_dropped(candidate):
    """Whatever a cell has made of the signal: outside it is blocked, and its handler is ours."""
    candidate.run("import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)")
    blocked = next(
        line for line in Path(f"/proc/{candidate.pid}/status").read_text().splitlines() if line.startswith("SigBlk")
    )
    assert int(blocked.split()[1], 16) & 1 << (signal.SIGINT - 1)
    for _ in range(20):
        candidate.interrupt()
        assert candidate.shown("1") == "1"
    candidate.run("def deaf(*_): raise SystemExit\nsignal.signal(signal.SIGINT, deaf)")
    candidate.interrupt()
    assert candidate.ask("value", name="nothing") == {"kind": "missing"}
    assert candidate.shown("2") == "2"


def test_interrupts_at_any_moment_leave_one_answer_each(candidate):
    """Wherever an interrupt strikes, in the cell, in IPython or in between, the next answer is the right one."""
    candidate.run("import time")
    for number in range(150):
        candidate.start(f"x = {number}\n[i for i in range(200)]\nprint('y')\nx")
        end = time.monotonic() + (number % 50) * 4e-5
        while time.monotonic() < end:
            pass
        candidate.interrupt()
        answer = candidate.answer()
        assert answer["error"] in (None, ["KeyboardInterrupt", ""])
        assert candidate.shown(f"'after {number}'") == f"'after {number}'"


@pytest.mark.parametrize(
    "swallow",
    [
        "while True:\n    try:\n        here()\n        while True: pass\n    except KeyboardInterrupt: pass",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nhere()\nwhile True: pass",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [2])\nhere()\nwhile True: pass",
    ],
)
def test_a_cell_that_swallows_interrupts_stays_to_be_killed_and_says_nothing(candidate, swallow):
    candidate.run("def here(): open('inside', 'w').close()")
    candidate.start(swallow)
    candidate.waits_in("inside")
    candidate.interrupt()
    with pytest.raises(Exception, match="in time"):
        candidate.answer(0.3)
    os.kill(candidate.pid, signal.SIGKILL)
    with pytest.raises(Closed):
        candidate.answer()


def test_a_cell_that_swallows_one_interrupt_and_goes_on_is_done(candidate):
    code = (
        "try:\n    open('inside', 'w').close()\n    while True: pass\nexcept KeyboardInterrupt: pass\nprint('went on')"
    )
    candidate.start(code)
    candidate.waits_in("inside")
    candidate.interrupt()
    answer = candidate.answer()
    assert (answer["error"], answer["outputs"][0]["text"]) == (None, "went on\n")


def test_a_handler_that_was_left_behind_is_not_asked(candidate):
    candidate.run(
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.pthread_sigmask(signal.SIG_BLOCK, [2])"
    )
    candidate.start(LOOP + "spin()")
    candidate.waits_in("inside")
    candidate.interrupt()
    assert candidate.answer()["error"] == ["KeyboardInterrupt", ""]


def test_a_fork_that_comes_back_answers_nothing(candidate):
    answer = candidate.run("import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint('once')")
    assert answer["error"] is None
    assert sorted("".join(o["text"] for o in answer["outputs"]).split()) == ["once", "once"]
    assert candidate.shown("'next'") == "'next'"
    candidate.run("def f():\n    pid = os.fork()\n    if pid: os.waitpid(pid, 0)\n    return bool(pid)")
    assert candidate.call("f")["value"] is True
    assert candidate.shown("'next'") == "'next'"


def test_a_fork_holds_no_line_to_the_judge(candidate):
    candidate.run("import os, time\nif not os.fork():\n    time.sleep(60)\nopen('inside', 'w').close()")
    candidate.waits_in("inside")
    candidate.start("os._exit(0)")
    with pytest.raises(Closed):
        candidate.answer(5)


@pytest.mark.parametrize(
    "code", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.abort()", "ctypes.string_at(0)", "os.closerange(3, 500)"]
)
def test_a_process_that_is_gone_is_gone(candidate, code):
    candidate.start(f"import os, ctypes\n{code}")
    with pytest.raises(Closed):
        candidate.answer(10)


TAMPERING = [
    "import builtins\nfor name in 'len isinstance type str int dict list min max any print'.split():\n"
    "    setattr(builtins, name, None)",
    "import builtins\nbuiltins.len = lambda x: 0",
    "import builtins\nfor name in dir(builtins):\n    if name not in ('setattr', 'builtins'): delattr(builtins, name)",
    "import sys\nsys.setrecursionlimit(60)",
    "import sys\ndef tracer(*a):\n    raise ValueError('traced')\nsys.settrace(tracer)",
    "import sys\ndef profiler(*a):\n    raise ValueError('profiled')\nsys.setprofile(profiler)",
    "from signal import *\ndef ring(*a): raise ValueError\nsignal(SIGALRM, ring)\nsetitimer(ITIMER_REAL, .001, .001)",
    "shell = get_ipython()\nshell.run_cell = shell.run_cell_async = None",
    "type(get_ipython()).run_cell = None",
    "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.run_cell = lambda *a, **k: 5",
    "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell._run_cell = lambda *a, **k: None",
    "get_ipython().displayhook.exec_result = 5\nget_ipython().displayhook = 5",
    "get_ipython().stage = None",
    "get_ipython().user_ns = {}",
    "get_ipython().user_module.__dict__.clear()",
    "get_ipython().events.register('post_execute', lambda: 1 / 0)",
    "get_ipython().events.register('pre_execute', lambda: exit())",
    "get_ipython().ast_transformers.append(5)",
    "get_ipython().input_transformers_post.append(lambda lines: ['x = = 1'])",
    "get_ipython().compile = None",
    "get_ipython().compile.sources.clear()\nget_ipython().compile.sources['/cell/2.py'] = 5",
    "get_ipython().history_manager = None",
    "get_ipython().display_formatter.active_types = ['text/html', 'image/png']",
    "get_ipython().display_formatter.format = lambda *a, **k: ({'text/plain': 5, 'image/png': {}, 'x': {}}, None)",
    "get_ipython().display_pub.publish(5)\nget_ipython().display_pub.publish({'text/plain': 'x' * 10_000_000})",
    "class S(str): pass\nfrom collections import *\nget_ipython().display_pub.publish(ChainMap({'text/plain': S()}))",
    "get_ipython().execution_count = 'many'",
    "get_ipython().execution_count = 10**5000",
    "get_ipython().showtraceback((5, 6, 7))\nget_ipython().showtraceback(5)",
    "import linecache\nlinecache.cache.clear()\nlinecache.getline = None",
    "import sys\nsys.modules.clear()",
    "import sys\nsys.displayhook = sys.excepthook = None\nsys.path = 5",
    "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Collector': o._kept.append(5)",
    "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ in ('Names', 'Functions'): vars(o).clear()",
    "import os\nos.write = os.getpid = os.fstat = os.pread = os._exit = None",
    "import time, struct, json\ntime.monotonic = struct.pack = json.dumps = None",
    "import matplotlib.pyplot as plt\nplt.close = None\nplt.plot([1])",
    "import threading\nthreading.RLock = threading.Lock = None",
    "import os\nos.chdir('/')\nos.environ.clear()",
    "import atexit\natexit._run_exitfuncs()",
    "import random, numpy\nrandom.setstate = numpy.random.set_state = None",
    "import warnings\nwarnings.simplefilter('error')",
    "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
    "import gc\ngc.disable()\nimport decimal\ndecimal.getcontext().prec = 1",
]  # fmt: skip


@pytest.mark.parametrize("code", TAMPERING)
def test_tampering_breaks_nothing_but_the_learners_own(candidate, code):
    """Each cell has one answer of the usual shape, or the process is gone; nothing else ever comes over the wire."""
    probes = [code, "x = 1\nprint(x)\nx + 1", "1 / 0", "def f(a): return a"]
    try:
        for probe in probes:
            answer = candidate.run(probe, limit=10_000)
            assert len(str(answer)) < 100_000
            for output in answer["outputs"]:
                assert output["output_type"] in ("stream", "execute_result", "display_data", "error")
                assert set(output.get("data", {})) <= {"text/plain", "image/png", "image/jpeg"}
                assert all(type(text) is str for text in output.get("data", {}).values())
        for message in ({"op": "value", "name": "f"}, {"op": "names"}, {"op": "value", "name": "x"}):
            assert candidate.ask(message.pop("op"), **message)
        answer = candidate.ask("call", id=0, args=[1], kwargs={}, random=None)
        assert {"kind", "args", "kwargs", "stdout", "stderr", "error", "random"} <= set(answer)
    except Closed:
        pass


def test_texts_that_are_not_quite_texts_are_not_shown(candidate):
    code = "class S(str):\n    def __getitem__(self, at): return self\n    def isascii(self): return True\n"
    code += "get_ipython().display_pub.publish({'text/plain': S('x'), 'image/png': S('y')})\nprint(S('z'))"
    answer = candidate.run(code)
    assert answer["error"] is None
    assert answer["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "z\n"}]


def test_outputs_that_were_tampered_with_are_given_up(candidate):
    code = "import gc\nprint('x')\ndisplay(1)\nfor o in gc.get_objects():\n    if type(o).__name__ == '_Output':\n"
    answer = candidate.run(code + "        o.data = {'text/plain': object()}")
    assert (answer["outputs"], answer["truncated"]) == ([], True)
    assert answer["error"] == ["NotPlain", "What this cell shows cannot be handed over."]
    assert candidate.shown("1") == "1"


@pytest.mark.parametrize(
    "code",
    [
        "import builtins\nbuiltins.print = builtins.round = None",
        "import sys\nsys.setrecursionlimit(60)",
        "import sys\ndef tracer(*a):\n    raise ValueError('traced')\nsys.settrace(tracer)",
        "import os, time\ntime.monotonic = os.write = None",
        "get_ipython().showtraceback = lambda *a, **k: None",
        "import warnings\nwarnings.simplefilter('error')",
        "from signal import *\nsignal(SIGALRM, lambda *a: 1 / 0)\nsetitimer(ITIMER_REAL, .001, .001)",
        "get_ipython().stage = None",
        "import os, sys\nos.environ.clear()\nsys.path.clear()",
    ],
)
def test_an_accident_in_one_cell_leaves_the_others_their_results(candidate, code):
    candidate.run(code)
    assert candidate.error("1 / 0")[0] == "ZeroDivisionError"
    answer = candidate.run("def f(a): return a\nvalue = [1, 2]")
    assert answer["bound"] == ["f", "value"]
    assert candidate.value("value") == [1, 2]
    assert candidate.call("f", {"a": 1})["value"] == {"a": 1}


def test_a_low_limit_of_calls_is_the_learners_only(candidate):
    candidate.run("import sys\nsys.setrecursionlimit(60)\ndeep = []")
    candidate.run("for _ in range(50): deep = [deep]")
    assert str(candidate.value("deep")) == "[" * 51 + "]" * 51


@pytest.mark.parametrize("kind", ["trace", "profile"])
def test_a_tracing_function_sees_nothing_of_the_program(candidate, kind):
    code = f"import sys\nseen = set()\ndef look(frame, *_): seen.add(frame.f_code.co_name)\nsys.set{kind}(look)\n"
    candidate.run(code + "def f(): return 1\nf()")
    assert "f" in candidate.value("seen")
    assert not {"_send", "for_judge", "for_parent", "collected"} & candidate.value("seen")


def test_a_built_in_that_was_replaced_is_so_for_the_learner_only(candidate):
    candidate.run("import builtins\nbuiltins.round = lambda x: 'mine'\ndef f(): return round(1)")
    assert candidate.call("f")["value"] == "mine"
    assert candidate.shown("round(1.2)") == "'mine'"
    candidate.run("del builtins.round")
    assert candidate.call("f")["error"]["type"] == "NameError"


@pytest.mark.parametrize(
    "code",
    [
        "def f(): raise SystemExit",
        "def f():\n    import threading\n    raise threading.ThreadError",
        "def f(): return f",
        "def f(x=1):\n    def f(): return g\n    g = f\n    return g",
        "def f(): raise type('E', (Exception,), {'__str__': lambda s: s.__str__()})",
        "def f():\n    import sys\n    sys.setrecursionlimit(50)\n    return 1",
        "def f():\n    yield from f()",
        "class D(dict):\n    def keys(self): 1 / 0\ndef f(): return D()",
        "def f(): return type('T', (tuple,), {'__iter__': None})((1,))",
        "def f():\n    import gc\n    return [o for o in gc.get_objects() if type(o) is dict][:3]",
        "def f(): raise BaseException(f)",
    ],
)
def test_odd_functions_get_an_answer(candidate, code):
    candidate.run(code)
    answer = candidate.call("f")
    assert answer["kind"] in ("value", "function", "unsupported")
    assert answer["stdout"] == ""
    assert candidate.shown("1") == "1"


def test_memory_that_runs_out_is_an_error_of_the_cell(candidate):
    candidate.run("import resource\nresource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))")
    assert candidate.error("block = bytearray(64 << 30)")[0] == "MemoryError"
    assert candidate.error("rows = []\nwhile True: rows.append(bytearray(50 << 20))")[0] == "MemoryError"
    assert candidate.shown("del rows\n1") == "1"
