"""Proofs about what was graded: the author's answers, the release, the planted answers, the role-play."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from techsell_grading.grader import Check, Verdict
from techsell_grading.grader.verdict import task_of
from techsell_grading.proof.assignment import Assignment
from techsell_grading.proof.outcome import Finding, Seen, not_asked, seen
from techsell_grading.proof.trials import Trials

__all__ = ["call", "judged", "reference", "right", "stub", "words", "wrong"]

_RIGHT = 3
"""right answers in another style that each of our tasks has"""
_UNJUDGED = re.compile(r"The test '(?P<cell>.+?)' cannot be judged: (?P<why>.*)", re.DOTALL)
_IN_KERNEL = "The tests ran in the learner's own process"
_NO_REFERENCE = "the author's answers could not be graded"
_LONGEST = 500


def reference(assignment: Assignment, trials: Trials) -> Seen:
    """The author's answers earn every point that a machine gives."""
    verdict = trials.reference
    if verdict.trouble:
        if _UNJUDGED.match(verdict.trouble):
            return not_asked(f"{_NO_REFERENCE}; see the judge")
        return seen([Finding(verdict.trouble.rstrip("."), assignment.folder, "Mend that and prove it again")])
    found = []
    calls = {cell.name for _, cell in assignment.calls_asked}
    tests = [check for check in _tests(verdict) if check.cell not in calls]
    for check in tests:
        if not check.passed:
            problem = f"The author's answer earns {check.points:g} of {check.max:g} points: {_short(check.message)}"
            found.append(Finding(problem, _place(assignment, check), "Mend the answer or the test"))
    given = sum(check.points or 0 for check in tests)
    return seen(found, f"{given:g} of {sum(check.max for check in tests):g} points in {len(tests)} tests")


def judged(assignment: Assignment, trials: Trials) -> Seen:
    """No test needs what cannot cross from the learner's process to the judge."""
    found = []
    graded = [
        ("", trials.reference),
        *(((one.path), verdict) for one, verdict in {**trials.wrong, **trials.right}.items()),
    ]
    for path, verdict in graded:
        needs = _UNJUDGED.match(verdict.trouble)
        if needs:
            place = assignment.place(_notebook(assignment, needs["cell"]), needs["cell"])
            problem = f"The test '{needs['cell']}' cannot be judged from outside: {_short(needs['why'])}"
            cure = (
                "Let it call functions and compare plain values, or set 'techsell: {judge: in_kernel}' in the notebook"
            )
            found.append(Finding(problem, place if not path else f"{place}, with {path}", cure))
    kernels = sorted(assignment.opened.in_kernel)
    if kernels:
        return seen(found, f"in the learner's own process, as asked by {', '.join(kernels)}: tricks can change marks")
    notes = [note for note in trials.reference.notes if note.startswith(_IN_KERNEL)]
    return seen(found[:1], notes[0] if notes else "all tests")


def stub(assignment: Assignment, trials: Trials) -> Seen:
    """What was released earns nothing as it is."""
    verdict = trials.stub
    if verdict is None:
        return not_asked("there is no release to hand in")
    if trials.reference.trouble:
        return not_asked(_NO_REFERENCE)
    if verdict.trouble:
        return seen([Finding(verdict.trouble.rstrip("."), assignment.folder, "Mend that and prove it again")])
    found = [
        Finding(
            f"The release earns {check.points:g} of {check.max:g} points as it is",
            _place(assignment, check),
            "Let the test look at something that only an answer has",
        )
        for check in verdict.checks
        if check.points
    ]
    return seen(found, f"{verdict.score:g} of {verdict.max:g} points")


def wrong(assignment: Assignment, trials: Trials) -> Seen:
    """Each planted wrong answer loses exactly its own test, and each hidden test has one."""
    found = list(_strangers(assignment))
    if trials.reference.trouble:
        return seen(found) if found else not_asked(_NO_REFERENCE)
    before = _lost(trials.reference)
    for one, verdict in trials.wrong.items():
        if _UNJUDGED.match(verdict.trouble):
            continue  # the judge says so
        lost = _lost(verdict)
        others = sorted(set(lost) - set(before) - {one.loses})
        if verdict.trouble:
            found.append(Finding(verdict.trouble.rstrip("."), one.path, "Mend that and prove it again"))
        elif one.loses not in lost:
            problem = f"The wrong answer '{one.name}' does not lose '{one.loses}'"
            also = f", it loses {_listed(others)}" if others else ""
            found.append(Finding(problem + also, one.path, "Make the test see that mistake, or plant another"))
        elif others:
            problem = f"The wrong answer '{one.name}' also loses {_listed(others)}"
            found.append(Finding(problem, one.path, "Let each test look at one mistake alone"))
    found += _uncovered(assignment)
    if not trials.wrong and not found:
        return not_asked(f"none is planted; put them in {assignment.planted_home}/wrong/{assignment.module}/")
    return seen(found, f"{len(trials.wrong)} against {len({one.loses for one in trials.wrong})} tests")


def words(assignment: Assignment, trials: Trials) -> Seen:
    """A wrong answer is told what was looked at, what was wanted and a next step; no line of the test."""
    if not assignment.own:
        return not_asked("a rule of our own exercises")
    if trials.reference.trouble or not trials.wrong:
        return not_asked("no planted wrong answer was graded")
    found = []
    for one, verdict in trials.wrong.items():
        message = _lost(verdict).get(one.loses)
        if message is None:
            continue  # `wrong` says so
        if trouble := _unclear(message, assignment.opened.hidden):
            problem = f"The wrong answer '{one.name}' is told {_short(message)!r}: {trouble}"
            place = assignment.place(_notebook(assignment, one.loses), one.loses)
            found.append(
                Finding(problem, place, "Use 'expect', 'require' or 'read_sheet' of techsell.check with a hint")
            )
    return seen(found, f"{len(trials.wrong)} say what was looked at and wanted")


def right(assignment: Assignment, trials: Trials) -> Seen:
    """Right answers in another style earn everything."""
    if trials.reference.trouble:
        return not_asked(_NO_REFERENCE)
    before = _lost(trials.reference)
    found = []
    for one, verdict in trials.right.items():
        for cell, message in _lost(verdict).items():
            if cell not in before:
                problem = f"The right answer '{one.name}' loses '{cell}': {_short(message)}"
                found.append(Finding(problem, one.path, "Let the test accept every right answer, whatever its style"))
    if assignment.own:
        found += _too_few(assignment)
    elif not trials.right:
        return not_asked(f"none is planted; put them in {assignment.planted_home}/right/{assignment.module}/")
    return seen(found, f"{len(trials.right)} earn everything" if not found else f"{len(trials.right)} graded")


def call(assignment: Assignment, trials: Trials) -> Seen:
    """A role-play cell can be played again from a reference call, and that is worth something."""
    if not assignment.calls_asked:
        return not_asked("there is no role-play")
    if trials.reference.trouble:
        return not_asked(_NO_REFERENCE)
    found, said = [], []
    checks = {(check.notebook, check.cell): check for check in trials.reference.checks}
    for notebook, cell in assignment.calls_asked:
        scenario = cell.name.removeprefix("roleplay_")
        check = checks[notebook, cell.name]
        place = assignment.place(notebook, cell.name)
        if scenario not in assignment.opened.scenarios:
            cure = "Name the cell 'roleplay_<scenario>' after one that 'techsell scenario lint' knows"
            found.append(Finding(f"There is no scenario '{scenario}' to play again", place, cure))
        elif not check.points:
            why = _short(check.message)
            cure = f"Play it again into {assignment.planted_home}/calls/{scenario}.transcript.jsonl"
            found.append(Finding(f"The reference call with '{scenario}' earns nothing: {why}", place, cure))
        else:
            who = "the expert bot" if scenario in trials.by_bot else "a recorded call"
            said.append(f"{scenario}: {check.points:g} of {check.max:g} by {who}")
    return seen(found, ", ".join(said))


def _tests(verdict: Verdict) -> list[Check]:
    return [check for check in verdict.checks if check.kind == "test"]


def _lost(verdict: Verdict) -> Mapping[str, str]:
    """What the tests did not give, with the message."""
    return {check.cell: check.message for check in _tests(verdict) if not check.passed}


def _strangers(assignment: Assignment) -> Iterator[Finding]:
    for one in assignment.strangers:
        near = get_close_matches(one.name, one.known, 1)
        cure = f"Did you mean '{near[0]}'? Rename the file" if near else f"Name it after one of: {', '.join(one.known)}"
        yield Finding(f"The planted answer '{one.name}' belongs to no check or task", one.path, cure)


def _uncovered(assignment: Assignment) -> Iterator[Finding]:
    """Hidden tests of ours that no planted answer loses."""
    if not assignment.own:
        return
    planted = {one.loses for one in assignment.planted}
    for notebook, cell in assignment.tests:
        if "__" in cell.name and cell.name not in planted:
            cure = f"Plant one: {assignment.planted_home}/wrong/{assignment.module}/{cell.name}.py"
            yield Finding(f"No wrong answer is planted for '{cell.name}'", assignment.place(notebook, cell.name), cure)


def _too_few(assignment: Assignment) -> Iterator[Finding]:
    planted = [task_of(one.name.split(".")[0]) for one in assignment.planted if not one.loses]
    for task in assignment.test_tasks:
        if planted.count(task) < _RIGHT:
            problem = f"The task '{task}' has {planted.count(task)} right answers in another style, not {_RIGHT}"
            cure = f"Plant more: {assignment.planted_home}/right/{assignment.module}/{task}.<variant>.py"
            yield Finding(problem, assignment.folder, cure)


def _unclear(message: str, hidden: frozenset[str]) -> str:
    """Why a message does not help; empty when it does."""
    if not message.startswith(("Called ", "Read ")):
        return "it does not say what was looked at"
    if "; wanted " not in message:
        return "it does not say what was wanted"
    if not message.endswith((".", "?")) or ".." in message or len(message) >= _LONGEST:
        return "it does not end as a sentence, or is too long"
    return "it repeats a line of the test" if any(line in message for line in hidden) else ""


def _place(assignment: Assignment, check: Check) -> str:
    return assignment.place(check.notebook, check.cell)


def _notebook(assignment: Assignment, name: str) -> str:
    return next((notebook for notebook, cell in assignment.cells if cell.name == name), assignment.module)


def _short(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= 200 else f"{line[:200]} […]"


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
