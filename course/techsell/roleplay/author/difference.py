"""A difference between two versions in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from .compare import Difference, Regraded

__all__ = ["sentences"]


def sentences(found: Difference) -> Iterator[str]:
    """One line each; the first says which versions are held side by side."""
    yield f"{found.old} -> {found.new}"
    if found.same:
        yield "The two are the same version."
    if not found.changes and not found.same:
        yield "Nothing is different but the order of keys or comments."
    for change in found.changes:
        yield f"{change.what:<8} {change.place}"
        for field in change.fields:
            yield f"         {field}"
    for sentence in found.reach:
        yield f"reach    {sentence}"
    for bot, before, after in found.bots:
        yield f"bot      {bot:<13}{before:7.1f} -> {after:5.1f}  ({after - before:+.1f})"
    for entry in found.transcripts:
        yield f"call     {_regraded(entry)}"
    if found.transcripts:
        count = sum(entry.changed for entry in found.transcripts)
        turned = sum(entry.passed_before != entry.passed_after for entry in found.transcripts)
        yield f"{count} of {len(found.transcripts)} stored calls change, {turned} of them between pass and no pass."


def _regraded(entry: Regraded) -> str:
    before, after = (_state(*side) for side in _sides(entry))
    note = f"; {entry.note}" if entry.note else ""
    return f"{entry.file}:{entry.line}: " + (f"{before} -> {after}" if entry.changed else f"unchanged, {before}") + note


def _sides(entry: Regraded) -> tuple[tuple[float | None, str | None, bool], tuple[float | None, str | None, bool]]:
    return (
        (entry.before, entry.ending_before, entry.passed_before),
        (entry.after, entry.ending_after, entry.passed_after),
    )


def _state(total: float | None, ending: str | None, passed: bool) -> str:
    if total is None:
        return "cannot be played"
    return f"{total:.2f}, {ending or 'not ended'}, {'passed' if passed else 'not passed'}"
