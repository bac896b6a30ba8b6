"""What the linear model sees of a clause: names of binary features, the same in training and in use."""

from __future__ import annotations

import itertools

from .lexicon import DATA
from .rules import hints
from .text import Piece, tokens

__all__ = ["clause_features", "features"]

_STOP_WORDS = frozenset(DATA["quiet"].split())
_LENGTHS = ((1, "1"), (2, "2"), (4, "4"), (7, "7"), (11, "11"), (18, "18"), (30, "30"))


def _length(count: int) -> str:
    return next((name for most, name in _LENGTHS if count <= most), "more")


def _words(text: str) -> list[str]:
    return ["#" if word[0].isdigit() else word for word in tokens(text)]


def _grams(words: list[str]) -> set[str]:
    found = {f"w:{word}" for word in words}
    framed = ["^", *words, "$"]
    found |= {f"b:{one}_{two}" for one, two in itertools.pairwise(framed)}
    found |= {f"f:{'_'.join(words[:3])}"} if len(words) > 2 else set()
    for word in words:
        if len(word) > 4:
            found |= {f"c:{word[at : at + 5]}" for at in range(len(word) - 4)}
            found.add(f"c:^{word[:4]}")
    return found


def clause_features(text: str, place: str, ctx: str = "", around: frozenset[str] = frozenset()) -> frozenset[str]:
    """The features of one clause.

    Args:
        text: the clause as typed.
        place: where it stands in the line: `only`, `first`, `middle` or `last`.
        ctx: what the customer had said before the line, or "".
        around: the patterns that hold for the other clauses of the line.
    """
    named = hints(text)
    words = _words(text)
    asks = "q_form" in named
    found = _grams(words)
    found |= {f"h:{name}" for name in named}
    found |= {f"{'Q' if asks else 'S'}:{name}" for name in named if name[0] in "tpcearq" and name != "q_form"}
    found |= {f"{'Q' if asks else 'S'}l:{name}" for name in around}
    found.add(f"p:{place}")
    found.add(f"{'Q' if asks else 'S'}n:{_length(len(words))}")
    if ctx:
        told = set(tokens(ctx)) - _STOP_WORDS
        shared = len(told & (set(tokens(text)) - _STOP_WORDS))
        found.add(f"{'Q' if asks else 'S'}x:shares{min(shared, 3)}")
        found.add("x:asked" if ctx.rstrip().endswith("?") else "x:told")
        if ctx.rstrip().endswith("?") and not asks:
            found.add("x:answers")
    return frozenset(found)


def features(pieces: tuple[Piece, ...], ctx: str = "") -> tuple[frozenset[str], ...]:
    """The features of every clause of a line, in order."""
    last = len(pieces) - 1
    named = [hints(piece.text) for piece in pieces]
    return tuple(
        clause_features(
            piece.text,
            "only" if not last else "first" if not at else "last" if at == last else "middle",
            ctx,
            frozenset().union(*named[:at], *named[at + 1 :]),
        )
        for at, piece in enumerate(pieces)
    )
