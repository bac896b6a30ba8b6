"""All proofs, in the order in which an author wants to read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from techsell_grading.proof import form, leaks, marks, steady, worth
from techsell_grading.proof.assignment import Assignment
from techsell_grading.proof.outcome import Outcome, Seen
from techsell_grading.proof.trials import Trials

__all__ = ["PROOFS", "Proof", "prove"]


@dataclass(frozen=True)
class Proof:
    id: str
    title: str
    look: Callable[[Assignment, Trials], Seen]


def _text(look: Callable[[Assignment], Seen]) -> Callable[[Assignment, Trials], Seen]:
    """A proof that needs nothing graded."""
    return lambda assignment, trials: look(assignment)


PROOFS = (
    Proof("cells", "Ids and metadata", _text(form.cells)),
    Proof("tasks", "Tasks and checks", _text(form.tasks)),
    Proof("points", "Points add up", _text(worth.points)),
    Proof("competencies", "Competencies", _text(worth.competencies)),
    Proof("imports", "Imports of tests", _text(form.imports)),
    Proof("release", "Nothing leaks", _text(leaks.release)),
    Proof("reference", "Reference: full marks", marks.reference),
    Proof("judge", "Judged from outside", marks.judged),
    Proof("stub", "Release: no points", marks.stub),
    Proof("wrong", "Wrong answers", marks.wrong),
    Proof("words", "Messages", marks.words),
    Proof("right", "Other right answers", marks.right),
    Proof("call", "Role-play", marks.call),
    Proof("nothing to import", "Nothing to import", steady.nothing_to_import),
    Proof("same again", "Same verdict twice", steady.same_again),
    Proof("seconds", "In time", steady.seconds),
)


def prove(assignment: Assignment, trials: Trials) -> tuple[Outcome, ...]:
    """What each proof says of the assignment."""
    found = []
    for proof in PROOFS:
        saw = proof.look(assignment, trials)
        found.append(Outcome(proof.id, proof.title, saw.findings, saw.said, saw.asked))
    return tuple(found)
