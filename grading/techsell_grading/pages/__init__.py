"""Static pages: Jinja templates beside this file, the style sheets inside each page, so that a page travels alone."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

__all__ = ["number", "render"]

_HERE = Path(__file__).parent


def render(template: str, *, style: str = "", **content: Any) -> bytes:
    """The page as UTF-8 bytes; everything in `content` is escaped.

    Args:
        style: a style sheet of this folder that the page needs beside the common one. Such a page may hold no style
            of its own in any element.
    """
    sheet = _style(style)
    page = (
        _environment().get_template(template).render(style=sheet, policy=_policy(sheet, strict=bool(style)), **content)
    )
    return page.encode("utf-8", errors="replace")


def number(value: float) -> str:
    """Points as people write them: 12, 12.5, 12.25."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


@lru_cache(maxsize=8)
def _style(more: str) -> Markup:
    names = ["style.css", more] if more else ["style.css"]
    return Markup("").join(Markup((_HERE / name).read_text(encoding="utf-8")) for name in names)  # noqa: S704 - ours


def _policy(style: str, *, strict: bool) -> str:
    """What a browser lets the page do: show itself and the pictures inside it. No program, no network, no frame."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rules = [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules if strict else [*rules, "style-src-attr 'unsafe-inline'"])


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["number"] = number
    return environment
