"""Up the chain through the terminal: three calls by keys, as kept in `data/cobalt_ridge.*.keys`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario, score

DATA = Path(__file__).parent / "data"
SCENARIO = load_scenario("cobalt_ridge")
ENDS = {"expert": "advance", "dumper": "ejected", "interrogator": "continuation"}
FOUND: dict[str, Any] = json.loads((Path(__file__).parent / "ways" / "cobalt_ridge.json").read_text(encoding="utf-8"))
WAYS: dict[str, list[str]] = {name: FOUND[name]["lines"] for name in ENDS}
SEED = 1


def keys_for(options: Sequence[str]) -> str:
    """What has to be typed to say these lines."""
    talk = Conversation.start(SCENARIO, seed=SEED)
    keys: list[str] = []
    for option in options:
        at = next((page, line.key) for page in range(talk.pages) for line in talk.menu(page) if line.option == option)
        keys += ["0"] * at[0] + [str(at[1])]
        talk.pick(option)
    return "".join(f"{key}\n" for key in keys + ([] if talk.over else ["q"]))


def type_keys(way: str, out: Path, hash_seed: str) -> str:
    keys = (DATA / f"cobalt_ridge.{way}.keys").read_text(encoding="ascii")
    command = [sys.executable, "-m", "techsell", "play", "cobalt_ridge", "--seed", str(SEED), "--out", str(out)]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, input=keys, capture_output=True, encoding="utf-8", cwd=out.parent, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def without_clock(path: Path) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [{name: value for name, value in event.items() if name != "clock"} for event in events]


@pytest.mark.parametrize("way", WAYS)
def test_the_keys_on_file_say_the_scripted_lines(way: str) -> None:
    kept = (DATA / f"cobalt_ridge.{way}.keys").read_text(encoding="ascii")
    wanted = keys_for(WAYS[way])
    assert kept == wanted, f"the menu is in another order now; the keys are\n{wanted}"


@pytest.mark.parametrize(("way", "ending"), ENDS.items())
def test_three_ways_through_by_keys(way: str, ending: str, tmp_path: Path) -> None:
    """Twice with the same keys, under other hash seeds: the same screen, transcript and score."""
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    screens = [type_keys(way, first, "0"), type_keys(way, second, "4711")]
    assert screens[0].rsplit("Transcript:", 1)[0] == screens[1].rsplit("Transcript:", 1)[0]
    assert f"The call has ended: {ending}" in " ".join(screens[0].split())
    events = without_clock(first)
    assert events == without_clock(second)
    assert [event["data"]["option"] for event in events if event["type"] == "LearnerPicked"] == WAYS[way]
    talk = Conversation.start(SCENARIO, seed=SEED)
    for option in WAYS[way]:
        talk.pick(option)
    typed = talk.scorecard()
    assert typed.ending == ending
    assert score(SCENARIO, [json.loads(line) for line in first.read_text(encoding="utf-8").splitlines()]) == typed
