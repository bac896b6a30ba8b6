"""Python source with its words coloured, line by line, without a program in the page.

One regular expression that never looks back finds the parts, so that any text of n signs costs n steps. (A lexer for
editors needs a quarter of a minute for some hostile 20,000 signs.) What is no Python comes out as it is, uncoloured.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from html import escape

from markupsafe import Markup

__all__ = ["highlighted"]

_TOKEN = re.compile(
    r"""
    (?P<c>\#[^\n]*)
  | (?P<s>[rRbBfFuU]{0,2}(?:
        \"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z) | '''(?:[^\\]|\\.)*?(?:'''|\Z)
      | \"(?:[^\"\\\n]|\\.)*\"? | '(?:[^'\\\n]|\\.)*'?))
  | (?P<n>(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?|\.\d[\d_]*(?:[eE][+-]?\d+)?)[jJ]?)
  | (?P<w>[^\W\d]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = frozenset(keyword.kwlist)
_BUILT_IN = frozenset(name for name in vars(builtins) if not name.startswith("_"))


def highlighted(source: str) -> list[Markup]:
    """The lines of `source` as HTML. Classes: c(omment), s(tring), n(umber), k(eyword), b(uilt-in), d(efined here)."""
    return [Markup(line) for line in "".join(_parts(source)).split("\n")]  # noqa: S704 - escaped part by part


def _parts(source: str) -> Iterator[str]:
    at = 0
    before = ""
    for found in _TOKEN.finditer(source):
        if found.start() > at:
            yield escape(source[at : found.start()], quote=False)
        at = found.end()
        kind, text = str(found.lastgroup), found.group()
        if kind == "w":
            kind, before = _kind_of(text, before), text
        if kind:
            inside = escape(text, quote=False).replace(
                "\n", f'</span>\n<span class="{kind}">'
            )  # each line closes its own
            yield f'<span class="{kind}">{inside}</span>'
        else:
            yield escape(text, quote=False)
    yield escape(source[at:], quote=False)


def _kind_of(word: str, before: str) -> str:
    if word in _KEYWORDS:
        return "k"
    if before in ("def", "class"):
        return "d"
    return "b" if word in _BUILT_IN else ""
