"""The sentence of a check taken apart: what was called, what came back, what was wanted, the next step.

`techsell.check.messages.fail` writes it in one form. Any other sentence stays one.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Said", "taken_apart"]


@dataclass(frozen=True)
class Said:
    """`rows` are (word, text, whether it is code); `rest` is what is said beside them."""

    rows: tuple[tuple[str, str, bool], ...]
    rest: str


def taken_apart(message: str) -> Said:
    """The parts of a check's sentence; without rows where it has another form."""
    if message.startswith("Called "):
        return _parts(message[7:], "Called", "Came back", " came back; wanted ")
    if message.startswith("Read "):
        return _parts(message[5:], "Read", "Found", "; wanted ", "found ")
    return Said((), message)


def _parts(text: str, first: str, second: str, middle: str, lead: str = "") -> Said:
    called, colon, after = text.partition(f": {lead}")
    got, wanted_is_there, wanted = after.partition(middle)
    whole = Said((), f"{first} {text}")
    if not colon:
        return whole
    if not wanted_is_there:
        if first != "Called" or not after.startswith("it stopped with "):
            return whole
        error, _, hint = after.partition(". Run the cell")
        error = error.removeprefix("it ").rstrip(".")
        return Said(
            (("Called", called, True), ("Came back", f"nothing: {error}", False)), f"Run the cell{hint}" if hint else ""
        )
    wanted, dot, hint = wanted.partition(". ")
    rows = ((first, called, True), (second, got, True), ("Wanted", wanted.rstrip("."), False))
    return Said(rows, hint if dot else "")
