"""Do the customers have something to say to questions written by somebody who has only read the brief?

    python recogniser/ask_blind.py                  the table, development half and test half and both together
    python recogniser/ask_blind.py --half dev       only the half that one may learn from
    python recogniser/ask_blind.py --show           also what was not answered, of the development half
    python recogniser/ask_blind.py --mid-call       all of them typed in mid-call, when others may be on the line
    python recogniser/ask_blind.py --write          also store the counts in blind_questions.json; a test holds them

`tests/roleplay/questions/<scenario>.txt` has 200 questions a scenario, one a line. Whoever wrote them saw what a
learner sees before the call and nothing else. Lines 1 to 100 are the development half: look at what fails there and
make the recogniser or the scenario better. Lines 101 to 200 are the test half: count them, and leave it at that;
`--show` never shows one.

Each question is typed into a call of its own, in turn into the three variants of the customer: right after the
greeting, or, with "~ " in front, in mid-call, since it makes sense only after some talk. Mid-call is the end of the
first half of the way of an expert, or the last moment before it at which the customer waits for no answer.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from techsell.roleplay import Conversation, list_scenarios, load_scenario
from techsell.roleplay.engine import step
from techsell.roleplay.model import Scenario
from techsell.roleplay.state import State

HERE = Path(__file__).resolve().parent
FIGURES = HERE / "blind_questions.json"
PLAYS = HERE.parent / "tests" / "roleplay"
QUESTIONS = PLAYS / "questions"

SEEDS = (1, 2, 3)
HALF = 100
HALVES = {"dev": ("dev",), "test": ("test",), "all": ("dev", "test")}
MOST_GENERIC = 10
"""percent of the questions of a scenario that may meet a generic line"""

GENERIC = frozenset({"shrugs", "mumbles", "puzzled", "offended", "foreign", "overlong"})
"""reactions that say nothing about what was asked"""

MISREAD = frozenset(
    {"cools", "refuses", "vetoes", "bristles", "winces", "told_early", "doubts", "hears_pitch", "hears_proof"}
    | {"corrects", "premature_playback", "glazes", "notes_dodge"}
)
"""reactions that a plain question seldom deserves: it was taken for pressure, a pitch, a playback or a demand"""

STOCK = frozenset(
    {"chats", "acknowledged", "agrees_frame", "tires", "thanks", "respects", "hears_pitch", "hears_proof"}
)
"""reactions in set words, which may be beside the point although they are no generic line"""

RESULTS = ("answered", "asked_back", "generic")


@dataclass(frozen=True)
class Question:
    """One line of a file: `number` from 1; `later` where it makes sense only after some talk."""

    number: int
    text: str
    later: bool

    @property
    def half(self) -> str:
        return "dev" if self.number <= HALF else "test"

    @property
    def seed(self) -> int:
        return SEEDS[self.number % len(SEEDS)]


@dataclass(frozen=True)
class Asked:
    """What came of a question: `result` is one of `RESULTS`, `says` what was heard (or offered as a reading).

    `about` is the fact (or what else) that answered it.
    """

    question: Question
    result: str
    reactions: tuple[str, ...]
    says: str
    about: str = ""

    @property
    def misread(self) -> bool:
        return self.result == "answered" and not MISREAD.isdisjoint(self.reactions)

    @property
    def stock(self) -> bool:
        return self.result == "answered" and STOCK.union(GENERIC).issuperset(self.reactions)

    @property
    def partly(self) -> bool:
        return self.result == "answered" and not GENERIC.isdisjoint(self.reactions)


def questions(scenario: str) -> tuple[Question, ...]:
    """The questions of a scenario."""
    lines = (QUESTIONS / f"{scenario}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(
        Question(number, line.removeprefix("~ ").strip(), line.startswith("~ ")) for number, line in enumerate(lines, 1)
    )


def scenarios() -> list[str]:
    """The ids of the scenarios that have questions, in the order of the course's own list."""
    return [name for name in list_scenarios() if (QUESTIONS / f"{name}.txt").exists()]


def expert_way(scenario: str, seed: int) -> list[str]:
    """The options that an expert picks, in order.

    Raises:
        SystemExit: nobody has written down how an expert plays it.
    """
    kept = PLAYS / "ways" / f"{scenario}.json"
    if not kept.exists():
        raise SystemExit(f"There is no way of an expert through {scenario}: write tests/roleplay/ways/{scenario}.json")
    lines = json.loads(kept.read_text(encoding="utf-8"))["expert"]["lines"]
    return list(lines if isinstance(lines, list) else lines[str(seed)])


@cache
def moments(scenario: str, seed: int) -> tuple[State, State]:
    """The call after the greeting, and in the middle."""
    talk = Conversation.start(load_scenario(scenario), seed=seed)
    first = middle = talk.state
    way = expert_way(scenario, seed)
    for option in way[: len(way) // 2]:
        talk.pick(option)
        if not talk.state.pending:
            middle = talk.state
    return first, middle


def ask(scenario: Scenario, question: Question) -> Asked:
    """Type one question, at its moment of its call."""
    before = moments(scenario.id, question.seed)[question.later]
    after = step(scenario, before, {"seq": before.seq + 1, "type": "LearnerSaid", "data": {"raw": question.text}})
    if after.turn == before.turn and after.asking is not None:
        kind = after.asking.kind
        if kind == "confirm":
            return Asked(question, "asked_back", (), " / ".join(choice.text for choice in after.asking.choices))
        return Asked(question, "generic", (kind,), " ".join(said.text for said in after.aside[1:]))
    turn = after.history[-1]
    reactions = tuple(reacted.reaction for reacted in turn.reactions if reacted.move >= 0)
    says = " ".join(said.text for said in turn.lines if said.speaker != "you")
    result = "generic" if GENERIC.issuperset(reactions) else "answered"
    about = next((reacted.about for reacted in turn.reactions if reacted.move >= 0 and reacted.about), "")
    return Asked(question, result, reactions, says, about)


def ask_all(scenario: str, half: str = "all", *, mid_call: bool = False) -> tuple[Asked, ...]:
    """Every question of a half, in the order of the file; `mid_call` for all of them then, not only those with "~"."""
    loaded = load_scenario(scenario)
    return tuple(
        ask(loaded, replace(question, later=question.later or mid_call))
        for question in questions(scenario)
        if question.half in HALVES[half]
    )


def counts(asked: Iterable[Asked]) -> dict[str, Any]:
    """How many questions came to which result; `misread`, `stock` and `partly` are among the answered.

    `same` is how many of them one and the same fact answered: where it is large, the fact answers what nobody asked it.
    """
    every = list(asked)
    results = Counter(one.result for one in every)
    found: dict[str, Any] = {"questions": len(every)} | {name: results[name] for name in RESULTS}
    found |= {name: sum(getattr(one, name) for one in every) for name in ("misread", "stock", "partly")}
    found["same"] = max(
        Counter(one.about for one in every if one.result == "answered" and one.about).values(), default=0
    )
    reactions = Counter(reaction for one in every for reaction in one.reactions)
    return found | {"reactions": dict(sorted(reactions.items()))}


def figures(asked: dict[str, Sequence[Asked]]) -> dict[str, dict[str, Any]]:
    """What is stored: by scenario, the counts of each half."""
    return {
        scenario: {half: counts(one for one in every if one.question.half == half) for half in HALVES["all"]}
        for scenario, every in asked.items()
    }


def stored() -> dict[str, dict[str, Any]]:
    """The figures as they were last written."""
    return dict(json.loads(FIGURES.read_text(encoding="utf-8")))


def table(asked: dict[str, Sequence[Asked]], half: str) -> Table:
    """Percent of the questions, by scenario."""
    title = {"dev": "development half", "test": "test half", "all": "both halves"}[half]
    drawn = Table(title=f"Blind questions, {title} (percent)")
    drawn.add_column("scenario", no_wrap=True)
    for name in ("generic", "asked", "misread", "set", "same", "answered"):
        drawn.add_column(name, justify="right", no_wrap=True)
    groups = {name: [one for one in every if one.question.half in HALVES[half]] for name, every in asked.items()}
    groups["all"] = [one for every in groups.values() for one in every]
    for name, every in groups.items():
        found = counts(every)
        shares = [
            f"{100 * found[key] / max(1, found['questions']):.1f}"
            for key in ("generic", "asked_back", "misread", "stock", "same", "answered")
        ]
        drawn.add_row(name, *shares, end_section=name == list(asked)[-1])
    drawn.caption = (
        f"{len(groups['all'])} questions. asked: 'Did you mean' came back. Among the answered: misread; set: in set "
        "words; same: by the fact that answers most"
    )
    return drawn


def failures(scenario: str, asked: Iterable[Asked]) -> Iterator[str]:
    """What is worth a look, of the development half only."""
    for one in asked:
        plain = one.result == "answered" and not one.misread and not one.stock
        if one.question.half == "dev" and not plain:
            kind = one.result if one.result != "answered" else "misread" if one.misread else "set words"
            moment = "mid-call" if one.question.later else "first"
            how = f" {'+'.join(one.reactions)}" if one.reactions else ""
            yield f"{scenario}:{one.question.number} {moment}, {kind}{how}: {one.question.text} -> {one.says}"


def main(words: Sequence[str] | None = None) -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="*", help="ids; all that have questions when left out")
    parser.add_argument("--half", choices=tuple(HALVES), help="only this half")
    parser.add_argument("--show", action="store_true", help="what was not answered, of the development half")
    parser.add_argument("--mid-call", action="store_true", help="type all of them in mid-call")
    parser.add_argument("--write", action="store_true", help="store the counts")
    wanted = parser.parse_args(words)
    known = scenarios()
    if unknown := [name for name in wanted.scenario if name not in known]:
        raise SystemExit(f"There are no questions for {', '.join(unknown)}. There are for: {', '.join(known)}")
    if wanted.write and (wanted.half not in (None, "all") or wanted.scenario or wanted.mid_call):
        raise SystemExit("Only the counts of all questions of all scenarios, each at its moment, are stored")
    if wanted.show and wanted.half == "test":
        raise SystemExit("The test half is never shown, or it would be none: use --half dev")
    console = Console()
    reach = wanted.half or "all"
    asked: dict[str, Sequence[Asked]] = {
        name: ask_all(name, reach, mid_call=wanted.mid_call) for name in wanted.scenario or known
    }
    if wanted.show:
        for name, every in asked.items():
            for line in failures(name, every):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    for half in [wanted.half] if wanted.half else list(HALVES):
        console.print(table(asked, half))
    if wanted.write:
        FIGURES.write_text(json.dumps(figures(asked), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
