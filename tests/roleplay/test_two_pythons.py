"""Is a transcript worth the same, and a typed line read the same, on two versions of Python and in any hash order?"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from techsell.errors import MoveNotAllowed
from techsell.roleplay import Conversation, declared_seed, list_scenarios, load_scenario
from techsell.roleplay.model import Scenario
from techsell.roleplay.recogniser import label, recognise
from techsell.roleplay.recogniser.rules import trouble

HERE = Path(__file__).parent
HINT = "run '.ci/other-python' on Debian, and set TECHSELL_OTHER_PYTHON to the path that it prints"
NEWER = ("python3.12", "python3.13", "python3.14")
PROBE = "import sys, pydantic, ruamel.yaml; print('%d.%d' % sys.version_info[:2])"
LEARNER = "learner-17"

# Characters that came into Unicode, and so into Python, after others: letters, digits, signs, emoji.
YOUNG = (
    "\U0001e030\U0001e031\U00011f50\U00011f59\U0001123f\U00031350\U0001e4f1\u2ffc\U0001fae8\U0001e08f\u1c89\ua7cb\ua7da"
)
ODD = (
    *YOUNG,
    *(f"so you lose {sign} hours a week" for sign in YOUNG),
    *(f"how of{sign}ten does it stop{sign}" for sign in YOUNG),
    "ΣΊΣΥΦΟΣ, İstanbul, GROẞ, ﬁt, Ⅷ pumps, ½ an hour, ٣٤ hours, ²",
    "🙂👍🏽 sounds good 👩‍🔧",
    "9" * 1_999,
    "9" * 5_000,
    "hundred " * 900,
    "999" + ",999" * 1_400 + " tonnes",
)

# Calls


def ways(scenario: str) -> Iterator[tuple[str, int, list[str]]]:
    """The scripted ways of a scenario: name, seed, options. The expert's in every variant, the others in one each."""
    path = HERE / "ways" / f"{scenario}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for index, (name, way) in enumerate(found.items()):
        lines, seeds = way["lines"], way["seeds"]
        for seed in seeds if name == "expert" else [seeds[index % len(seeds)]]:
            yield name, seed, lines[str(seed)] if isinstance(lines, dict) else lines


def finished(talk: Conversation) -> Conversation:
    if not talk.over:
        talk.hang_up()
    return talk


def picked(scenario: Scenario, seed: int, options: list[str]) -> Conversation:
    talk = Conversation.start(scenario, seed=seed)
    for option in options:
        talk.pick(option)
    return finished(talk)


def typed(scenario: Scenario, seed: int, options: list[str]) -> Conversation:
    """The same way typed word for word; what is not understood is picked where it can be."""
    talk = Conversation.start(scenario, seed=seed)
    compiled = scenario.compiled
    at = {entry.option.id: index for index, entry in enumerate(compiled.options)}
    for option in options:
        if talk.over:
            break
        asking = talk.say(compiled.option_text(talk.state.variant, at[option])).asking
        if asking is not None and asking["kind"] == "confirm":
            asking = talk.choose(0).asking
        if asking is not None:
            try:
                talk.pick(option)
            except MoveNotAllowed:
                continue
    return finished(talk)


def said(scenario: Scenario, texts: list[str], attempt: int) -> Conversation:
    """A declared attempt in which a tired engineer types these lines, and takes now this reading, now none."""
    seed = declared_seed(LEARNER, scenario.id, attempt)
    talk = Conversation.start(scenario, seed=seed, mode="declared", learner=LEARNER, attempt=attempt)
    for index, text in enumerate(texts):
        if talk.over:
            break
        asking = talk.say(text).asking
        if asking is not None and asking["kind"] == "confirm":
            talk.choose(index % (len(asking["choices"]) + 1) - 1)
    return finished(talk)


def wandered(scenario: Scenario, attempt: int) -> Conversation:
    """A declared attempt in which anything on the menu is picked."""
    seed = declared_seed(LEARNER, scenario.id, attempt)
    talk = Conversation.start(scenario, seed=seed, mode="declared", learner=LEARNER, attempt=attempt)
    chance = random.Random(seed)
    while not talk.over:
        lines = [line.option for page in range(talk.pages) for line in talk.menu(page)]
        talk.pick(chance.choice(lines))
    return talk


def calls(scenario: Scenario, texts: list[str], most: int) -> Iterator[tuple[str, Conversation]]:
    """Calls of all kinds with a scenario, at most so many of its scripted ways: name and call."""
    for name, seed, options in islice(ways(scenario.id), most):
        yield f"{name}.{seed}.picked", picked(scenario, seed, options)
        yield f"{name}.{seed}.typed", typed(scenario, seed, options)
    for attempt in (1, 2):
        yield f"wandered.{attempt}", wandered(scenario, attempt)
        shuffled = random.Random(attempt).sample(texts, len(texts))
        yield f"said.{attempt}", said(scenario, shuffled, attempt)


def texts_of(repository: Path, name: str) -> list[dict[str, str]]:
    lines = (repository / "recogniser" / "utterances" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def write(folder: Path, repository: Path, names: tuple[str, ...], most: int = 99) -> dict[str, dict[str, Any]]:
    """Keeps the transcripts of the calls with these scenarios; returns what each was worth live."""
    scores = {}
    for name in names:
        texts = [entry["text"] for entry in texts_of(repository, name)]
        for way, talk in calls(load_scenario(name), texts, most):
            path = folder / f"{name}.{way}.jsonl"
            path.write_text(talk.transcript(), encoding="utf-8", newline="\n")
            scores[path.name] = json.loads(json.dumps(talk.scorecard().as_dict()))
    return scores


def keep_lines(folder: Path, name: str, entries: list[dict[str, str]]) -> None:
    (folder / "lines").mkdir(exist_ok=True)
    text = "".join(json.dumps(entry) + "\n" for entry in entries)
    (folder / "lines" / f"{name}.jsonl").write_text(text, encoding="utf-8", newline="\n")


# Interpreters


def worked_out(
    pythons: list[tuple[str, str]], folder: Path, repository: Path, names: tuple[str, ...]
) -> list[list[str]]:
    """What each interpreter with its hash seed makes of the folder, line by line; all of one copy of the package."""
    package = folder / "course" / "techsell"
    shutil.copytree(repository / "course" / "techsell", package, ignore=shutil.ignore_patterns("__pycache__"))
    found = []
    for python, hash_seed in pythons:
        own = {"PYTHONPATH": str(package.parent), "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"}
        done = subprocess.run(
            [python, str(HERE / "again.py"), str(folder), *names],
            capture_output=True,
            encoding="utf-8",
            check=False,
            env=os.environ | own | {"PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found.append(done.stdout.splitlines())
    return found


def assert_alike(one: list[str], other: list[str]) -> None:
    """Byte for byte; says in a few words where not."""
    differing = [(left, right) for left, right in zip(one, other, strict=False) if left != right]
    for left, right in differing[:1]:
        first, second = json.loads(left), json.loads(right)
        keys = [key for key in first if first[key] != second.get(key)]
        what = first.get("transcript") or first.get("line") or first.get("scenario") or "recogniser"
        pytest.fail(
            f"{len(differing)} of {len(one)} differ; the first is {what}: {keys}\n{left[:1500]}\n{right[:1500]}"
        )
    assert len(one) == len(other)


def assert_as_live(lines: list[str], live: dict[str, dict[str, Any]]) -> None:
    """Every transcript is worth live, taken up again and replayed the same, and nothing in it is odd."""
    found = {entry["transcript"]: entry for entry in map(json.loads, lines) if "transcript" in entry}
    assert found.keys() == live.keys()
    for name, score in live.items():
        assert found[name]["replayed"] == found[name]["reloaded"] == score, name
        assert found[name]["findings"] == [], name
        assert found[name]["same_events"], name


def missing(message: str) -> None:
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def other_python() -> str:
    """A CPython of another version than the one that runs this, with pydantic and ruamel.yaml."""
    own = "{}.{}".format(*sys.version_info[:2])
    named = os.environ.get("TECHSELL_OTHER_PYTHON", "")
    for name in [named] if named else NEWER:
        path = shutil.which(name)
        done = path and subprocess.run([path, "-c", PROBE], capture_output=True, text=True, check=False)
        if path and done and done.returncode == 0 and done.stdout.strip() != own:
            return path
    if named:
        pytest.fail(
            f"TECHSELL_OTHER_PYTHON={named} is no other Python than {own} with pydantic and ruamel.yaml; {HINT}"
        )
    missing(f"no other Python than {own} with pydantic and ruamel.yaml on this machine; {HINT}")
    raise AssertionError("not reached")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_pythons_agree_on_every_score_move_and_line(other_python: str, repository: Path, tmp_path: Path) -> None:
    """All scenarios, picked and typed, all labelled lines, other people's conversations, and odd characters."""
    names = list_scenarios()
    live = write(tmp_path, repository, names)
    for name in names:
        keep_lines(tmp_path, name, texts_of(repository, name))
    for path in (repository / "recogniser" / "general").glob("*.jsonl"):
        shutil.copy(path, tmp_path / "lines" / f"general_{path.name}")
    keep_lines(tmp_path, "odd", [{"text": text, "ctx": text[:80]} for text in ODD])
    own, other = worked_out([(sys.executable, "0"), (other_python, "0")], tmp_path, repository, names)
    assert_alike(own, other)
    assert_as_live(own, live)
    read = [json.loads(line)["line"] for line in own if line.startswith('{"alone"')]
    assert len(read) >= 1_500
    assert {name.split(".")[0] for name in live} == set(names)


def test_the_order_of_hashes_changes_nothing(repository: Path, tmp_path: Path) -> None:
    """The same with two values of PYTHONHASHSEED, for one scenario, lines of its own and odd characters."""
    names = ("spec_war",)
    live = write(tmp_path, repository, names, most=2)
    keep_lines(tmp_path, "spec_war", texts_of(repository, "spec_war")[:40])
    keep_lines(tmp_path, "odd", [{"text": text} for text in ODD])
    one, other = worked_out([(sys.executable, "1"), (sys.executable, "4242")], tmp_path, repository, names)
    assert_alike(one, other)
    assert_as_live(one, live)


@pytest.mark.parametrize("sign", YOUNG)
def test_a_character_that_not_every_python_knows_is_no_letter(sign: str) -> None:
    """It is read as the sign for an unknown character, on every Python; the clause keeps what was typed."""
    text = f"so you lose {sign}{sign} hours{sign} a week"
    unknown = text.replace(sign, "\ufffd")
    assert recognise(text) == recognise(unknown)
    assert trouble(sign * 5) == trouble("\ufffd" * 5) == "unclear"
    (found,), (same,) = label(text), label(unknown)
    assert (found.text, found.probabilities) == (text, same.probabilities)


def test_a_difference_is_seen() -> None:
    """The comparison itself: one score that differs by a hundredth, or a line that is missing, fails."""
    line = '{"transcript": "a.jsonl", "replayed": {"total": 81.25}}'
    with pytest.raises(pytest.fail.Exception, match=r"a\.jsonl: \['replayed'\]"):
        assert_alike([line], [line.replace("81.25", "81.26")])
    with pytest.raises(AssertionError):
        assert_alike([line, line], [line])
