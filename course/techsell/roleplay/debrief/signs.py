"""What a detector hands over: a turn where another line would have gone better, why it matters, which line would do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .call import Try

if TYPE_CHECKING:
    from techsell.roleplay.model import Criterion

    from .call import Call

__all__ = [
    "Sign",
    "Wanted",
    "about",
    "clean_line",
    "coverage_line",
    "does",
    "line_of",
    "listed",
    "opens",
    "quote",
    "tidy",
    "useful",
]

Wanted = Callable[[Try], bool]

LONGEST = 150
"""characters of a quotation"""


@dataclass(frozen=True)
class Sign:
    """One thing that went wrong or was left out.

    `wanted` says which lines would mend it, the best kind first; `estimate` is in hundredths of a rubric point, for
    where playing the rest again shows nothing.
    """

    kind: str
    turn: int
    """where another line is put"""
    line: str
    """id of the rubric's line, or empty where playing again must show it"""
    observed: str
    why: str
    estimate: int
    wanted: tuple[Wanted, ...]
    decisive: bool = False
    """it ended the call, so that it cost the estimate whatever comes of the rest"""


def quote(text: str, longest: int = LONGEST, *, end: bool = False) -> str:
    """A short quotation in quotation marks: whole sentences where they fit, else cut between words.

    Args:
        end: the end of the text matters more than its beginning.
    """
    text = re.sub(r"[ \t\r\n]+", " ", text).strip()  # a narrow space between figure and unit stays
    if len(text) <= longest:
        return f'"{text}"'
    sentences = re.split(r"(?<=[.?!])\s+", text)
    kept = ""
    for sentence in reversed(sentences) if end else sentences:
        longer = f"{sentence} {kept}" if end else f"{kept} {sentence}"
        if len(longer.strip()) > longest:
            break
        kept = longer.strip()
    if len(kept) < longest // 3:
        kept = text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + " …"
    return f'"{kept}"'


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def tidy(text: str) -> str:
    """Sentences with quotations in them: no full stop after one that ends by itself, a capital at each beginning."""
    text = re.sub(r'([.?!…])"\.', r'\1"', text)
    return re.sub(r'(^|[.?!]"? )the ', r"\1The ", text)


# Which line of the rubric it belongs to


def line_of(call: Call, kind: str, fits: Callable[[Criterion], bool] = lambda criterion: True) -> Criterion | None:
    """The first line with this kind of evidence that fits; one that has lost something goes before one that has not."""
    found = [one for one in call.scenario.rubric if one.evidence.kind == kind and fits(one)]
    return next((one for one in found if call.lost(one)), found[0] if found else None)


def clean_line(call: Call, reaction: str) -> Criterion | None:
    """The line that this reaction spoils."""
    return line_of(
        call, "clean", lambda one: one.evidence.kind == "clean" and reaction in tuple(one.evidence.spoiled_by)
    )


def coverage_line(call: Call, *facts: str) -> Criterion | None:
    """The line that pays for one of these facts."""
    return line_of(
        call, "coverage", lambda one: one.evidence.kind == "coverage" and not set(facts).isdisjoint(one.evidence.facts)
    )


# What a better line does


def does(*reactions: str) -> Wanted:
    """It is taken in one of these ways."""
    return lambda tried: any(reacted.reaction in reactions for reacted in tried.record.reactions)


def about(reaction: str, *names: str) -> Wanted:
    """It is taken in this way, about one of these things."""
    wanted = set(names)
    return lambda tried: any(
        reacted.reaction == reaction and wanted.intersection(reacted.about.split(","))
        for reacted in tried.record.reactions
    )


def opens(*facts: str) -> Wanted:
    """It brings out one of these facts."""
    wanted = set(facts)
    return lambda tried: not wanted.isdisjoint(tried.record.facts)


def useful(call: Call) -> tuple[Wanted, ...]:
    """Anything that gets the talk on: a playback with a question that opens something, else one of the two."""
    real = [fact.id for fact in call.scenario.facts if fact.id not in call.noise]
    both = does("confirms")
    finds = opens(*real)
    return (
        lambda tried: both(tried) and finds(tried),
        finds,
        both,
        does("agrees_frame", "settles", "acknowledged", "thanks", "respects", "answers", "chats"),
    )
