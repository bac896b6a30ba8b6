"""How good is the gate in a call? Every example utterance of every fact, typed where the fact can be had, unlearned.

    python recogniser/evaluate_play.py                 the tables; writes play_report.json and the card
    python recogniser/evaluate_play.py quillon         the tables for some scenarios; writes nothing
    python recogniser/evaluate_play.py --gates         also a part of the lines at other gates
    python recogniser/evaluate_play.py --show          also every line that went wrong

An utterance is tried by a recogniser that does not know it: the utterances of a scenario are dealt into as many hands
as its longest list has lines, and a hand (at most one line of each fact) is tried by a matcher made without it. The
call is put at the moment at which the fact could be opened: everything that it comes after has been heard, whoever
holds it is there, trust is high enough. Then the engine plays the turn, so that it is the customer's reaction that
counts and not a label.

    opened      the fact that the line asks for
    other       answered by something else that was not harmful: the plant sheet, a chat, a repetition
    wrong       another fact was opened instead
    harmful     a reaction that a plain question does not deserve, or trust was lost
    asked_back  'Did you mean', or asked to say it again
    generic     a shrug

A silent error is a line that was taken as read and led to a wrong fact or a harmful reaction.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import card
import metrics
from rich.console import Console
from rich.progress import track
from rich.table import Table

from techsell.roleplay import list_scenarios, load_scenario
from techsell.roleplay.asking import said
from techsell.roleplay.model import Fact, Scenario
from techsell.roleplay.recogniser import Recognition, Situation, gate, questions, recognise
from techsell.roleplay.state import Said, State
from techsell.roleplay.turns import ENGINE, open_call

REPORT = Path(__file__).resolve().parent / "play_report.json"
RESULTS = ("opened", "other", "wrong", "harmful", "asked_back", "generic")
HARMFUL = frozenset(
    {"cools", "refuses", "vetoes", "bristles", "winces", "told_early", "doubts", "insists", "offended", "foreign"}
    | {"corrects", "premature_playback", "glazes", "notes_dodge", "overlong", "grants"}
)
"""reactions that a plain question never deserves; a commitment given by accident is one of them"""
GENERIC = frozenset({"shrugs", "mumbles", "puzzled"})
GATES = (300, 390, 480)
GATE_HANDS = 3
"""hands of each scenario that are tried at every gate"""
TRUST = 8


@dataclass(frozen=True)
class Tried:
    """One line, typed unlearned: what came of it, and the gate's part in it."""

    group: str
    fact: str
    text: str
    result: str
    confidence: int
    offered: bool = False
    """asked back, and the right fact was among the readings"""
    saw: str = ""


class Ears:
    """A recogniser of a scenario of which it has not learned everything."""

    def __init__(self, known: Scenario) -> None:
        self.known = known
        self.last: Recognition | None = None

    def recognise(self, text: str, scenario: Scenario | None = None, situation: Situation | None = None) -> Recognition:
        """Read a line with the known part of the scenario."""
        self.last = recognise(text, self.known, situation)
        return self.last

    def fingerprint(self) -> str:
        """No version of its own."""
        return ""


def hands(scenario: Scenario) -> int:
    """Into how many hands the utterances are dealt."""
    return max((len(fact.utterances) for fact in scenario.facts), default=0)


def without(scenario: Scenario, hand: int) -> Scenario:
    """The scenario without the utterances of one hand."""
    facts = tuple(
        fact.model_copy(update={"utterances": tuple(one for at, one in enumerate(fact.utterances) if at != hand)})
        for fact in scenario.facts
    )
    return scenario.model_copy(update={"facts": facts})


def before(scenario: Scenario, fact: Fact) -> tuple[str, ...]:
    """What has to be heard before a fact, in an order in which it can be heard."""
    facts = {one.id: one for one in scenario.facts}
    found: dict[str, None] = {}

    def need(name: str) -> None:
        for earlier in facts[name].unlock.after:
            if earlier not in found:
                need(earlier)
                found[earlier] = None

    need(fact.id)
    return tuple(found)


def moment(scenario: Scenario, fact: Fact, variant: int) -> State:
    """The call at the moment at which a fact can be opened, nothing pending and nobody objecting."""
    compiled = scenario.compiled
    heard = before(scenario, fact)
    start = open_call(compiled, seed=variant, mode="practice", learner="", attempt=1, seq=1, engine=ENGINE)
    present = tuple(one.id for one in scenario.personas if one.joins is None or one.id == fact.holder)
    flags = compiled.mask("present", present)
    for name in heard:
        flags |= compiled.facts[name].bit
    last = start.history[-1]
    if heard:
        told, _ = compiled.fact_says(start.variant, compiled.facts[heard[-1]].fact)
        last = replace(last, lines=(Said(fact.holder, compiled.text(start.variant, told), ""),))
    return replace(
        start,
        present=present,
        speaker=fact.holder,
        flags=flags,
        facts=heard,
        pending="",
        trust=max(TRUST, fact.unlock.min_trust),
        warm=True,
        turn=min(len(heard) + 2, scenario.budget.turns - 2),
        history=(last,),
    )


def judge(ears: Ears, scenario: Scenario, fact: Fact, state: State, text: str) -> Tried:
    """Type one line and see what comes of it."""
    after = said(scenario.compiled, state, text, 2, ears)
    found = ears.last
    sure = min(found.confidences, default=0) if found is not None else 0
    if after.turn == state.turn:
        choices = after.asking.choices if after.asking is not None else ()
        offered = any(move.fact_wanted == fact.id for one in choices for move in one.moves)
        shown = " / ".join(one.text for one in choices)
        return Tried(scenario.id, fact.id, text, "asked_back", sure, offered, shown)
    turn = after.history[-1]
    own = [one for one in turn.reactions if one.move >= 0]
    names = {one.reaction for one in own}
    lost = sum(one.trust for one in own) < 0 and names - {"tires", "repeats"} != set()
    if fact.id in turn.facts:
        result = "opened"
    elif turn.facts:
        result = "wrong"
    elif names & HARMFUL or (lost and not names <= GENERIC):
        result = "harmful"
    elif names and names <= GENERIC:
        result = "generic"
    else:
        result = "other"
    saw = f"{'+'.join(sorted(names))} {','.join(turn.facts)}".strip()
    return Tried(scenario.id, fact.id, text, result, sure, saw=saw)


def try_scenario(name: str, only: Sequence[int] | None = None) -> Iterator[Tried]:
    """Every utterance of a scenario's facts, or of some hands of them, unlearned."""
    scenario = load_scenario(name)
    for hand in range(hands(scenario)) if only is None else only:
        ears = Ears(without(scenario, hand))
        for fact in scenario.facts:
            if hand < len(fact.utterances):
                state = moment(scenario, fact, hand % len(scenario.variants))
                yield judge(ears, scenario, fact, state, fact.utterances[hand])


def silent(one: Tried) -> bool:
    """Taken as read, and wrong in a way that the learner pays for or profits from."""
    return one.result in {"wrong", "harmful"}


def shares(tried: Sequence[Tried]) -> dict[str, float]:
    """The share of each result, of silent errors, and of right offers among the lines asked back about."""
    count = max(1, len(tried))
    results = Counter(one.result for one in tried)
    asked = max(1, results["asked_back"])
    return {
        "lines": len(tried),
        **{name: round(results[name] / count, 3) for name in RESULTS},
        "silent_error": round(sum(map(silent, tried)) / count, 3),
        "rightly_offered": round(sum(one.offered for one in tried) / asked, 3),
    }


def with_interval(tried: Sequence[Tried], name: str) -> dict[str, float]:
    """A share and 95 % of its values over resampled scenarios."""

    def measure(some: Sequence[Any]) -> float:
        if name == "silent_error":
            return sum(map(silent, some)) / max(1, len(some))
        return sum(one.result == name for one in some) / max(1, len(some))

    low, high = metrics.interval(tried, measure)  # type: ignore[arg-type]
    return {"value": round(measure(tried), 3), "low": round(low, 3), "high": round(high, 3)}


def at_gates(names: Sequence[str]) -> list[dict[str, float]]:
    """The lines of the first hands at other gates, and at the own one."""
    from techsell.roleplay.recogniser import recognition

    own = gate.SURE
    found = []
    try:
        for sure in track(GATES, description="Gates"):
            gate.SURE = sure
            recognition._recognise.cache_clear()
            tried = [one for name in names for one in try_scenario(name, range(GATE_HANDS))]
            found.append({"gate": sure, **shares(tried)})
    finally:
        gate.SURE = own
        recognition._recognise.cache_clear()
    return found


def report(tried: Sequence[Tried]) -> dict[str, Any]:
    """Everything that is stored."""
    groups = sorted({one.group for one in tried})
    return {
        "gate": gate.SURE,
        "enough": questions.ENOUGH,
        "headline": {name: with_interval(tried, name) for name in (*RESULTS, "silent_error")},
        "all": shares(tried),
        "scenarios": {name: shares([one for one in tried if one.group == name]) for name in groups},
    }


def _percent(found: dict[str, float]) -> list[str]:
    return [f"{100 * found[name]:.1f}" for name in (*RESULTS, "silent_error", "rightly_offered")]


def draw(found: dict[str, Any]) -> Table:
    """The table of a report."""
    drawn = Table(title=f"Example utterances, unlearned, in a call (percent; gate {found['gate']})")
    drawn.add_column("scenario")
    for name in ("lines", *RESULTS, "silent_error", "rightly_offered"):
        drawn.add_column(name.replace("_", " "), justify="right")
    for name, row in found["scenarios"].items():
        drawn.add_row(name, str(row["lines"]), *_percent(row))
    drawn.add_section()
    drawn.add_row("all", str(found["all"]["lines"]), *_percent(found["all"]))
    head = found["headline"]
    spread = [f"{100 * head[name]['low']:.1f}–{100 * head[name]['high']:.1f}" for name in (*RESULTS, "silent_error")]
    drawn.add_row("95 %", "", *spread, "")
    return drawn


def main(words: Sequence[str] | None = None) -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="*", help="ids; all that have utterances when left out")
    parser.add_argument("--gates", action="store_true", help="a part of the lines at other gates")
    parser.add_argument("--show", action="store_true", help="every line that went wrong")
    wanted = parser.parse_args(words)
    names = wanted.scenario or [name for name in list_scenarios() if hands(load_scenario(name))]
    tried = [one for name in track(names, description="Playing") for one in try_scenario(name)]
    found = report(tried)
    console = Console()
    if wanted.show:
        for one in tried:
            if one.result != "opened":
                words_ = f"{one.group} {one.fact} {one.result} {one.confidence}: {one.text} -> {one.saw}"
                console.print(words_, markup=False, highlight=False, soft_wrap=True)
    console.print(draw(found))
    if wanted.gates:
        found["gates"] = at_gates(names)
        console.print_json(data=found["gates"])
    if not wanted.scenario:
        if not wanted.gates and REPORT.exists():
            kept = json.loads(REPORT.read_text(encoding="utf-8")).get("gates")
            found |= {"gates": kept} if kept else {}
        REPORT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        labels = json.loads((card.HERE / "report.json").read_text(encoding="utf-8"))
        card.PLACE.write_text(card.card(labels), encoding="utf-8")


if __name__ == "__main__":
    main()
