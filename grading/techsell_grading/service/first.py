"""A hand-in that nobody made: graded once in every process before the first learner comes, so that all is loaded."""

from __future__ import annotations

from techsell.errors import TechsellError
from techsell_grading.course import Course
from techsell_grading.grader import Limits
from techsell_grading.grader.source import open_source
from techsell_grading.sources import packed_source

__all__ = ["first_hand_in"]

_NOBODY = "L-NOBODY"


def first_hand_in(course: Course, module: str) -> dict[str, bytes]:
    """The module's notebooks as they are released, and for each scenario a declared call of two sentences."""
    files = {path.name: path.read_bytes() for path in course.path("release", module=module).glob("*.ipynb")}
    for scenario in open_source(packed_source(course, module).data, Limits()).scenarios:
        files[f"{scenario}.transcript.jsonl"] = _call(scenario)
    return files


def _call(scenario: str) -> bytes:
    """A line that has to be recognised, and the end; nothing where the scenario is not in this installation."""
    from techsell.roleplay import Conversation, MemoryJournal, declared_seed, load_scenario

    journal = MemoryJournal()
    try:
        talk = Conversation.start(
            load_scenario(scenario),
            seed=declared_seed(_NOBODY, scenario, 1),
            mode="declared",
            learner=_NOBODY,
            attempt=1,
            journal=journal,
        )
        talk.say("What happens when the pump stops?")
        talk.hang_up()
    except TechsellError:
        return b""
    return "".join(f"{line}\n" for line in journal.read()).encode()
