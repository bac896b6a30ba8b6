"""Chance without a generator: every draw is SHA-256 of what it is for, so a replay draws the same."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

__all__ = ["declared_seed", "draw", "pick", "shuffle_key", "variant_of"]

T = TypeVar("T")
_MASK = 2**64 - 1


def draw(seed: int, turn: int, purpose: str) -> int:
    """A whole number from 0 to 2**64 - 1, fixed by its three arguments."""
    return int.from_bytes(sha256(f"{seed}|{turn}|{purpose}".encode()).digest()[:8], "big")


def pick(seed: int, turn: int, purpose: str, among: Sequence[T]) -> T:
    """One of `among`, which must not be empty."""
    return among[0] if len(among) == 1 else among[draw(seed, turn, purpose) % len(among)]


def shuffle_key(base: int, index: int) -> int:
    """32 bits to shuffle by: `base` (a `draw`) stirred with an index, after the finaliser of splitmix64.

    One hash a menu instead of one a line; the mixing is by Steele, Lea and Flood, "Fast splittable pseudorandom
    number generators", OOPSLA 2014.
    """
    mixed = (base + index * 0x9E3779B97F4A7C15) & _MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
    return mixed >> 32


def variant_of(seed: int, variants: int) -> int:
    """Which variant a seed plays: consecutive seeds play different ones."""
    return seed % variants


def declared_seed(learner: str, scenario_id: str, attempt: int) -> int:
    """The seed of a declared attempt: fixed by who, what and which attempt; below 2**49.

    Attempts 1, 2, 3 get consecutive seeds and so, with three variants, three different customers.
    """
    start = sha256(f"declared|{learner}|{scenario_id}".encode()).digest()
    return int.from_bytes(start[:6], "big") + attempt
