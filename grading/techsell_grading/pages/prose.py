"""Markdown of a learner as HTML that can do nothing: no tags of their own, no links to follow, no pictures to load."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from techsell_grading.pages.text import visible

__all__ = ["prose"]

_LONGEST = 12_000
_LARGEST = 100_000
_SIGNS = re.compile(r"[\[\]*_`|<>&!~\\]")
_MOST_SIGNS = 1500
"""A parser of Markdown needs seconds for text that is nothing but brackets."""
_MOST_COLUMNS = 40


class _Harmless(RendererHTML):
    """Links are words with their address behind them; a picture is its description; a heading is a bold line."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        words = self.renderInlineAsText(tokens[idx].children, options, env).strip()
        return f'<span class="unloaded">[picture{escape(f": {words}" if words else "")}]</span>'

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return ""

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        start = next(place for place in range(idx, -1, -1) if tokens[place].type == "link_open")
        address = visible(str(tokens[start].attrGet("href") or ""))
        words = "".join(token.content for token in tokens[start:idx])
        return "" if words == address else f' <span class="unloaded">({escape(address)})</span>'

    def heading_open(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return '<p class="bold">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return "</p>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return f'<pre class="typed">{escape(tokens[idx].content)}</pre>\n'

    code_block = fence

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return '<th scope="col">'

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return "<td>"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}, renderer_cls=_Harmless).enable("table")


def prose(text: str) -> Markup:
    """`text` as HTML. What is too long, or hardly anything but Markdown's own signs, is shown as it was typed."""
    text = visible(text)
    wide = any(line.count("|") > _MOST_COLUMNS for line in text.split("\n"))
    if len(text) <= _LONGEST and not wide and len(_SIGNS.findall(text)) <= _MOST_SIGNS:
        found = _parser().render(text)
        if len(found) <= _LARGEST:
            return Markup(found)  # noqa: S704 - the parser escapes, and writes no tag of the text's own
    shown = text[:_LONGEST] + (f"\n[… {len(text) - _LONGEST:,} more signs …]" if len(text) > _LONGEST else "")
    return Markup('<pre class="typed">{}</pre>').format(shown)
