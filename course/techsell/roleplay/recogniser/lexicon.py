"""The rules' data, read once from `rules.json`: patterns, common English words, tell-tale words of other languages."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

__all__ = ["COMMON", "DATA", "FOREIGN"]

DATA: dict[str, Any] = json.loads(resources.files(__package__).joinpath("rules.json").read_text(encoding="utf-8"))
COMMON = frozenset(DATA["common"].split())
FOREIGN = {language: frozenset(words.split()) for language, words in DATA["foreign"].items()}
