"""Cells that end in an error: what the answer says, also of errors that lie or never finish speaking."""

from __future__ import annotations

import pytest


def trace(answer):
    return "\n".join(next(o for o in answer["outputs"] if o["output_type"] == "error")["traceback"])


@pytest.mark.parametrize(
    ("code", "name", "text"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("{}['a']", "KeyError", "'a'"),
        ("raise ValueError", "ValueError", ""),
        ("raise ValueError('a', 2)", "ValueError", "('a', 2)"),
        ("class Odd(Exception): pass\nraise Odd('x')", "Odd", "x"),
        ("import sys\nsys.exit(3)", "SystemExit", "3"),
        ("exit()", "SystemExit", ""),
        ("quit", "SystemExit", ""),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", ""),
        ("raise GeneratorExit('x')", "GeneratorExit", "x"),
        ("raise BaseExceptionGroup('all', [ValueError(1)])", "ExceptionGroup", "all (1 sub-exception)"),
        ("def f(x): return f(x)\nf(1)", "RecursionError", "maximum recursion depth exceeded"),
        ("bytearray(1 << 60)", "MemoryError", ""),
        ("raise 3", "TypeError", "exceptions must derive from BaseException"),
        ("assert 1 == 2, 'no'", "AssertionError", "no"),
        ("await 3", "TypeError", "object int can't be used in 'await' expression"),
        ("from techsell.errors import CheckFailed\nraise CheckFailed('so', cure='x')", "CheckFailed", "so. x."),
    ],
)
def test_name_and_text(candidate, code, name, text):
    answer = candidate.run(code)
    assert answer["how"] == "done"
    assert answer["error"] == [name, text]
    (shown,) = [o for o in answer["outputs"] if o["output_type"] == "error"]
    assert (shown["ename"], shown["evalue"]) == (name, text)
    assert candidate.shown("1") == "1"


@pytest.mark.parametrize(
    ("code", "name", "text"),
    [
        ("x = = 2", "SyntaxError", "invalid syntax (1.py, line 1)"),
        (
            "if True:\nx = 1",
            "IndentationError",
            "expected an indented block after 'if' statement on line 1 (1.py, line 2)",
        ),
        ("return 3", "SyntaxError", "'return' outside function (1.py, line 1)"),
        ("'unfinished", "SyntaxError", "unterminated string literal (detected at line 1) (1.py, line 1)"),
        ("x = '\ud800'", "UnicodeEncodeError", None),
        ("x = 1\x00", None, None),
        ("(" * 5000, None, None),
        ("x = " + "-" * 100_000 + "1", None, None),
    ],
)
def test_what_is_not_python(candidate, code, name, text):
    """The form of the text is what `score.py` takes the line number from."""
    said = candidate.error(code)
    assert name in (None, said[0])
    assert text in (None, said[1])
    assert candidate.shown("1") == "1"


def test_the_way_to_the_error_shows_own_lines_only(candidate):
    candidate.run("import json\ndef outer(x):\n    return json.loads(x)")
    answer = candidate.run("outer('1')\nouter('{')")
    text = trace(answer)
    assert "Cell In[2], line 2\n      1 outer('1')\n----> 2 outer('{')" in text
    assert "Cell In[1], line 3, in outer" in text
    assert "json/decoder.py" in text
    assert text.endswith(": ".join(answer["error"]))
    assert "/work" not in text
    assert "/usr" not in text
    assert "candidate" not in text


@pytest.mark.parametrize("code", ["input()", "exit()", "%nosuch", "%time 1 / 0"])
def test_the_machinery_is_left_out_of_the_way(candidate, code):
    text = trace(candidate.run(code))
    assert "Cell In[1], line 1" in text
    assert "IPython/" not in text
    assert "shell.py" not in text


def test_line_numbers_fit_the_text_shown(candidate):
    """IPython drops empty lines at the top, so the numbers are those of what it ran; the text goes along."""
    text = trace(candidate.run("\n\nx = 1\n%time 1\n1 / 0"))
    assert "----> 3 1 / 0" in text
    text = trace(candidate.run("%time x = (1 + \\\n  2)\n1 / 0"))
    assert "----> 2 1 / 0" in text


def test_a_long_way_is_shortened(candidate):
    text = trace(candidate.run("def f(n): return f(n + 1)\nf(0)"))
    assert "more calls" in text
    assert len(text) < 4000


def test_a_syntax_error_shows_the_place(candidate):
    assert "    x = = 2\n        ^" in trace(candidate.run("y = 1\nif y:\n    x = = 2"))


@pytest.mark.parametrize(
    "body",
    [
        "def __str__(self): raise ValueError('worse')",
        "def __str__(self): return 3",
        "def __str__(self): raise self",
        "def __str__(self): return str(self)",
        "def __str__(self): return 'x' * 10_000_000",
        "def __str__(self): return type('S', (str,), {'__len__': lambda s: -1, '__getitem__': None})('sub')",
        "def __getattribute__(self, name): raise ValueError('no attributes')",
        "def __bool__(self): return False",
        "def __eq__(self, other): raise ValueError('no equality')",
        "__class__ = property(lambda self: int)",
        "__traceback__ = property(lambda self: 1 / 0)",
        "args = property(lambda self: 1 / 0)",
        "def _render_traceback_(self): raise ValueError('no traceback')",
        "def __init__(self): pass\n    def __repr__(self): raise ValueError('no repr')",
        "__module__ = 5",
        "__name__ = 5",
        "__slots__ = ()",
    ],
)
def test_an_odd_error_is_an_error(candidate, body):
    code = f"class Odd(Exception):\n    {body}\nraise Odd()"
    answer = candidate.run(code)
    name, text = answer["error"]
    assert name == "Odd"
    assert len(text) <= 4000
    assert "Odd" in trace(answer)
    assert candidate.shown("1") == "1"
    candidate.run("def f(): raise Odd()")
    assert candidate.call("f")["error"]["type"] == "Odd"
    assert candidate.shown("1") == "1"


def test_an_error_without_a_truth_value_is_an_error_all_the_same(candidate):
    """IPython itself asks for it."""
    code = "class Odd(Exception):\n    def __bool__(self): raise ValueError('no truth')\nraise Odd()"
    assert candidate.error(code)[0] in ("Odd", "ValueError")


def test_a_class_that_lies_about_its_name_is_called_by_its_own(candidate):
    code = "class Meta(type):\n    __name__ = 'AssertionError'\n    __mro__ = ()\n"
    code += "class Odd(Exception, metaclass=Meta): pass\nraise Odd('x')"
    assert candidate.error(code) == ["Odd", "x"]


@pytest.mark.parametrize(
    "hook",
    [
        "class E(Exception):\n    def __str__(self):\n        mark()\n        while True: pass\nraise E",
        "class E:\n    def __repr__(self):\n        mark()\n        while True: pass\nE()",
        "class E(Exception):\n    @property\n    def lineno(self):\n        mark()\n        while 1: pass\nraise E()",
        "class E(SyntaxError):\n    @property\n    def lineno(self):\n        mark()\n        while 1: pass\nraise E()",
    ],
)
def test_an_error_that_never_finishes_speaking_is_interrupted(candidate, hook):
    candidate.run("def mark(): open('inside', 'w').close()")
    candidate.start(hook)
    if "class E(Exception):\n    @property" in hook:
        assert candidate.answer()["error"][0] == "E"
        return
    candidate.waits_in("inside")
    candidate.interrupt()
    assert candidate.answer()["error"][0] in ("KeyboardInterrupt", "E")
    assert candidate.shown("1") == "1"


def test_an_error_in_showing_the_result_is_an_error_of_the_cell(candidate):
    """As in nbgrader, where an error among the outputs of a test costs its points."""
    code = "class A:\n    def __repr__(self): raise ValueError('cannot show')\nA()"
    assert candidate.error(code) == ["ValueError", "cannot show"]


def test_an_error_that_the_shell_is_kept_from_showing_is_still_one(candidate):
    code = "shell = get_ipython()\nshell.showtraceback = lambda *a, **k: None\nshell._showtraceback = print\n1 / 0"
    assert candidate.error(code) == ["ZeroDivisionError", "division by zero"]
    assert (
        candidate.error("get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)\n1 / 0")[0]
        == "ZeroDivisionError"
    )
    assert candidate.error("2 / 0") == ["ZeroDivisionError", "division by zero"]


@pytest.mark.parametrize(
    "body", ["def __bool__(self): return False", "def __str__(self): raise SystemExit", "def __str__(self): raise self"]
)
def test_an_odd_error_that_is_kept_from_showing_is_still_one(candidate, body):
    hide = "get_ipython().showtraceback = lambda *a, **k: None\n"
    assert candidate.error(f"{hide}class Odd(BaseException):\n    {body}\nraise Odd")[0] == "Odd"


def test_a_result_that_is_none_is_an_error(candidate):
    candidate.run(
        "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell._run_cell = lambda *a, **k: 5"
    )
    name, text = candidate.error("1")
    assert name == "RuntimeError"
    assert "IPython itself has been changed" in text


def test_the_last_error_can_be_looked_at(candidate):
    candidate.run("1 / 0")
    assert candidate.shown("import sys\ntype(sys.last_value).__name__") == "'ZeroDivisionError'"


def test_where_a_module_lies_is_nobodys_business(candidate):
    for code in ("from numpy import nope", "import techsell.check\nfrom techsell.check import nope"):
        answer = candidate.run(code)
        name = code.split("from ")[1].split()[0]
        assert answer["error"] == ["ImportError", f"cannot import name 'nope' from '{name}'"]
        assert "/" not in trace(answer).replace("-->", "")
