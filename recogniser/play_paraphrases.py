"""Does a call that is typed in own words end where the same call ends that is picked from the menu?

    python recogniser/play_paraphrases.py                     the table, both halves
    python recogniser/play_paraphrases.py saltmarsh spec_war  only these scenarios
    python recogniser/play_paraphrases.py --half dev          only the half that one may learn from
    python recogniser/play_paraphrases.py --half dev --show   also the calls that ended elsewhere, line by line
    python recogniser/play_paraphrases.py --write             also store the figures in paraphrase_plays.json

`tests/roleplay/ways/<scenario>.json` has the scripted calls, `tests/roleplay/paraphrases/<scenario>.json` for each of
their lines two paraphrases to learn from (dev) and two to count only (test): `{option: {"dev": [...], "test": [...]}}`,
figures as `{fact.number}`. Nobody who wrote one had seen how typed text is read; none is used in training.

Every call is played twice in every variant: picked, and typed without the menu. A sensible person types the first
paraphrase. To "Did you mean" the answer is the reading that does the same as the canonical line, else "none of these".
Then comes the second paraphrase, and then the first sentence of the canonical line; after that the call goes on with
the next line, whatever happened. Who hung up in the picked call hangs up in the typed one. Where the picked call was
ended by the customer or by its last line and the typed one goes on, so does the caller, with the way's `spare` lines:
asks for the step once more, tells or asks more of the same. Calls with a line that has no paraphrase are left out of
the count, and the table says how many.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from techsell.roleplay import Conversation, list_scenarios, load_scenario
from techsell.roleplay.events import Clock, utc_now
from techsell.roleplay.model import Move, Scenario
from techsell.roleplay.recogniser import Choice
from techsell.roleplay.state import Turn

HERE = Path(__file__).resolve().parent
FIGURES = HERE / "paraphrase_plays.json"
PLAYS = HERE.parent / "tests" / "roleplay"
PARAPHRASES = PLAYS / "paraphrases"

HALVES = {"dev": ("dev",), "test": ("test",), "all": ("dev", "test")}
LEAST = 85
"""percent of the typed calls that must end as the picked ones do"""

Lines = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Way:
    """A scripted call: what is picked, in one variant, and the ending that it leads to."""

    scenario: str
    name: str
    seed: int
    options: tuple[str, ...]
    spare: tuple[str, ...] = ()
    """what this caller says if the typed call goes on where the picked one was over"""


@dataclass(frozen=True)
class Step:
    """What became of one line: all that was typed and chosen for it, and the turns that came of that.

    `wanted` is the turn of the picked call.
    """

    option: str
    tries: tuple[str, ...]
    turns: tuple[Turn, ...]
    wanted: Turn

    @property
    def alike(self) -> bool:
        """Whether the customers answered as they did to the picked line."""
        return [answers(turn) for turn in self.turns] == [answers(self.wanted)]


@dataclass(frozen=True)
class Play:
    """The same call picked and typed."""

    way: Way
    half: str
    picked: Conversation
    typed: Conversation
    steps: tuple[Step, ...]

    @property
    def same(self) -> bool:
        return self.picked.state.ending == self.typed.state.ending

    @property
    def difference(self) -> float:
        """Percent points between the two scores."""
        return abs(self.picked.scorecard().total - self.typed.scorecard().total)


def answers(turn: Turn) -> set[tuple[str, str]]:
    """How customers took a turn, and what it was about."""
    return {(reacted.reaction, reacted.about) for reacted in turn.reactions}


def scenarios() -> list[str]:
    """The ids of the scenarios that have paraphrases, in the order of the course's own list."""
    return [name for name in list_scenarios() if (PARAPHRASES / f"{name}.json").exists()]


@cache
def paraphrases(scenario: str) -> Lines:
    """By option and half, two ways to type it."""
    found: Lines = json.loads((PARAPHRASES / f"{scenario}.json").read_text(encoding="utf-8"))
    return found


def ways(scenario: str) -> Iterator[Way]:
    """Every scripted call of a scenario in each of its variants."""
    found: dict[str, Any] = json.loads((PLAYS / "ways" / f"{scenario}.json").read_text(encoding="utf-8"))
    for name, way in found.items():
        for seed in way["seeds"]:
            yield Way(scenario, name, seed, _of_seed(way["lines"], seed), _of_seed(way.get("spare", []), seed))


def _of_seed(lines: Any, seed: int) -> tuple[str, ...]:
    return tuple(lines[str(seed)] if isinstance(lines, dict) else lines)


def covered(way: Way) -> bool:
    """Whether every line of a call has its paraphrases."""
    return paraphrases(way.scenario).keys() >= {*way.options, *way.spare}


# The sensible person


def targets(scenario: Scenario, move: Move) -> set[tuple[str, str]]:
    """What a move is about: topics, a claim, a request, an objection, facts that are played back, the call itself."""
    topics, indexes = set(move.topics), scenario.compiled
    if move.fact_wanted:
        topics |= set(indexes.facts[move.fact_wanted].fact.unlock.topics)
    if move.plant:
        topics |= {topic for entry in scenario.plant if entry.id == move.plant for topic in entry.topics}
    found = {("topic", topic) for topic in topics} | {("fact", fact) for fact in move.facts}
    found |= {("slot", slot) for slot in move.slots}
    named = {"claim": move.claim, "ask": move.ask, "objection": move.objection}
    return found | {(kind, name) for kind, name in named.items() if name}


def agreement(scenario: Scenario, choice: Sequence[Move], wanted: Sequence[Move]) -> int:
    """How many of the wanted moves a reading has: same label, and about the same where they are about anything."""
    count = 0
    for move in wanted:
        own = targets(scenario, move)
        count += any(
            other.label == move.label
            and (not own or bool(own & targets(scenario, other)) or (move.manner is not None and bool(other.manner)))
            for other in choice
        )
    return count


def sensible(scenario: Scenario, choices: Sequence[Choice], wanted: Sequence[Move]) -> int:
    """The reading that somebody chooses who means `wanted`: its index, or -1 for none of these."""
    marks = [(agreement(scenario, choice.moves, wanted), -len(choice.moves), -at) for at, choice in enumerate(choices)]
    best = max(marks, default=(0, 0, 0))
    return -best[2] if best[0] else -1


def first_sentence(text: str) -> str:
    """Up to the first full stop or question mark that a blank follows."""
    return re.split(r"(?<=[.?])\s", text, maxsplit=1)[0]


def type_line(talk: Conversation, option: str, lines: Sequence[str]) -> tuple[str, ...]:
    """Type a line until it is understood, three times at most; returns what was typed and chosen."""
    compiled = talk.scenario.compiled
    at = compiled.option_by_id[option]
    wanted = compiled.options[at].option.moves
    variant = talk.state.variant
    tries: list[str] = []
    for raw in (*lines, first_sentence(compiled.options[at].option.text)):
        text = compiled.text(variant, raw)
        asking = talk.say(text).asking
        tries.append(text)
        if asking is not None and asking["kind"] == "confirm" and talk.state.asking is not None:
            choices = talk.state.asking.choices
            chosen = sensible(talk.scenario, choices, wanted)
            tries.append(f"  did you mean {[choice.text for choice in choices]}: {chosen}")
            asking = talk.choose(chosen).asking
        if asking is None or talk.over:
            break
    return tuple(tries)


# Calls


def real_clock() -> Clock:
    return utc_now


@cache
def pick_way(way: Way, clock: Callable[[], Clock] = real_clock) -> Conversation:
    """The call as it is picked; who has nothing left to say hangs up."""
    talk = Conversation.start(load_scenario(way.scenario), seed=way.seed, clock=clock())
    for option in way.options:
        talk.pick(option)
    if not talk.over:
        talk.hang_up()
    return talk


def play(way: Way, half: str, clock: Callable[[], Clock] = real_clock) -> Play:
    """A call picked, and typed in the words of a half; `clock` makes a clock for each."""
    picked = pick_way(way, clock)
    typed = Conversation.start(picked.scenario, seed=way.seed, clock=clock())
    steps: list[Step] = []
    for option, wanted in zip(way.options, picked.state.history[1:], strict=False):
        if typed.over:
            break
        before = len(typed.state.history)
        tries = type_line(typed, option, paraphrases(way.scenario)[option][half])
        steps.append(Step(option, tries, typed.state.history[before:], wanted))
    for option in way.spare if picked.state.history[-1].moves else ():  # else the caller hung up
        if not typed.over:
            type_line(typed, option, paraphrases(way.scenario)[option][half])
    if not typed.over:
        typed.hang_up()
    return Play(way, half, picked, typed, tuple(steps))


def play_all(scenario: str, half: str = "all", seeds: Iterable[int] = (1, 2, 3)) -> tuple[Play, ...]:
    """Every scripted call of a scenario whose lines all have paraphrases."""
    wanted = [way for way in ways(scenario) if way.seed in set(seeds) and covered(way)]
    return tuple(play(way, name) for name in HALVES[half] for way in wanted)


# Figures


def counts(plays: Sequence[Play]) -> dict[str, Any]:
    """How many calls, how many ended the same, and the scores' mean absolute difference in percent points."""
    total = sum(one.difference for one in plays)
    return {
        "runs": len(plays),
        "same": sum(one.same for one in plays),
        "difference": round(total / max(1, len(plays)), 1),
    }


def figures(played: dict[str, Sequence[Play]]) -> dict[str, dict[str, dict[str, Any]]]:
    """What is stored: by scenario and half, the counts for each seed and for all of them."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name, plays in played.items():
        found[name] = {}
        for half in HALVES["all"]:
            own = [one for one in plays if one.half == half]
            seeds = sorted({one.way.seed for one in own})
            each = {str(seed): counts([one for one in own if one.way.seed == seed]) for seed in seeds}
            found[name][half] = counts(own) | {"seeds": each}
    return found


def stored() -> dict[str, dict[str, dict[str, Any]]]:
    """The figures as they were last written."""
    return dict(json.loads(FIGURES.read_text(encoding="utf-8")))


def table(played: dict[str, Sequence[Play]], half: str) -> Table:
    """Calls, percent that end the same, difference of the scores, by scenario."""
    title = {"dev": "development half", "test": "test half", "all": "both halves"}[half]
    drawn = Table(title=f"Calls typed in own words, {title}")
    drawn.add_column("scenario", no_wrap=True)
    for name in (
        "calls",
        "left out",
        "same ending",
        "percent",
        "score differs by",
        "lines asked back",
        "answered alike",
    ):
        drawn.add_column(name, justify="right")
    groups = {name: [one for one in plays if one.half in HALVES[half]] for name, plays in played.items()}
    missing = {name: len(HALVES[half]) * sum(not covered(way) for way in ways(name)) for name in groups}
    missing["all"] = sum(missing.values())
    groups["all"] = [one for plays in groups.values() for one in plays]
    for name, plays in groups.items():
        found = counts(plays)
        steps = [step for one in plays for step in one.steps]
        back = 100 * sum(len(step.tries) > 1 for step in steps) / max(1, len(steps))
        alike = 100 * sum(step.alike for step in steps) / max(1, len(steps))
        share = 100 * found["same"] / max(1, found["runs"])
        cells = [str(cell) for cell in (found["runs"], missing[name], found["same"])]
        cells += [f"{cell:.1f}" for cell in (share, found["difference"], back, alike)]
        drawn.add_row(name, *cells, end_section=name == list(played)[-1])
    drawn.caption = (
        f"same ending: at least {LEAST} percent is wanted of every scenario; asked back: 'Did you mean', or not "
        "understood at first; answered alike: percent of the lines to which customers answered as to the picked one"
    )
    return drawn


def failure(one: Play) -> Iterator[str]:
    """A call that ended elsewhere: what was wanted, typed, taken and answered, line by line."""
    way = one.way
    ends = f"wanted {one.picked.state.ending}, came to {one.typed.state.ending}"
    scores = f"{one.picked.scorecard().total:.0f} and {one.typed.scorecard().total:.0f} percent"
    yield f"== {way.scenario} {way.name} seed {way.seed}: {ends}; {scores}"
    for step in one.steps:
        yield step.option + ("" if step.alike else "  OTHERWISE")
        for text in step.tries:
            yield f"    typed {text}"
        for name, turn in (("wanted", step.wanted), *(("got   ", turn) for turn in step.turns)):
            moves = " + ".join(_move(move) for move in turn.moves)
            reactions = " ".join(f"{reacted.reaction}({reacted.about})" for reacted in turn.reactions)
            yield f"    {name} {moves} -> {reactions} | trust {turn.trust}"


def _move(move: Move) -> str:
    said = move.model_dump(exclude_defaults=True, exclude={"label"})
    return move.label + (str(said) if said else "")


def main(words: Sequence[str] | None = None) -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="*", help="ids; all that have paraphrases when left out")
    parser.add_argument("--half", choices=tuple(HALVES), help="only this half")
    parser.add_argument("--show", action="store_true", help="the calls that ended elsewhere, of the development half")
    parser.add_argument("--write", action="store_true", help="store the figures")
    wanted = parser.parse_args(words)
    known = scenarios()
    if unknown := [name for name in wanted.scenario if name not in known]:
        raise SystemExit(f"There are no paraphrases for {', '.join(unknown)}. There are for: {', '.join(known)}")
    if wanted.write and (wanted.half not in (None, "all") or wanted.scenario):
        raise SystemExit("Only the figures of all scenarios and both halves are stored")
    if wanted.show and wanted.half == "test":
        raise SystemExit("The test half is never shown, or it would be none: use --half dev")
    console = Console()
    played: dict[str, Sequence[Play]] = {
        name: play_all(name, wanted.half or "all") for name in wanted.scenario or known
    }
    if wanted.show:
        lost = [one for plays in played.values() for one in plays if one.half == "dev" and not one.same]
        lines = [line for one in lost for line in failure(one)]
        for line in lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    for half in [wanted.half] if wanted.half else list(HALVES):
        console.print(table(played, half))
    if wanted.write:
        FIGURES.write_text(json.dumps(figures(played), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
