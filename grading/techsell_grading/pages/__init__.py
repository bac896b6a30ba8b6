"""Static pages: Jinja templates beside this file, one style sheet inside each page, so that a page travels alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

__all__ = ["number", "render"]

_HERE = Path(__file__).parent


def render(template: str, **content: Any) -> bytes:
    """The page as UTF-8 bytes; everything in `content` is escaped."""
    return _environment().get_template(template).render(**content).encode("utf-8")


def number(value: float) -> str:
    """Points as people write them: 12, 12.5, 12.25."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = number
    environment.globals["style"] = (_HERE / "style.css").read_text(encoding="utf-8")
    return environment
