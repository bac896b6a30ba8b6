"""The model card: a text in which every figure comes from report.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techsell.roleplay.labels import LABELS

HERE = Path(__file__).resolve().parent
PLACE = HERE / "MODEL_CARD.md"
PROSE = HERE / "model_card.in.md"
PLAY = HERE / "play_report.json"
CALLS = HERE / "paraphrase_plays.json"
AIMS = {
    "question_kappa": ("question present, κ", ".85"),
    "reflection_kappa": ("playback present, κ", ".65"),
    "macro_f1": ("macro-F1 over twelve moves", ".70"),
    "four_kinds_kappa": ("question / playback / telling / rest, κ", "–"),
    "exact": ("exactly the settled labels", "–"),
    "silent_error": ("accepted at the gate and wrong, of all lines", "under .10"),
    "false_credit": ("accepted and naming a move that is not there", "–"),
    "coverage": ("accepted at the gate", "–"),
}
"""Measure -> what it is called, the aim. `silent_error` is the only one where less is better."""


def _three(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1) if value < 1 else f"{value:.3f}"


def _range(found: Mapping[str, float]) -> str:
    return f"{_three(found['value'])} ({_three(found['low'])}–{_three(found['high'])})"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _headline(report: Mapping[str, Any]) -> str:
    people = report["agreement"]
    rows = []
    for name, (title, aim) in AIMS.items():
        found = report["headline"][name]
        bound = float(re.sub(r"[^.\d]", "", aim) or 0)
        met = (
            ""
            if aim == "–"
            else "yes"
            if (found["value"] < bound if name == "silent_error" else found["value"] >= bound)
            else "**no**"
        )
        rows.append([title, _range(found), aim, met, _range(people[name]) if name in people else "–"])
    return _table(["measure", "unseen scenarios (95 %)", "aim", "reached", "labeller b against a"], rows)


def _labels(report: Mapping[str, Any]) -> str:
    rows = []
    for name in LABELS:
        found = report["labels"][name]
        human = _range(report["agreement"]["kappa"][name])
        rows.append(
            [name, str(found["lines"]), _three(found["precision"]), _three(found["recall"]), _range(found["f1"]), human]
        )
    return _table(["move", "lines", "precision", "recall", "F1 (95 %)", "κ of the two labellers"], rows)


def _confusion(report: Mapping[str, Any]) -> str:
    head = ["settled ↓ named →", *(name[:5] for name in LABELS)]
    table = report["confusion"]
    return _table(head, [[name, *(str(table[name][other] or "·") for other in LABELS)] for name in LABELS])


def _risk(report: Mapping[str, Any]) -> str:
    rows = [
        [
            f"**{row['gate']}**" if row["gate"] == report["gate"] else str(row["gate"]),
            *(_three(row[name]) for name in ("coverage", "silent_error", "false_credit", "risk")),
        ]
        for row in report["risk_coverage"]
    ]
    return _table(
        ["gate, per mille", "accepted", "accepted and wrong", "accepted, false credit", "wrong of the accepted"], rows
    )


def _groups(found: Mapping[str, Mapping[str, float]]) -> str:
    columns = (
        "question_kappa",
        "reflection_kappa",
        "four_kinds_kappa",
        "macro_f1",
        "exact",
        "silent_error",
        "coverage",
    )
    head = [
        "left out",
        "lines",
        "question κ",
        "playback κ",
        "four kinds κ",
        "macro-F1",
        "exact",
        "silent error",
        "accepted",
    ]
    return _table(
        head, [[name, str(row["lines"]), *(_three(row[key]) for key in columns)] for name, row in found.items()]
    )


def _play(found: Mapping[str, Any]) -> str:
    """What comes of example utterances in a call, unlearned; see evaluate_play.py."""
    head = found["headline"]
    rows = [[name.replace("_", " "), _range(head[name])] for name in head]
    return _table(["what came of it", "share of the lines (95 %)"], rows)


def _gates(found: Mapping[str, Any]) -> str:
    columns = ("opened", "other", "wrong", "harmful", "asked_back", "generic", "silent_error")
    rows = [[str(row["gate"]), *(_three(row[name]) for name in columns)] for row in found.get("gates", ())]
    return _table(["gate, per mille", *(name.replace("_", " ") for name in columns)], rows)


def _calls(found: Mapping[str, Any]) -> str:
    """Calls typed in own words that end as the picked ones do; see play_paraphrases.py."""
    rows = []
    for half, title in (("dev", "development half"), ("test", "test half")):
        runs, same = (sum(one[half][key] for one in found.values()) for key in ("runs", "same"))
        least = min((100 * one[half]["same"] / one[half]["runs"], name) for name, one in found.items())
        rows.append([title, str(runs), str(same), f"{100 * same / runs:.1f}", f"{least[1]}: {least[0]:.1f}"])
    return _table(["words", "calls", "same ending", "percent", "lowest scenario"], rows)


def _pairs(report: Mapping[str, Any]) -> str:
    table = report["confusion"]
    found = sorted(
        ((table[one][two], one, two) for one in LABELS for two in LABELS if one != two),
        key=lambda row: (-row[0], row[1:]),
    )
    return "; ".join(f"{one} read as {two} ({count})" for count, one, two in found[:10])


def _value(report: Mapping[str, Any], path: str) -> str:
    found: Any = report
    for part in path.split("."):
        found = found[part]
    return _three(found) if isinstance(found, float) else str(found)


def card(report: Mapping[str, Any]) -> str:
    """The card's text: `model_card.in.md` with its tables and figures filled in."""
    play = json.loads(PLAY.read_text(encoding="utf-8"))
    report = {**report, "play": play}
    tables = {
        "play": _play(play),
        "play gates": _gates(play),
        "calls": _calls(json.loads(CALLS.read_text(encoding="utf-8"))),
        "headline": _headline(report),
        "labels": _labels(report),
        "confusion": _confusion(report),
        "risk": _risk(report),
        "scenarios": _groups(report["scenarios"]),
        "other_talk": _groups(report["other_talk"]),
        "pairs": _pairs(report),
    }

    def fill(match: re.Match[str]) -> str:
        name = match[1].strip()
        return tables[name.removeprefix("table ")] if name.startswith("table ") else _value(report, name)

    return re.sub(r"\{\{([^}]+)\}\}", fill, PROSE.read_text(encoding="utf-8"))
