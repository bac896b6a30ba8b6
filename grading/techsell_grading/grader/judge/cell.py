"""One cell of the tests: read, prepared and run, with the errors and results of a notebook."""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, TracebackType
from typing import Any

from .faults import JudgeUnsupported
from .reading import Reading, reading
from .shell import as_python

__all__ = ["SAME_OBJECT", "Cell", "trace_of"]

SAME_OBJECT = "__same_object__"
"""the function that answers `a is b` in a test"""

_ATTRIBUTES = {
    **dict.fromkeys(("gca", "gcf", "get_fignums"), "the figure that is open in the learner's process"),
    **dict.fromkeys(("assertLogs", "assertNoLogs"), "log messages of the learner's process"),
    **dict.fromkeys(("shares_memory", "may_share_memory", "getrefcount"), "the memory of the learner's process"),
    "MonkeyPatch": "a patch of the learner's process",
}
_MODULES = {
    **dict.fromkeys(("doctest", "ipytest"), "a runner of tests that looks into the learner's process"),
    **dict.fromkeys(("ipywidgets", "anywidget"), "a live display"),
    **dict.fromkeys(("gc", "tracemalloc", "weakref"), "the memory of the learner's process"),
}
_IDENTITY = ("assertIs", "assertIsNot")
_WORDS = (*_ATTRIBUTES, *_MODULES, *_IDENTITY)
_IS = re.compile(r"\bis\b")
_CELLS = "/cell/"


@dataclass(frozen=True)
class Cell:
    """A cell that is ready to run.

    Args:
        names: what its text says about names.
        body: everything but the last expression; `last`: that, where its value is shown.
    """

    names: Reading
    body: CodeType
    last: CodeType | None

    @classmethod
    def of(cls, code: str, number: int, here: Callable[[list[ast.stmt]], list[ast.stmt]] | None) -> Cell:
        """Read a cell.

        Args:
            here: of a locked cell; picks the statements that run here. None for a test.

        Raises:
            SyntaxError: it is not Python.
            JudgeUnsupported: it asks for what only a live kernel has.
        """
        file = f"{_CELLS}{number}.py"
        text = code
        try:
            tree = _parsed(code, file)
        except SyntaxError:
            text = as_python(code)
            tree = _parsed(text, file)
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        if here is not None:
            tree.body = here(tree.body)
        elif any(word in text for word in _WORDS):
            _refuse(tree)
        names = reading(tree)
        if _IS.search(text):
            tree = ast.fix_missing_locations(_Identity().visit(tree))
        last, end = None, tree.body[-1] if tree.body else None
        if isinstance(end, ast.Expr) and not _is_quiet(text, end):
            last = _compiled(ast.Expression(end.value), file, "eval")
            del tree.body[-1]
        return cls(names, _compiled(tree, file, "exec"), last)

    def run(self, names: dict[str, Any]) -> Any:
        """Run it in these globals; the value of the last expression, None where none is shown."""
        exec(self.body, names)  # noqa: S102 - the author's cell
        return None if self.last is None else eval(self.last, names)  # noqa: S307


def trace_of(error: BaseException) -> list[str]:
    """The lines of a traceback, from the cell on, without those of the judge."""
    own_words = getattr(error, "_render_traceback_", None)
    if callable(own_words):
        return [str(line) for line in own_words()]
    found = traceback.TracebackException.from_exception(error)
    if isinstance(error.__traceback__, TracebackType):
        calls = [call for call in found.stack if not call.filename.startswith(_HERE)]
        first = next((place for place, call in enumerate(calls) if call.filename.startswith(_CELLS)), 0)
        found.stack = traceback.StackSummary.from_list(calls[first:])
    return [line.rstrip("\n") for line in found.format()]


_HERE = __file__.rsplit("/", 1)[0]


def _compiled(tree: ast.Module | ast.Expression, file: str, mode: str) -> CodeType:
    code: CodeType = compile(tree, file, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    if code.co_flags & inspect.CO_COROUTINE:
        raise JudgeUnsupported("The test awaits something at its top level")
    return code


def _parsed(text: str, file: str) -> ast.Module:
    tree = compile(text, file, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    if not isinstance(tree, ast.Module):
        raise SyntaxError("not a cell")
    return tree


def _is_quiet(text: str, last: ast.stmt) -> bool:
    """Whether a semicolon after the last expression hides its value."""
    rest = text.split("\n")[(last.end_lineno or 1) - 1].encode()[last.end_col_offset or 0 :]
    return rest.lstrip().startswith(b";")


def _refuse(tree: ast.Module) -> None:
    """Stop at what cannot be answered from another process and would not fail by itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name) if name in _ATTRIBUTES:
                raise JudgeUnsupported(f"The test uses '{name}': it asks for {_ATTRIBUTES[name]}")
            case ast.Import(names=aliases):
                modules = [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module)):
                modules = [module]
            case ast.Call(func=ast.Attribute(attr=name), args=args) if name in _IDENTITY:
                if not any(isinstance(arg, ast.Constant) for arg in args):
                    raise JudgeUnsupported(f"The test uses '{name}': it asks which object is which")
                continue
            case _:
                continue
        for module in modules:
            if module.split(".")[0] in _MODULES:
                raise JudgeUnsupported(f"The test uses '{module}', {_MODULES[module.split('.')[0]]}")


class _Identity(ast.NodeTransformer):
    """Turns `a is b` into a call, because a value that crossed is a copy; comparisons with constants stay."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Compare(ops=[ast.Is() | ast.IsNot() as kind], comparators=[right]) if not (
                isinstance(node.left, ast.Constant) or isinstance(right, ast.Constant)
            ):
                name = ast.Name(SAME_OBJECT, ast.Load())
                call: ast.expr = ast.Call(name, [node.left, right], [])
                call = ast.UnaryOp(ast.Not(), call) if isinstance(kind, ast.IsNot) else call
                return ast.copy_location(call, node)
        return node
