"""Does nbgrader's own formgrader open our book, and do marks made there arrive in the report?"""

from __future__ import annotations

import http.cookiejar
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from techsell_grading.course import Course
from techsell_grading.feedback import feedback
from techsell_grading.gradebook import Book
from techsell_grading.reports.frames import read as read_frames
from techsell_grading.take_in import take_in

MODULE = "discovery_conversation"
SCRIPT = "<script>document.title = 'mine'</script>"


class Browser:
    """A trainer's browser as far as HTTP goes: cookies, the XSRF token, JSON."""

    def __init__(self, url: str) -> None:
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.url = url
        self.base = url.partition("/login")[0] + "/formgrader"
        with self.opener.open(url, timeout=60) as reply:
            self.first, self.arrived = reply.read().decode("utf-8"), reply.url

    def get(self, path: str) -> str:
        return self._open(self.base + path)

    def json(self, path: str) -> Any:
        return json.loads(self.get(path))

    def put(self, path: str, content: dict[str, Any]) -> Any:
        token = next(cookie.value for cookie in self.cookies if cookie.name == "_xsrf")
        headers = {"X-XSRFToken": str(token), "Content-Type": "application/json"}
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.base + path, data=json.dumps(content).encode(), headers=headers, method="PUT"
        )
        return json.loads(self._open(request))

    def _open(self, request: str | urllib.request.Request) -> str:
        with self.opener.open(request, timeout=60) as reply:
            return str(reply.read().decode("utf-8"))


@pytest.fixture(scope="module")
def marked(graded, tmp_path_factory) -> Course:
    """A copy of the graded course, with a hand-in that holds a script."""
    from datetime import UTC, datetime

    from techsell_grading.grade import grade

    course: Course = graded.copy(tmp_path_factory.mktemp("mark") / "course")
    released = course.path("release", module=MODULE) / f"{MODULE}.ipynb"
    notebook = graded.real.notebook(released, {"call_plan": f"My plan. {SCRIPT}"})
    take_in(course, graded.real.hand_in("L-SCRPT2", notebook), "L-SCRPT2", MODULE, datetime(2026, 3, 2, tzinfo=UTC))
    grade(course, workers=1)
    return course


@pytest.fixture(scope="module")
def trainer(marked, bare_environment) -> Iterator[Browser]:
    """`techsell mark`, started by somebody who has not activated the environment."""
    command = [sys.executable, "-m", "techsell", "mark", MODULE, "--no-browser", "--course", str(marked.home)]
    environment = {**bare_environment, "PYTHONUNBUFFERED": "1", "COLUMNS": "300"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    assert process.stderr is not None
    first = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/\S+", first)
    try:
        assert found, first + process.stderr.read()
        yield Browser(found.group(0))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def sheet(trainer: Browser, learner: str) -> dict[str, Any]:
    sheets = trainer.json(f"/api/submitted_notebooks/{MODULE}/{MODULE}")
    return next(one for one in sheets if one["student"] == learner)


def test_the_address_opens_the_hand_ins_of_the_module(trainer):
    assert trainer.arrived == f"{trainer.base}/gradebook/{MODULE}/{MODULE}"
    assert "nbgrader formgrade" in trainer.first
    (login,) = [cookie for cookie in trainer.cookies if cookie.name.startswith("username")]
    assert login.path == "/", "otherwise the next page asks for the token again"


def test_formgrader_lists_the_module_and_its_hand_ins(trainer):
    (module,) = [one for one in trainer.json("/api/assignments") if one["name"] == MODULE]
    assert (module["max_score"], module["num_submissions"]) == (100.0, 6)
    submissions = {one["student"]: one for one in trainer.json(f"/api/submissions/{MODULE}")}
    assert all(one["autograded"] for one in submissions.values()), "formgrader believes our timestamps"
    assert submissions["L-REFER2"]["needs_manual_grade"]
    assert submissions["L-REFER2"]["score"] > 80
    assert trainer.get("/manage_assignments")
    assert trainer.get(f"/gradebook/{MODULE}")


def test_a_submission_page_shows_the_plan_with_its_four_anchors(trainer):
    page = trainer.get(f"/submissions/{sheet(trainer, 'L-REFER2')['id']}/")
    for anchor in ("absent", "assertion", "evidence cited", "evidence and its limitation"):
        assert anchor in page
    assert "<summary>Hint 1</summary>" in page, "the task's own markup is shown as such"
    assert 'id="call_plan"' in page, "the field for the points"
    assert 'id="call_plan-comment"' in page
    assert "Pulp maker, 600 people" in page
    assert 'id="next_move__pitches_too_early"' in page


def test_what_a_learner_wrote_does_not_run_in_the_trainers_browser(trainer):
    page = trainer.get(f"/submissions/{sheet(trainer, 'L-SCRPT2')['id']}/")
    assert "My plan." in page
    assert SCRIPT not in page


def test_without_the_token_nobody_gets_in(trainer):
    stranger = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with stranger.open(f"{trainer.base}/gradebook", timeout=30) as reply:
        assert "/login" in reply.url
    address = trainer.url.split("/")[2]
    with socket.socket() as other:
        own = socket.gethostbyname(socket.gethostname())
        reached = other.connect_ex((own, int(address.rpartition(":")[2]))) == 0
    assert not reached or own.startswith("127.")


def test_a_mark_made_in_formgrader_is_in_the_report_and_on_the_page(trainer, marked):
    one = sheet(trainer, "L-SELLS2")
    before = one["score"]
    (grade,) = [
        found for found in trainer.json(f"/api/grades?submission_id={one['id']}") if found["name"] == "call_plan"
    ]
    (comment,) = [
        found for found in trainer.json(f"/api/comments?submission_id={one['id']}") if found["name"] == "call_plan"
    ]
    trainer.put(f"/api/grade/{grade['id']}", {"manual_score": 11.5, "extra_credit": None})
    trainer.put(f"/api/comment/{comment['id']}", {"manual_comment": "Part 4 names one person only."})

    table = read_frames(marked).submissions.set_index("learner")
    assert table.loc["L-SELLS2", "score"] == pytest.approx(before + 11.5)
    assert table.loc["L-SELLS2", "waiting"] == 0
    (page,) = [page for page in feedback(marked) if page.learner == "L-SELLS2"]
    said = page.path.read_text(encoding="utf-8")
    assert "11.5 of 15" in said
    assert "Part 4 names one person only." in said
    assert "more wait for a person" not in said


def test_a_port_in_use_is_said_with_the_cure(marked):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        command = [sys.executable, "-m", "techsell", "mark", "--no-browser", "--port", port]
        done = subprocess.run(
            [*command, "--course", str(marked.home)], capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_before_anything_is_graded_there_is_nothing_to_mark(course):
    command = [sys.executable, "-m", "techsell", "mark", "--no-browser", "--course", str(course.home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "There is no gradebook yet" in done.stderr
    assert not Book.exists(course)
