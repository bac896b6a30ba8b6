"""What the text of a cell says about names, without running it. Standard library only: the grader uses it too.

reading("x = f(1)").binds == {"x"}                what it binds
asked("df['ratio'] = df.a / df.b")[1] == {"df"}   what an author's own answer changes in place
"""

from __future__ import annotations

import ast
import builtins
import re
from contextlib import suppress
from dataclasses import dataclass, field

__all__ = ["Reading", "asked", "changed", "mentioned", "own_and_imported", "reading", "reads_now"]

_NAME = re.compile(r"[^\W\d]\w*")
_MAGIC = re.compile(r"^[^\S\n]*[%!?].*$|^.*\?[^\S\n]*$", re.MULTILINE)
"""each line by itself: a pattern that goes on over empty lines takes the square of their number"""
_LONGEST_READ = 100_000
"""characters of a learner's cell that are parsed: trees take hundreds of bytes a character"""
_MOST_NAMES = 5000
_CHANGING = {
    "shuffle",
    "heapify",
    "heappush",
    "heappop",
    "insort",
    "insort_left",
    "insort_right",
    "copyto",
    "place",
    "put",
}
"""functions of libraries that change their argument"""


@dataclass
class Reading:
    """Names of one cell.

    `binds`: bound at the top level, or by a function that says `global`. `needs`: read or deleted there before the cell
    itself binds them. Names that Python reads or writes past any namespace of ours: `in_class`, read in the body of a
    class, and `declared`, said to be `global`. `attributes`: the dotted things whose attributes the cell sets (`a.b` of
    `a.b.c = 1`), with the attribute. `imports`: the modules that it imports, by the name they get.
    """

    binds: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    in_class: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)
    attributes: set[tuple[str, str]] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)

    @property
    def own(self) -> frozenset[str]:
        """Names that are the cell's own: bound before anything is read from them."""
        return frozenset(self.binds - self.needs)


def reading(tree: ast.Module) -> Reading:
    """What a parsed cell says about names."""
    found = Reading()
    _Walk(found).block(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found.declared |= set(node.names)
            found.binds |= set(node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            found.attributes.add((ast.unparse(node.value), node.attr))
        elif isinstance(node, ast.Import):
            found.imports |= {
                alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else alias.name.split(".")[0]
                for alias in node.names
            }
    return found


def own_and_imported(code: str) -> tuple[frozenset[str], str]:
    """The names that a cell binds, and the import statements at its top level, as code."""
    tree = _parsed(code)
    body = [] if tree is None else [part for part in tree.body if isinstance(part, ast.Import | ast.ImportFrom)]
    return frozenset() if tree is None else frozenset(reading(tree).binds), "\n".join(map(ast.unparse, body))


def reads_now(statement: ast.stmt) -> set[str]:
    """The names that a statement needs when it runs; what stands in the body of a function is read later."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        parts: list[ast.AST] = [*statement.decorator_list, *statement.args.defaults]
        parts += [default for default in statement.args.kw_defaults if default is not None]
        return {name for part in parts for name in _free(part)}
    if isinstance(statement, ast.ClassDef):
        outside = [*statement.decorator_list, *statement.bases, *(word.value for word in statement.keywords)]
        return _in_class_body(statement) | {name for part in outside for name in _free(part)}
    found = Reading()
    _Walk(found).block([statement])
    return found.needs


def asked(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a learner is asked to make: the names that an author's own answer (binds, may change in place).

    A learner who binds other names of a locked cell anew (the helper that compares, the tolerance) does not change
    what the tests use.
    """
    tree = _parsed(code)
    if tree is None:
        return frozenset(), frozenset()
    return frozenset(reading(tree).binds - _by_the_way(tree)), changed(tree)


def _by_the_way(tree: ast.AST) -> set[str]:
    """The names that only loops and blocks bind. Nobody is asked for them, and the tests' own loops use them too:
    were they the learner's, each round of a test would be shown to the learner's code."""
    loops: set[str] = set()
    others: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.For(target=target) | ast.AsyncFor(target=target) | ast.withitem(optional_vars=ast.expr() as target)
            ):
                loops |= _stored(target)
            case ast.ExceptHandler(name=str(name)):
                loops.add(name)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    others |= _stored(target)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                others.add(name)
            case ast.alias(name=name, asname=other):
                others.add(other or name.split(".")[0])
    return loops - others


def _stored(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def changed(tree: ast.AST) -> frozenset[str]:
    """The names whose values code may change in place."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                found |= _base(node)
            case ast.AugAssign(target=target):
                found |= _base(target)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method) as called, args=args)):
                found |= _base(called)
                found |= {name for arg in args for name in _base(arg) if method in _CHANGING}
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=args)) if name not in vars(builtins):
                found |= {name for arg in args for name in _base(arg)}
    return frozenset(found)


def mentioned(code: str) -> frozenset[str]:
    """Every name that stands in the code; of very many, some. Runs in the grader, on whatever was handed in."""
    if len(code) <= _LONGEST_READ and (tree := _parsed(code)) is not None:
        with suppress(RecursionError):
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            return frozenset(names | reading(tree).binds)
    found: set[str] = set()
    for match in _NAME.finditer(code):
        found.add(match[0])
        if len(found) == _MOST_NAMES:
            break
    return frozenset(found)


def _parsed(code: str) -> ast.Module | None:
    for magic in (False, True):
        try:
            return ast.parse(_MAGIC.sub("pass", code) if magic else code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _base(node: ast.AST) -> set[str]:
    """The name that `a.b[c].d` starts from."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


class _Walk:
    """Goes through a cell in the order in which it runs."""

    def __init__(self, found: Reading) -> None:
        self._found = found

    def block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self.visit(statement)

    def visit(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                self._found.binds.add(name)
            case ast.Name(id=name):
                self._need({name})
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self._function(node)
            case ast.ClassDef():
                self._class(node)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._need(_free(node))
                self._found.binds |= {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
            case ast.alias(name=name, asname=other):
                self._found.binds.add(other or name.split(".")[0])
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
                | ast.MatchMapping(rest=str(name))
            ):
                self._children(node)
                self._found.binds.add(name)
            case _:
                self._statement(node)

    def _statement(self, node: ast.AST) -> None:
        """Where the order of running is not the order of writing."""
        match node:
            case ast.AugAssign():
                self._need({node.target.id} if isinstance(node.target, ast.Name) else set())
                self.visit(node.value)
                self.visit(node.target)
            case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                if node.value is not None:
                    self.visit(node.value)
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    self.visit(target)
            case ast.For() | ast.AsyncFor():
                self.visit(node.iter)
                self.visit(node.target)
                self.block([*node.body, *node.orelse])
            case _:
                self._children(node)

    def _children(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def _need(self, names: set[str]) -> None:
        self._found.needs |= names - self._found.binds

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        self._need(_free(node))
        if not isinstance(node, ast.Lambda):
            self._found.binds.add(node.name)

    def _class(self, node: ast.ClassDef) -> None:
        self._need(_free(node))
        self._found.in_class |= _in_class_body(node)
        self._found.binds.add(node.name)


def _in_class_body(node: ast.ClassDef) -> set[str]:
    """The names that the body of a class reads itself, not its methods later."""
    waiting: list[ast.AST] = list(node.body)
    read: set[str] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            read.add(part.id)
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += [*part.args.defaults, *(one for one in part.args.kw_defaults if one is not None)]
            waiting += getattr(part, "decorator_list", [])
        else:
            waiting += ast.iter_child_nodes(part)
    return read


def _free(node: ast.AST) -> set[str]:
    """The names that a function, class or comprehension reads from outside; parameters and own names left out."""
    read: set[str] = set()
    own: set[str] = set()
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Load() | ast.Del()):
                read.add(name)
            case ast.Name(id=name):
                own.add(name)
            case ast.arg(arg=name):
                own.add(name)
            case ast.alias(name=name, asname=other):
                own.add(other or name.split(".")[0])
    if isinstance(node, ast.ClassDef):
        return read  # a class may read a name from outside and then bind it itself
    declared = {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
    return read - (own - declared)
