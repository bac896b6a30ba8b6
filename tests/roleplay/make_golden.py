"""Writes the golden transcripts: `python tests/roleplay/make_golden.py [scenario ...]`, all when none is named.

`golden/<scenario>.expert.jsonl` is the expert's way as it is picked, `golden/<scenario>.typed.jsonl` the same way in
the words of the development half, as recogniser/play_paraphrases.py types it; both seed 1 and by a clock that goes one
second at every look. `golden/results.json` has what they are worth and where they end. To be run after every change to
a scenario or to how typed text is read, and the difference to be looked at before it is kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from techsell.roleplay import Conversation

HERE = Path(__file__).resolve().parent
GOLDEN = HERE / "golden"
RESULTS = GOLDEN / "results.json"


def ticking() -> Callable[[], datetime]:
    """A clock that goes one second at every look."""
    now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def look() -> datetime:
        nonlocal now
        now += timedelta(seconds=1)
        return now

    return look


def room() -> Any:
    """The script that types; recogniser/ is no package."""
    folder = str(HERE.parents[1] / "recogniser")
    if folder not in sys.path:
        sys.path.append(folder)
    import play_paraphrases

    return play_paraphrases


def expert(scenario: str) -> Any:
    """The expert's way in the variant of seed 1."""
    return next(way for way in room().ways(scenario) if way.name == "expert" and way.seed == 1)


def calls(scenario: str) -> dict[str, Conversation]:
    """The two calls of a scenario, by the name of their file."""
    own, way = room(), expert(scenario)
    played = own.play(way, "dev", ticking)
    return {f"{scenario}.expert": played.picked, f"{scenario}.typed": played.typed}


def result(talk: Conversation) -> dict[str, Any]:
    """What is kept beside a transcript: where it ends and what it is worth, to a tenth of a percent point."""
    return {"ending": talk.state.ending, "total": round(talk.scorecard().total, 1), "turns": talk.state.turn}


def main(words: Sequence[str] | None = None) -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="*", help="ids; all that have paraphrases when left out")
    wanted = parser.parse_args(words).scenario or room().scenarios()
    GOLDEN.mkdir(exist_ok=True)
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for scenario in wanted:
        for name, talk in calls(scenario).items():
            (GOLDEN / f"{name}.jsonl").write_text(talk.transcript(), encoding="utf-8", newline="\n")
            results[name] = result(talk)
    text = json.dumps(dict(sorted(results.items())), indent=1) + "\n"
    RESULTS.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
