"""The server behind the page: who may ask it, what it answers, how it starts and ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from techsell.workspace import Workspace

MODULE = "discovery_conversation"
CELLS = {"path": "00_start_here/first_call.ipynb", "cells": [{"id": "edit-me", "source": "print('as shipped')"}]}


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any], small_content: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Started with a content folder given as people give it: relative to where they are."""
    place = tmp_path_factory.mktemp("server")
    return serve(place / "work", "--content", os.path.relpath(small_content, place))


@pytest.fixture
def known(server: Any) -> requests.Session:
    """A client that shows the token."""
    client = requests.Session()
    client.headers["Authorization"] = f"token {server.token}"
    return client


def test_nobody_without_the_token_gets_an_answer(server: Any) -> None:
    for path in ("home", f"feedback/{MODULE}"):
        assert requests.get(f"{server.base}/techsell/{path}", timeout=30).status_code == 403
    for path, body in (("autorun", CELLS), ("hand-in", {"module": MODULE})):
        assert requests.post(f"{server.base}/techsell/{path}", json=body, timeout=30).status_code == 403


def test_another_site_cannot_hand_in_for_a_person_who_is_signed_in(server: Any) -> None:
    """With the login cookie but without the XSRF token a POST is refused; with both it is answered."""
    client = requests.Session()
    client.get(f"{server.base}/lab?token={server.token}", timeout=30).raise_for_status()
    assert client.get(f"{server.base}/techsell/home", timeout=30).status_code == 200
    refused = client.post(f"{server.base}/techsell/autorun", json=CELLS, timeout=30)
    assert refused.status_code == 403
    assert "_xsrf" in refused.text
    headers = {"X-XSRFToken": client.cookies["_xsrf"]}
    answered = client.post(f"{server.base}/techsell/autorun", json=CELLS, headers=headers, timeout=30)
    assert answered.json() == {"run": ["edit-me"]}


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"path": 1, "cells": []}',
        b'{"path": "a", "cells": [{"id": "x"}]}',
        b'{"path": "a", "cells": {}}',
    ],
)
def test_a_question_that_makes_no_sense_is_refused(server: Any, known: requests.Session, body: bytes) -> None:
    assert known.post(f"{server.base}/techsell/autorun", data=body, timeout=30).status_code == 400


def test_what_is_not_there_is_a_sentence(server: Any, known: requests.Session) -> None:
    missing = known.get(f"{server.base}/techsell/feedback/{MODULE}", timeout=30)
    assert (missing.status_code, missing.json()["message"][:17]) == (404, "There is no feedb")
    unknown = known.get(f"{server.base}/techsell/feedback/mousetrp", timeout=30)
    assert "mousetrap" in unknown.json()["message"]
    assert known.get(f"{server.base}/techsell/feedback/..%2Fsecret", timeout=30).status_code == 404


def test_a_refused_hand_in_says_what_the_command_says(server: Any, known: requests.Session) -> None:
    notebook = server.workspace / "exercises" / MODULE / f"{MODULE}.ipynb"
    aside = notebook.with_suffix(".aside")
    notebook.rename(aside)
    try:
        answer = known.post(f"{server.base}/techsell/hand-in", json={"module": MODULE}, timeout=120)
    finally:
        aside.rename(notebook)
    assert answer.status_code == 409
    assert "are not where they belong" in answer.json()["message"]
    assert "techsell learn" in answer.json()["message"]


def test_terminal_and_home_agree(server: Any, known: requests.Session) -> None:
    """After some work, too: what one says of a module the other says."""
    with Workspace.find(server.workspace).store() as store:
        store.append("predicted", f"{MODULE}/closing_effect", result={"option": 1})
        store.append("scored", f"{MODULE}/exercise", result={"score": 41.25, "max": 100, "waiting": []})
    home = known.get(f"{server.base}/techsell/home", timeout=30).json()
    words = [sys.executable, "-m", "techsell", "progress", "--json"]
    done = subprocess.run(words, cwd=server.workspace, env=os.environ, capture_output=True, text=True, check=True)
    terminal = json.loads(done.stdout)
    only_here = {"lesson", "exercise", "feedback"}
    modules = [{key: value for key, value in found.items() if key not in only_here} for found in home["modules"]]
    assert {**home, "modules": modules} == {**home, **terminal}
    assert next(found for found in modules if found["id"] == MODULE)["score"] == 41.25


def test_lab_keeps_everything_inside_the_workspace(server: Any) -> None:
    lab = server.workspace / ".techsell" / "lab"
    assert {"app", "data"} <= {path.name for path in lab.iterdir()}
    assert list((lab / "data" / "runtime").glob("jpserver-*.json"))


def test_only_the_course_and_lab_are_loaded(server: Any, known: requests.Session) -> None:
    for path in ("formgrader", "assignments", "nbgrader_version"):
        assert known.get(f"{server.base}/{path}", timeout=30).status_code == 404
    kernels = known.get(f"{server.base}/api/kernelspecs", timeout=30).json()
    assert list(kernels["kernelspecs"]) == ["python3"]


def test_the_kernel_is_this_python_and_knows_its_workspace(
    server: Any, small_content: Path, visit: Callable[..., Any]
) -> None:
    """Nothing was activated: the environment's programs are found all the same."""
    page = visit(server, path="/tree/00_start_here/using_this_page.ipynb").page
    said = page.locator(".jp-OutputArea-output")
    expect(said).to_contain_text(f"prefix: {sys.prefix}")
    expect(said).to_contain_text(f"workspace: {server.workspace}")
    expect(said).to_contain_text(f"content: {small_content}")
    expect(said).to_contain_text(f"techsell: {Path(sys.executable).parent / 'techsell'}")


@pytest.mark.parametrize("word", ["SIGINT", "SIGTERM"])
def test_a_stop_is_clean(
    word: str, serve: Callable[..., Any], small_content: Path, tmp_path: Path, visit: Callable[..., Any]
) -> None:
    """Exit code 0, no traceback, no kernel left behind; started again it is the same workspace."""
    if os.name == "nt":
        pytest.skip("Windows has no such signals to send to one process")
    server = serve(tmp_path / "work", "--content", str(small_content))
    page = visit(server, path="/tree/00_start_here/first_call.ipynb")
    expect(page.page.get_by_role("button", name="press me")).to_be_visible()
    (kernel,) = server.kernels()
    page.leave()
    server.process.send_signal(getattr(signal, word))
    assert server.process.wait(timeout=30) == 0
    kernel.wait(timeout=30)
    assert "Traceback" not in "".join(server.errors)
    learner = (server.workspace / ".techsell" / "learner.json").read_bytes()
    again = serve(tmp_path / "work", "--content", str(small_content))
    assert (again.workspace / ".techsell" / "learner.json").read_bytes() == learner


def test_the_browser_gets_the_address_in_a_private_file(
    serve: Callable[..., Any], small_content: Path, tmp_path: Path
) -> None:
    """Not on its command line, which others can read, and not in a hidden folder, where it may not look."""
    script = tmp_path / "browser.py"
    script.write_text(
        "import socket, sys\nsocket.create_connection(('127.0.0.1', int(sys.argv[1]))).sendall(sys.argv[2].encode())\n",
        encoding="utf-8",
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        command = f"{sys.executable} {script} {listener.getsockname()[1]} %s"
        server = serve(tmp_path / "work", "--content", str(small_content), opens_browser=True, BROWSER=command)
        called, _ = listener.accept()
        with called:
            address = called.makefile(encoding="utf-8").read()
    page = server.workspace / "open_course_home.html"
    assert address == page.as_uri()
    assert server.token in page.read_text(encoding="utf-8")
    if os.name != "nt":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
    server.stop()
    assert not page.exists()


def learn(*words: str, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-m", "techsell", "learn", "--no-browser", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("exists", [False, True])
def test_a_read_only_workspace_is_one_sentence(
    exists: bool, small_content: Path, tmp_path: Path, need_program: Callable[..., str]
) -> None:
    """On a mount that not even the administrator can write, since tests often run as one."""
    bwrap = need_program("bwrap", hint="'apt-get install bubblewrap'")
    place = tmp_path / "fixed" / "work"
    place.parent.mkdir()
    if exists:
        Workspace.create_or_resume(place, content_root=small_content)
    mounts = [bwrap, "--dev-bind", "/", "/", "--ro-bind", str(place.parent), str(place.parent)]
    done = learn("--workspace", str(place), "--content", str(small_content), before=mounts)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "--workspace" in done.stderr


def test_a_content_folder_without_a_course_is_one_sentence(tmp_path: Path) -> None:
    done = learn("--workspace", str(tmp_path / "work"), "--content", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "syllabus.yaml" in done.stderr
    assert not (tmp_path / "work").exists()


def test_a_deleted_notebook_is_back_after_the_next_start(
    serve: Callable[..., Any], small_content: Path, tmp_path: Path
) -> None:
    server = serve(tmp_path / "work", "--content", str(small_content))
    server.stop()
    shutil.rmtree(server.workspace / "00_start_here")
    again = serve(tmp_path / "work", "--content", str(small_content))
    assert (again.workspace / "00_start_here" / "first_call.ipynb").is_file()
