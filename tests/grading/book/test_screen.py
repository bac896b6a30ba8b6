"""Does the trainer see how far it is, how everybody did, who changes, and what protects the machine?"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from rich.progress import Task

from techsell_grading import grade as grading
from techsell_grading import screen
from techsell_grading.desk import _unusual
from techsell_grading.grade import Line, Run
from techsell_grading.grader import Check, Limits, Verdict, sandbox
from techsell_grading.grader.verdict import NOT_ANSWERED


def test_each_learner_has_a_line_with_the_score_and_anything_unusual(run, classroom):
    course = classroom(4, lambda number: "KILL" if number == 2 else "")
    code, out, _ = run("grade", "--course", str(course.home), "--workers", "2")
    assert code == 0
    lines = {match[1]: match[0] for match in re.finditer(r"^(L-\d{4}).*$", out, re.MULTILINE)}
    assert lines.keys() == {"L-0000", "L-0001", "L-0002", "L-0003"}
    assert all(re.search(r"^L-\d+ +[\d.]+ / 15( +1)? +graded", line) for line in lines.values())
    assert "brought the grading process down" in lines["L-0002"]
    assert re.search(r"^valves +4 +[\d.]+ .* 15 +3 +1 *$", out, re.MULTILINE)
    assert "3 hand-ins with work samples: their points come from a person, with 'techsell mark'." in out
    assert re.search(r"4 graded\. [\d.]+ s\. [\d.]+ a second\.", out)


def test_a_learner_whose_name_looks_like_markup_does_no_harm(monkeypatch):
    shown = Console(force_terminal=True, width=100, record=True, file=StringIO())
    monkeypatch.setattr("techsell.commands.console._made", {True: shown})
    line = Line("valves", "L-[/b]", "graded", 1.0, 2.0, (), (), 0.1, None)
    with screen.bar() as show:
        show.starting(2)
        show(1, 2, line)
    assert "L-[/b]" in shown.export_text()


def test_regrading_with_changed_tests_shows_who_changes_and_by_how_much(run, classroom):
    course = classroom(6)
    where = ("--course", str(course.home))
    before = {line["learner"]: line["score"] for line in json.loads(run("grade", *where, "--json")[1])["lines"]}
    source = course.path("source", module="valves") / "valves.ipynb"
    source.write_text(source.read_text(encoding="utf-8").replace("secret_cases = [-3, -1]", "secret_cases = [3]"))
    kept = run("grade", *where)[1]
    assert "Released valves first" in kept
    assert "6 earlier tests." in kept
    assert "--force grades them again." in kept
    code, out, _ = run("grade", *where, "--force")
    assert code == 0
    after = {line["learner"]: line["score"] for line in json.loads(run("grade", *where, "--json")[1])["lines"]}
    changed = {learner: after[learner] - before[learner] for learner in before if after[learner] != before[learner]}
    assert changed
    for learner, points in changed.items():
        assert re.search(rf"^{learner} .* {re.escape(f'{points:+g}')} ", out, re.MULTILINE)
    up = sum(points > 0 for points in changed.values())
    same = 6 - len(changed)
    assert f"Against before: {up} gain, {len(changed) - up} lose, {same} stay as they were." in out


def test_nobody_changing_needs_no_column(run, classroom):
    where = ("--course", str(classroom(2).home))
    run("grade", *where)
    out = run("grade", *where, "--force")[1]
    assert "Change" not in out
    assert "Against before" not in out


def test_machines_get_the_same_and_what_is_left(run, classroom):
    said = json.loads(run("grade", "--course", str(classroom(2).home), "--json")[1])
    assert (said["stopped"], said["left"], said["released"]) == (0, 0, [])
    assert [(line["learner"], line["status"], line["change"]) for line in said["lines"]] == [
        ("L-0000", "graded", 0.0),
        ("L-0001", "graded", 0.0),
    ]


def test_the_bar_shows_throughput_and_what_remains(monkeypatch):
    shown = Console(force_terminal=True, width=100, record=True, file=StringIO())
    monkeypatch.setattr("techsell.commands.console._made", {True: shown})
    line = Line("valves", "L-0001", "graded", 1.0, 2.0, (), (), 0.1)
    with screen.bar() as show:
        show.starting(100)
        for done in range(1, 40):
            show(done, 100, line)
    text = shown.export_text()
    assert "Graded L-0001" in text
    assert "39/100" in text
    assert re.search(r"\d/s", text)
    assert re.search(r"\d:\d{2} left", text)


def test_before_the_first_hand_in_the_bar_says_how_many_there_are(monkeypatch):
    shown = Console(force_terminal=True, width=100, record=True, file=StringIO())
    monkeypatch.setattr("techsell.commands.console._made", {True: shown})
    with screen.bar() as show:
        show.starting(3000)
    text = shown.export_text()
    assert "Starting …" in text
    assert "0/3000" in text


def test_in_a_file_there_is_a_line_every_ten_seconds_and_no_bar(monkeypatch):
    shown = Console(width=100, record=True, file=StringIO())
    monkeypatch.setattr("techsell.commands.console._made", {True: shown})
    now = 100.0
    monkeypatch.setattr(screen.time, "monotonic", lambda: now)
    line = Line("valves", "L-0001", "graded", 1.0, 2.0, (), (), 0.1)
    with screen.bar() as show:
        show.starting(120)
        for done in range(1, 121):
            now += 0.25
            show(done, 120, line)
    assert shown.export_text().splitlines() == [
        "40 of 120 graded, 4.0/s, 0:20 left",
        "80 of 120 graded, 4.0/s, 0:10 left",
    ]


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0:00"), (59.6, "1:00"), (3725, "1:02:05")])
def test_a_time_in_words(seconds, words):
    assert screen._clock(seconds) == words


@pytest.mark.parametrize("columns", ["80", "120"])
def test_names_and_numbers_stay_on_one_line(run, classroom, monkeypatch, columns):
    """Only remarks are folded, however narrow the screen."""
    course = classroom(3, lambda number: "KILL" if number == 2 else "")
    monkeypatch.setenv("COLUMNS", columns)
    out = run("grade", "--course", str(course.home), "--workers", "1")[1]
    lines = out.partition("3 graded.")[0].splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert sum(bool(re.match(r"L-000\d +[\d.]+ / 15( +1)? +graded", line)) for line in lines) == 3
    folded = " ".join(line[30:].strip() for line in lines)
    assert "brought the grading process down, twice; a person should look at it." in folded
    assert re.search(r"^valves +3 +[\d.]+ +[\d.]+ +[\d.]+ +15 +2 +1 *$", out, re.MULTILINE)


@pytest.mark.parametrize(("speed", "words"), [(None, ""), (83.33, "83.3/s"), (1.0, "1.0/s"), (0.25, "4 s each")])
def test_throughput_in_words(monkeypatch, speed, words):
    task = Task(0, "", 10, 1, _get_time=lambda: 1.0)  # type: ignore[arg-type]
    monkeypatch.setattr(Task, "speed", property(lambda _: speed))
    assert screen._Throughput().render(task).plain == words


class TestProtection:
    def test_a_sandbox_that_works_is_not_talked_about(self, monkeypatch):
        monkeypatch.setattr(sandbox, "available", lambda: "")
        assert grading.protection(Limits(sandbox="auto")) == ""
        assert grading.protection(Limits(sandbox="require")) == ""

    def test_required_and_missing_refuses_and_says_what_to_install(self, run, classroom, monkeypatch):
        monkeypatch.setattr(sandbox, "available", lambda: "There is no bwrap here. Install bubblewrap")
        course = classroom(1)
        code, _, err = run("grade", "--course", str(course.home), "--sandbox", "require")
        assert code == 1
        assert "There is no bwrap here. Install bubblewrap." in err
        assert not list(course.path("autograded").rglob("verdict.json"))

    def test_auto_warns_and_goes_on(self, run, classroom, monkeypatch):
        monkeypatch.setattr(sandbox, "available", lambda: "There is no bwrap here. Install bubblewrap")
        code, _, err = run("grade", "--course", str(classroom(1).home))
        assert code == 0
        assert "Nothing protects this machine from the code that is graded: There is no bwrap here." in err

    def test_off_says_so_in_words(self, run, classroom):
        code, _, err = run("grade", "--course", str(classroom(1).home), "--sandbox", "off")
        assert code == 0
        assert "graded code can read, change and send whatever you can" in err

    def test_an_unknown_word_is_wrong_usage(self, run, classroom):
        code, _, err = run("grade", "--course", str(classroom(1).home), "--sandbox", "perhaps")
        assert code == 2
        assert "require" in err


@pytest.mark.parametrize(
    ("words", "limits"),
    [
        ((), Limits()),
        (("--sandbox", "require"), Limits(sandbox="require")),
        (("--strict-nbgrader",), Limits(strict_nbgrader=True)),
    ],
)
def test_what_the_command_says_reaches_the_work_unit(run, classroom, monkeypatch, standin, words, limits):
    seen: list[tuple[Limits, str]] = []

    def watched(course: object, modules: object, **options: object) -> Run:
        seen.append((options["limits"], options["cluster"]))  # type: ignore[arg-type]
        return Run((), ())

    monkeypatch.setattr(sandbox, "available", lambda: "")
    monkeypatch.setattr(grading, "grade", watched)
    assert run("grade", "--course", str(classroom(1).home), "--cluster", "tcp://there:1", *words)[0] == 0
    assert seen == [(limits, "tcp://there:1")]


def test_the_time_of_a_cell_is_the_courses_and_the_rest_the_callers(classroom, monkeypatch, standin):
    course = replace(classroom(1), cell_seconds=7.0)
    seen: list[Limits] = []

    def watched(submission: bytes, source: bytes, limits: Limits) -> Verdict:
        seen.append(limits)
        verdict: Verdict = standin.grade_one(submission, source, limits)
        return verdict

    monkeypatch.setattr(grading, "grade_one", watched)
    with ThreadPoolExecutor(1) as here:
        grading.grade(course, executor=here, limits=Limits(sandbox="off", cell_seconds=99))
    assert seen == [Limits(sandbox="off", cell_seconds=7.0)]


class TestUnusual:
    """What a trainer hears of a hand-in, in words about the learner and not to the learner."""

    def verdict(self, *checks: Check, reasons: tuple[str, ...] = (), notes: tuple[str, ...] = ()) -> Verdict:
        return Verdict("valves", "L-1", "sub", "src", checks, reasons=reasons, notes=notes)

    def test_what_a_cell_did_is_said_of_the_learner(self):
        good = Check("valves", "double", "test", 2.0, 2.0, True)
        said = ("Your cell 'pick_answer' was stopped after 30 s without finishing.",)
        verdict = self.verdict(good, reasons=said, notes=("Links were not followed",))
        assert _unusual(verdict) == (
            "Links were not followed",
            "Cell 'pick_answer' was stopped after 30 s without finishing.",
        )

    def test_a_hand_in_as_it_was_released(self):
        empty = Check("valves", "double", "test", 0.0, 2.0, False, NOT_ANSWERED)
        nothing = Check("valves", "plan", "work_sample", 0.0, 5.0, False, "No response.")
        assert _unusual(self.verdict(empty, nothing)) == ("Nothing is answered.",)
        wrong = Check("valves", "pick", "test", 0.0, 5.0, False, "Look again.")
        assert _unusual(self.verdict(empty, nothing, wrong)) == ()

    def test_it_is_said_again_the_next_time(self, classroom):
        course = classroom(2, lambda number: "KILL" if number else "")
        lines = [grading.grade(course, workers=1).lines for _ in range(2)]
        assert [line.status for line in lines[1]] == ["unchanged", "unchanged"]
        assert lines[0][1].unusual == lines[1][1].unusual != ()

    def test_a_long_remark_is_cut_on_the_screen_only(self):
        assert screen._short("so\nfar") == "so far"
        assert len(screen._short("x" * 500)) == screen._LONGEST
