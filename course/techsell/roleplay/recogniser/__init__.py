"""Typed text becomes moves: rules and an integer model for the labels, a matcher for the scenario, and a gate.

Importing this package is cheap; its parts are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .identity import fingerprint
    from .labeller import Clause, label
    from .recognition import prepare, recognise
    from .situation import Choice, Recognition, Situation

__all__ = ["Choice", "Clause", "Recognition", "Situation", "fingerprint", "label", "prepare", "recognise"]

_HOMES = {
    "Choice": "situation",
    "Clause": "labeller",
    "Recognition": "situation",
    "Situation": "situation",
    "fingerprint": "identity",
    "label": "labeller",
    "prepare": "recognition",
    "recognise": "recognition",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
