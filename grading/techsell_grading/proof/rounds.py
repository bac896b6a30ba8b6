"""Which planted answers can be handed in together: those to different tasks that touch nothing of one another.

A round of them must lose the tests of its wrong answers and nothing else; only where it does not, each is graded alone.
Grading takes a third of a second, and a module has fifty planted answers.
"""

from __future__ import annotations

import symtable
from collections import defaultdict
from collections.abc import Sequence, Set
from itertools import zip_longest

from techsell_grading.grader.judge.reading import asked, mentioned
from techsell_grading.proof.assignment import Assignment
from techsell_grading.proof.planted import Planted, answer_cell

__all__ = ["apart", "rounds"]


def apart(assignment: Assignment) -> set[Planted]:
    """Planted answers that touch no name that another task's cells mention: they can be handed in beside others."""
    names: list[tuple[tuple[str, str], frozenset[str]]] = []
    for notebook, cells in assignment.opened.answers.items():
        last = ""
        for cell in cells:
            last = cell.name if cell.is_("solution") else last
            about = answer_cell(cell.name, cells) if cell.is_("grade") and not cell.is_("solution") else last
            if cell.kind == "code":
                names.append(((notebook, about), mentioned(cell.source)))
    found = set()
    for one in assignment.planted:
        elsewhere = (said for about, said in names if about != (one.notebook, one.answer))
        if not _touches(one.source) & frozenset[str]().union(*elsewhere):
            found.add(one)
    return found


def _touches(code: str) -> frozenset[str]:
    """The names outside its functions that code binds or may change in place."""
    binds, changes = asked(code)
    try:
        tables = [symtable.symtable(code, "<planted>", "exec")]
    except SyntaxError:
        return binds | changes
    for table in tables:
        tables += table.get_children()  # also the functions in functions
    outside = {
        name.get_name()
        for table in tables
        for name in table.get_symbols()
        if table.get_type() == "module" or name.is_global()
    }
    return binds | (changes & outside)


def rounds(planted: Sequence[Planted], together: Set[Planted]) -> list[list[Planted]]:
    """Answers to different tasks that may be handed in together, as many as there are tasks; the others alone."""
    by_answer: dict[tuple[str, str], list[Planted]] = defaultdict(list)
    for one in planted:
        if one in together:
            by_answer[one.notebook, one.answer].append(one)
    some = [[one for one in some if one is not None] for some in zip_longest(*by_answer.values())]
    return some + [[one] for one in planted if one not in together]
