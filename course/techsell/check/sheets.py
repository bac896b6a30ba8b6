"""Answer sheets of decision tasks: a dict with one row a question, each entry one word, several, or a number."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from techsell.check.messages import entry, fail
from techsell.check.values import describe, is_exactly, plain

__all__ = ["Column", "One", "Several", "Whole", "read_sheet"]

_KEEP_FORM = "Keep the form of the sheet as it was given"


@dataclass(frozen=True, init=False)
class One:
    """An entry that is one of these words. Capitals and blanks around a word do not matter."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        object.__setattr__(self, "words", words)

    def read(self, value: Any, called: str) -> str:
        """The word as it stands in `words`; fails for anything else."""
        if not is_exactly(value, str):
            fail(called, describe(value), f"one of {_list(self.words)}", "Write one of these words in quotation marks")
        word = str(value).strip().lower()
        known = {candidate.lower(): candidate for candidate in self.words}
        if word not in known:
            near = difflib.get_close_matches(word, known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "Write one of these words"
            fail(called, describe(value) if word else "nothing yet", f"one of {_list(self.words)}", hint)
        return known[word]


@dataclass(frozen=True, init=False)
class Several:
    """An entry that is a list of these words, perhaps empty, in any order."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        object.__setattr__(self, "words", words)

    def read(self, value: Any, called: str) -> frozenset[str]:
        """The words as a set; fails for anything but a list, tuple or set of them."""
        if not is_exactly(value, list, tuple, set, frozenset):
            fail(called, describe(value), "a list of words in square brackets, [] for none", _KEEP_FORM)
        return frozenset(One(*self.words).read(word, called) for word in value)


@dataclass(frozen=True)
class Whole:
    """An entry that is a whole number from `low` to `high`."""

    low: int
    high: int

    def read(self, value: Any, called: str) -> int:
        """The number as an int; 2.0 counts as 2."""
        if is_exactly(value, float) and value.is_integer():
            value = int(value)
        if not is_exactly(value, int) or not self.low <= value <= self.high:
            seen = "nothing yet" if value is None else describe(value)
            fail(
                called,
                seen,
                f"a whole number from {self.low} to {self.high}",
                "Write a number, without quotation marks",
            )
        return int(value)


Column = One | Several | Whole


def read_sheet(
    answer: Any,
    *,
    keys: Iterable[Hashable],
    columns: Sequence[Column] | Mapping[str, Column],
    called: str,
) -> dict[Any, Any]:
    """A learner's answer sheet, every word in its normal form.

    Args:
        answer: a dict with one row for each of `keys`; other rows are not looked at.
        columns: a sequence when a row is a tuple or list, a mapping when a row is a dict.
        called: the name of the sheet.

    Returns:
        a dict key -> row, rows as tuples or dicts.

    Raises:
        CheckFailed: a row or an entry is missing, empty, or not what its column allows.
    """
    sheet = plain(answer)
    if not is_exactly(sheet, dict):
        fail(called, describe(answer), "a dict with one row for each question", _KEEP_FORM)
    read = {}
    for key in keys:
        if key not in sheet:
            fail(called, f"no row {key!r}", "one row for each question", _KEEP_FORM)
        read[key] = _read_row(sheet[key], columns, entry(called, key))
    return read


def _read_row(row: Any, columns: Sequence[Column] | Mapping[str, Column], called: str) -> Any:
    if isinstance(columns, Mapping):
        if not is_exactly(row, dict) or any(name not in row for name in columns):
            fail(called, describe(row), f"the entries {_list(tuple(columns))}", _KEEP_FORM)
        return {name: column.read(row[name], entry(called, name)) for name, column in columns.items()}
    if not is_exactly(row, tuple, list) or len(row) != len(columns):
        fail(called, describe(row), f"{len(columns)} entries between round brackets", _KEEP_FORM)
    return tuple(
        column.read(part, entry(called, place)) for place, (column, part) in enumerate(zip(columns, row, strict=True))
    )


def _list(words: Sequence[str]) -> str:
    return ", ".join(repr(word) for word in words)
