"""Is every number in the lessons' prose true, and is nothing copied, invented or shouted?"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from techsell import questions
from techsell.datasets import discovery as data
from techsell.datasets.authored import authored
from techsell.lessons import discovery as maths

CONTENT = Path(__file__).resolve().parents[2] / "course"
MODULES = CONTENT / "modules"
NOTEBOOKS = {str(path.relative_to(MODULES)): path for path in sorted(MODULES.glob("*/*.ipynb"))}
DISCOVERY = "03_discovery_conversation/discovery_conversation.ipynb"
HERE = MODULES / "03_discovery_conversation"

PROSE = {DISCOVERY: maths.prose_numbers}
"""Notebook -> the numbers that its prose marks as `135<!--=pain_total-->`."""

PLAIN_NUMBERS = {  # everything else in prose: what kind of number it is, cell by cell
    (DISCOVERY, "title"): {"40"},  # minutes, as in the syllabus
    (DISCOVERY, "idea-questions"): {"14"},  # a date somebody says
    (DISCOVERY, "predict-then-run"): {"0", "1"},  # codes, and the neutral odds ratio
    (DISCOVERY, "run-why"): {"1"},
    (DISCOVERY, "fault-finding"): {"1", "2"},  # (1) and (2)
    (DISCOVERY, "sources"): {
        *("1988", "35,000", "17", "42", "13", "30", "57"),  # the book; the trial, with its caveats
        *("39", "2011", "407", "1982", "2008", ".28", ".27"),  # the meta-analysis
        *("9", "2010", "1989", "1990"),  # a date, a year, a decade
        *("22", "1959", "719", "42", "1986", "311", "13", "1951", "238"),  # volume, year, page
    },
    ("00_start_here/first_call.ipynb", "title"): {"1", "6"},  # keys
    ("00_start_here/first_call.ipynb", "afterwards"): {"3"},  # a module
    ("00_start_here/using_this_page.ipynb", "run"): {"18", "20"},  # typed by the learner
    ("00_start_here/using_this_page.ipynb", "card"): {"0"},
}

FOLKLORE = [  # curriculum, section 6; what is banned is the claim, not the digits
    r"\b(57|60|67|70)\s?(%|per ?cent)[^.]{0,60}\b(buying|buyer'?s? (journey|decision)|decision|purchase)",
    r"\b80\s?(%|per ?cent)[^.]{0,40}\bsales\b",
    r"\b5\s?(-|–|to)\s?12 (contacts|calls)",
    r"\b(7|seven)\s?[-–/]\s?(38|thirty-eight)\s?[-–/]\s?55",
    r"\b43\s?[:/]\s?57\b",
    r"learning pyramid|cone of (experience|learning)",
    r"\b(53|40)\s?(%|per ?cent)[^.]{0,60}\b(challenger|relationship builder)",
    r"26,?010",
]

WORKS = [  # titles of works may be named in full
    "Why More Engineers Ought to be in Sales and Marketing",
    "The Seven Habits of Highly Effective People",
]


def read(name: str) -> Any:
    return nbformat.read(NOTEBOOKS[name], as_version=4)  # type: ignore[no-untyped-call]


def cells(name: str, kind: str) -> Iterator[Any]:
    return (cell for cell in read(name).cells if cell.cell_type == kind)


def prose_files() -> dict[str, str]:
    """All text of the course that this room's writer is responsible for."""
    found = {name: "\n".join(cell.source for cell in read(name).cells) for name in NOTEBOOKS}
    found["job_aid.html"] = html.unescape(re.sub(r"<[^>]+>", " ", (HERE / "job_aid.html").read_text("utf-8")))
    found["questions"] = (questions.folder() / "discovery_conversation.yaml").read_text("utf-8")
    found["transcripts"] = "\n".join(data.transcripts()["text"])
    found["dossiers"] = "\n".join(data.dossiers()["evidence"].dropna())
    return found


# --- truth ----------------------------------------------------------------------------------------------------------

MARK = re.compile(r"(£?\d[\d,]*)<!--=(\w+)-->")


def bare_prose(source: str) -> str:
    """Markdown without code, link targets, comments, list numbers."""
    text = re.sub(r"```.*?```", " ", source, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]+>", " ", text)
    return re.sub(r"^\s*\d+\. ", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", PROSE)
def test_a_marked_number_is_the_computed_one(name: str) -> None:
    truth = PROSE[name]()
    found = [mark for cell in cells(name, "markdown") for mark in MARK.findall(cell.source)]
    assert {key for _, key in found} == set(truth), "every number computed is quoted, every quoted one computed"
    for written, key in found:
        assert written == truth[key], key


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_other_number_is_in_the_prose_but_listed_ones(name: str) -> None:
    for cell in cells(name, "markdown"):
        text = bare_prose(MARK.sub(" ", cell.source))
        found = set(re.findall(r"(?<![\w.,])\.?\d[\d,]*(?:\.\d+)?", text))
        assert {number.rstrip(",") for number in found} == PLAIN_NUMBERS.get((name, cell.id), set()), cell.id


def test_what_the_prose_says_of_the_call_log_is_so() -> None:
    calls = data.calls()
    sizes = calls.assign(needs=calls["implied"] + calls["explicit"]).groupby("large")
    assert calls["large"].mean() == 0.5, "half of them in small sales, half in large ones"
    pressing, advancing, needs = (sizes[column].mean() for column in ("closing", "advance", "needs"))
    assert pressing[0] > 0.5 > pressing[1], "press at the counter and hold back at the plant"
    assert advancing[0] > advancing[1], "small sales advance more often"
    assert needs[1] > needs[0], "in large deals more needs are heard"
    rows = maths.closing_effect(calls)
    assert rows["all calls"].low > 1, "over all calls pressing looks good"
    assert rows["within deal size"].low < 1 < rows["within deal size"].high, "the interval has 1 inside it"


def test_the_prediction_is_true_of_the_data() -> None:
    prediction = questions.load("discovery_conversation").prediction("closing_effect")
    rows = maths.closing_effect(data.calls())
    assert rows["all calls"].value > 2
    assert rows["small deals"].value < 1
    assert rows["large deals"].value < 1
    assert prediction.options[prediction.truth].startswith("Pressing looks good over all calls, and no better")


def test_the_table_of_questions_quotes_the_transcripts() -> None:
    text = next(cell.source for cell in cells(DISCOVERY, "markdown") if cell.id == "idea-questions")
    said = data.transcripts(seed=0)
    quoted = re.findall(r"\*\*(\w+)\*\* \|[^|]*\| \"([^\"]+)\"", text)
    assert [kind.lower() for kind, _ in quoted] == ["situation", "problem", "implication", "payoff"]
    script = {row["text"]: row["tag"] for row in authored("discovery_scripts.psv")}
    for kind, line in quoted:
        found = [tag for spoken, tag in script.items() if line.rstrip("?").split(", what would")[0] in spoken]
        assert found == [kind.lower()], line
    assert not said.empty


def test_the_data_dictionary_names_every_column() -> None:
    text = next(cell.source for cell in cells(DISCOVERY, "markdown") if cell.id == "predict-then-run")
    named = re.findall(r"`(\w+)`", "\n".join(line for line in text.splitlines() if line.startswith("| `")))
    assert named == list(data.calls().columns)
    assert "built to echo Rackham, and it is not evidence for him" in text


# --- manners --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", prose_files())
def test_no_folklore_no_shouting_no_machine_talk(name: str) -> None:
    text = prose_files()[name]
    for pattern in FOLKLORE:
        assert not re.search(pattern, text, re.IGNORECASE), pattern
    assert not re.search(r"\w!(?!=)", text), "no exclamation marks"
    assert not re.search(r"\bAI\b|chatbot|ChatGPT|win-win|low-hanging|game.?changer|synerg", text)


def from_the_articles(text: str) -> list[str]:
    """Every six words in a row that stand in one of the two articles."""
    spoken = re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", ""))
    known = set(Path(__file__).with_name("seed_shingles.txt").read_text("utf-8").split())
    runs = [" ".join(spoken[start : start + 6]) for start in range(len(spoken) - 5)]
    return [run for run in runs if hashlib.sha256(run.encode()).hexdigest()[:10] in known]


@pytest.mark.parametrize("name", prose_files())
def test_nothing_is_copied_from_the_two_articles(name: str) -> None:
    """At most five words in a row, titles apart. The articles are kept as hashes of six words in a row."""
    text = prose_files()[name]
    for title in WORKS:
        text = re.sub(title, " · title · ", text, flags=re.IGNORECASE)
    assert from_the_articles(text) == []


def test_the_hashes_would_find_a_copied_line() -> None:
    assert from_the_articles(f"See {WORKS[0]}, a post.")


def test_people_are_named_where_their_thought_is_used() -> None:
    idea = next(cell.source for cell in cells(DISCOVERY, "markdown") if cell.id == "the-idea")
    sources = next(cell.source for cell in cells(DISCOVERY, "markdown") if cell.id == "sources")
    for person in ("Orr", "Covey"):
        assert person in idea
        assert person in sources
    for person in ("Rackham", "Mitra", "Verbeke", "Mantel"):
        assert person in sources
    assert "not connected with its owner" in sources


def test_questions_do_not_betray_their_answer_by_length_or_place() -> None:
    asked = [q for quiz in questions.load("discovery_conversation").quizzes for q in quiz.questions]
    longest = sum(max(q.answers, key=lambda answer: len(answer.text)).right for q in asked)
    places = [next(i for i, answer in enumerate(q.answers) if answer.right) for q in asked]
    assert longest <= len(asked) / 4
    assert len(set(places)) >= 3
    for q in asked:
        assert all(len(answer.feedback) > 40 for answer in q.answers)
        assert len({answer.feedback for answer in q.answers}) == len(q.answers)


def test_shipped_tables_are_those_the_notebook_reads() -> None:
    setup = next(cell.source for cell in cells(DISCOVERY, "code") if cell.id == "setup")
    assert set(re.findall(r'read_csv\("([^"]+)"\)', setup)) == set(data.CSV_FILES)
    assert len(pd.read_csv(HERE / "calls.csv")) == 900
