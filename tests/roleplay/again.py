"""Everything that follows from transcripts and typed lines, one line of JSON each: for two interpreters to agree on.

Run as a program, without pytest: `python again.py FOLDER SCENARIO...`. Transcripts are `FOLDER/*.jsonl`, typed lines
(`{"text", "ctx"}`) `FOLDER/lines/*.jsonl`. A file of lines that is named as a scenario is read in its opening, too.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from techsell.roleplay import Conversation, MemoryJournal, Transcript, canonical, list_scenarios, load_scenario, verify
from techsell.roleplay.model import Scenario
from techsell.roleplay.recogniser import fingerprint, label, recognise
from techsell.roleplay.recogniser.rules import trouble


def plain(thing: Any) -> Any:
    """As JSON types; what has no order of its own is sorted."""
    if isinstance(thing, BaseModel):
        return thing.model_dump(mode="json", by_alias=True)
    if is_dataclass(thing):
        return {field.name: plain(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, dict):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, frozenset | set):
        return sorted(map(plain, thing))
    return [plain(one) for one in thing] if isinstance(thing, list | tuple) else thing


def show(**found: Any) -> None:
    print(json.dumps(found, sort_keys=True))  # noqa: T201


def play_again(path: Path, pins: dict[str, Scenario]) -> None:
    """The scores of a transcript taken up again and replayed, and every turn with the moves that were read."""
    text = path.read_text(encoding="utf-8")
    for session, report in zip(Transcript.parse(text).sessions, verify(text, pins.get).sessions, strict=True):
        scenario = pins[session.start["scenario_sha"]]
        lines = text.splitlines()[session.line - 1 :][: len(session.events)]
        talk = Conversation.resume(scenario, MemoryJournal(lines))
        assert report.scorecard is not None
        show(
            transcript=path.name,
            replayed=report.scorecard.as_dict(),
            reloaded=talk.scorecard().as_dict(),
            findings=plain(report.findings),
            turns=plain(talk.state.history),
            same_events=talk.transcript() == "".join(line + "\n" for line in lines),
        )


def read_again(path: Path) -> None:
    """What the recogniser makes of every line of a file."""
    scenario = load_scenario(path.stem) if path.stem in list_scenarios() else None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        typed = json.loads(line)
        text, said = typed["text"], typed.get("ctx", "")
        show(
            line=f"{path.name}:{number}",
            clauses=plain(label(text, said)),
            trouble=trouble(text),
            alone=plain(recognise(text)),
            opening=scenario and plain(recognise(text, scenario)),
        )


def main(folder: Path, names: list[str]) -> None:
    show(recogniser=fingerprint())
    scenarios = {load_scenario(name).fingerprint: load_scenario(name) for name in names}
    for scenario in scenarios.values():
        show(scenario=scenario.id, version=scenario.fingerprint, content=canonical(scenario).decode())
    for path in sorted(folder.glob("*.jsonl")):
        play_again(path, scenarios)
    for path in sorted((folder / "lines").glob("*.jsonl")):
        read_again(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
