"""Does a hand-in hold exactly the learner's work, and is no hand-in ever lost?"""

from __future__ import annotations

import hashlib
import json
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell import hand_in
from techsell.errors import (
    GradingError,
    HandInError,
    HandInIncomplete,
    NotebookMissing,
    UsageError,
)
from techsell.hand_in import Limits, pack, submit, unpack
from techsell.hand_in_archive import about, zipped
from techsell.workspace import Workspace

M3 = "discovery_conversation"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GRADED = {
    "module": M3,
    "learner": "L-7F3K2Q",
    "graded": True,
    "score": 71.0,
    "max": 100.0,
    "waiting": ["call_plan"],
    "notes": ["from the grader"],
    "tasks": [],
}

names = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=12).map(lambda stem: f"{stem}.ipynb")


@pytest.fixture
def play(workspace: Workspace) -> Callable[..., list[str]]:
    """Have a conversation in the store."""

    def talk(mode: str, *said: str) -> list[str]:
        with workspace.store() as store:
            key = store.new_conversation("cobalt_ridge", mode)
            lines = [
                json.dumps({"seq": seq, "type": "LearnerPicked", "data": {"option": word}})
                for seq, word in enumerate(said)
            ]
            store.journal(key, holder=key).append(lines)
        return lines

    return talk


@pytest.fixture
def grader(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, str]]:
    """A grader at hand; what it was given."""
    given_to_it: list[tuple[bytes, str]] = []

    def submit_now(data: bytes, learner: str) -> dict[str, Any]:
        given_to_it.append((data, learner))
        return dict(GRADED)

    monkeypatch.setattr(hand_in, "_grader_at_hand", lambda: True)
    monkeypatch.setitem(sys.modules, "techsell_grading.take_in", SimpleNamespace(submit_now=submit_now))
    return given_to_it


@pytest.fixture
def no_grader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_in, "_grader_at_hand", lambda: False)


def test_the_notebook_travels_byte_for_byte(workspace: Workspace) -> None:
    odd = b"\xef\xbb\xbfnot even JSON\r\n\x00"
    workspace.exercise(M3).write_bytes(odd)
    packed = pack(workspace, M3)
    read = unpack(packed.data)
    assert read.files == {f"{M3}.ipynb": odd}
    assert (read.module, read.learner, read.changed) == (M3, workspace.learner, ())
    assert packed.files == {f"{M3}.ipynb": hashlib.sha256(odd).hexdigest()}


def test_the_same_work_makes_the_same_bytes(workspace: Workspace, play: Callable[..., list[str]]) -> None:
    play("declared", "open")
    first, second = (pack(workspace, M3, clock=lambda: NOON) for _ in range(2))
    assert first.data == second.data
    assert unpack(first.data).made_at == "2026-03-02T12:00:00.000Z"


def test_declared_conversations_travel_in_order_and_practice_stays_private(
    workspace: Workspace, play: Callable[..., list[str]]
) -> None:
    play("practice", "secret")
    said = [*play("declared", "one"), *play("declared", "two"), *play("declared", "three")]
    packed = pack(workspace, M3)
    text = unpack(packed.data).files["cobalt_ridge.transcript.jsonl"].decode()
    assert text == "".join(f"{line}\n" for line in said)
    assert packed.notes == ()


def test_without_a_conversation_it_still_travels_and_says_so(
    workspace: Workspace, play: Callable[..., list[str]]
) -> None:
    play("practice", "secret")
    packed = pack(workspace, M3)
    assert list(unpack(packed.data).files) == [f"{M3}.ipynb"]
    assert len(packed.notes) == 1
    assert packed.notes[0].startswith("No role-play: there is no declared conversation with cobalt_ridge yet")


def test_a_missing_notebook_is_named_with_the_cure(workspace: Workspace) -> None:
    workspace.exercise(M3).unlink()
    with pytest.raises(NotebookMissing, match="techsell learn', which puts a fresh copy there") as caught:
        pack(workspace, M3)
    assert caught.value.place == str(workspace.exercise(M3))
    Workspace.create_or_resume(workspace.root)
    assert pack(workspace, M3).files


def test_a_notebook_full_of_output_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_in, "LARGEST_NOTEBOOK", 10)
    with pytest.raises(HandInError, match="Clear the outputs"):
        pack(workspace, M3)


@pytest.mark.parametrize("module", ["capstone", "discovery"])
def test_only_a_ready_module_can_be_handed_in(workspace: Workspace, module: str) -> None:
    with pytest.raises(UsageError):
        pack(workspace, module)


def test_a_graded_hand_in_is_recorded_and_its_feedback_kept(
    workspace: Workspace, grader: list[tuple[bytes, str]], play: Callable[..., list[str]]
) -> None:
    play("declared", "one")
    done = submit(workspace, M3)
    assert grader == [(done.kept.read_bytes(), workspace.learner)]
    assert done.result["score"] == 71.0
    assert done.result["notes"] == ["from the grader"]
    assert json.loads(done.feedback.read_text()) == done.as_dict()
    assert done.feedback == workspace.feedback / f"{M3}.json"
    with workspace.store() as store:
        submitted, scored = store.events(f"{M3}/exercise")
    assert submitted.verb == "submitted"
    assert submitted.result == {
        "hand_in": f"hand_ins/{M3}-001.zip",
        "sha256": hashlib.sha256(done.kept.read_bytes()).hexdigest(),
    }
    assert (scored.verb, scored.result) == ("scored", {"score": 71.0, "max": 100.0, "waiting": ["call_plan"]})


@pytest.mark.usefixtures("no_grader")
def test_without_a_grader_the_result_says_where_the_file_is(workspace: Workspace) -> None:
    done = submit(workspace, M3)
    assert (done.result["graded"], done.result["score"], done.result["max"]) == (False, None, 100.0)
    assert done.result["notes"][0].startswith("No role-play")
    assert str(done.kept) in done.result["notes"][1]
    with workspace.store() as store:
        assert [event.verb for event in store.events(f"{M3}/exercise")] == ["submitted"]


def test_when_grading_fails_the_hand_in_stands(
    workspace: Workspace, grader: list[tuple[bytes, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_data: bytes, _learner: str) -> dict[str, Any]:
        raise GradingError("The gradebook is locked", place="gradebook.db", cure="Close formgrader and hand in again")

    monkeypatch.setattr(sys.modules["techsell_grading.take_in"], "submit_now", fail)
    done = submit(workspace, M3)
    assert done.result["graded"] is False
    assert "grading failed. The gradebook is locked" in done.result["notes"][-1]
    assert unpack(done.kept.read_bytes()).module == M3


@pytest.mark.usefixtures("no_grader")
def test_no_copy_is_ever_overwritten(workspace: Workspace) -> None:
    (workspace.hand_ins / f"{M3}-007.zip").write_bytes(b"from last year")
    (workspace.hand_ins / f"{M3}-notes.zip").write_bytes(b"mine")
    kept = [submit(workspace, M3).kept.name for _ in range(2)]
    assert kept == [f"{M3}-008.zip", f"{M3}-009.zip"]
    assert (workspace.hand_ins / f"{M3}-007.zip").read_bytes() == b"from last year"
    assert (workspace.hand_ins / f"{M3}-notes.zip").read_bytes() == b"mine"


@settings(deadline=None)
@given(files=st.dictionaries(names, st.binary(max_size=200), max_size=6))
def test_what_was_packed_is_what_is_read(files: dict[str, bytes]) -> None:
    packed = zipped({**files, "hand_in.json": about("m", "L-7F3K2Q", "now", "0.1", files)})
    read = unpack(packed)
    assert (read.files, read.changed, read.learner) == (files, (), "L-7F3K2Q")
    backwards = dict(reversed(files.items()))
    assert zipped({"hand_in.json": about("m", "L-7F3K2Q", "now", "0.1", backwards), **backwards}) == packed


def test_a_file_changed_on_the_way_is_named() -> None:
    record = about("m", "L", "now", "0.1", {"m.ipynb": b"then"})
    assert unpack(zipped({"m.ipynb": b"now", "extra.txt": b"", "hand_in.json": record})).changed == (
        "extra.txt",
        "m.ipynb",
    )


def archive(*entries: tuple[str, bytes, int]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            made.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


FILE, LINK = 0o100644, 0o120777


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/b", "a/", "C:x", "..", ".", "a\\b", "\\\\host\\x"])
def test_a_name_that_leaves_the_folder_is_refused(name: str) -> None:
    with pytest.raises(HandInError, match="not a plain file name"):
        unpack(archive((name, b"", FILE)))


def test_a_link_is_refused() -> None:
    with pytest.raises(HandInError, match="which is a link"):
        unpack(archive(("m.ipynb", b"/etc/passwd", LINK)))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_used_twice_is_refused() -> None:
    with pytest.raises(HandInError, match="which is there twice"):
        unpack(archive(("m.ipynb", b"a", FILE), ("m.ipynb", b"b", FILE)))


def test_a_zip_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = archive(("m.ipynb", bytes(50 << 20), FILE))
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(HandInError, match="unpacks to more than 1 MB"):
            unpack(bomb, Limits(unpacked=1 << 20))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 << 20


def test_limits_on_size_and_number() -> None:
    many = archive(*[(f"{n}.txt", b"", FILE) for n in range(4)])
    with pytest.raises(HandInError, match="more than 3 files"):
        unpack(many, Limits(files=3))
    with pytest.raises(HandInError, match="larger than 0 MB"):
        unpack(many, Limits(packed=10))


@pytest.mark.parametrize("cut", [0, 1, 30, 100, -1])
def test_a_zip_cut_short_is_refused(cut: int) -> None:
    whole = zipped({"m.ipynb": b"x" * 100, "hand_in.json": about("m", "L", "now", "0.1", {})})
    with pytest.raises(HandInError):
        unpack(whole[:cut])


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(HandInError):
        unpack(data)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_zip_ends_in_a_sentence_or_in_its_content(data: st.DataObject) -> None:
    whole = bytearray(zipped({"m.ipynb": b"x" * 100, "hand_in.json": about("m", "L", "now", "0.1", {})}))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(HandInError):  # any other error fails this test
        assert unpack(bytes(whole)).files.keys() <= {"m.ipynb"}


def test_a_zip_with_a_byte_wiped_anywhere_ends_so_too() -> None:
    """A name of no length, for one."""
    whole = zipped({"m.ipynb": b"x" * 100, "hand_in.json": about("m", "L", "now", "0.1", {})})
    for at in range(len(whole)):
        with suppress(HandInError):
            assert unpack(whole[:at] + b"\0" + whole[at + 1 :]).files.keys() <= {"m.ipynb"}


@pytest.mark.parametrize("text", [None, b"", b"{", b"[]", b'{"module": "m"}', b'{"files": 3}'])
def test_a_hand_in_without_its_record_is_refused(text: bytes | None) -> None:
    files = {"m.ipynb": b""} if text is None else {"m.ipynb": b"", "hand_in.json": text}
    with pytest.raises(HandInIncomplete, match=r"no readable hand_in.json"):
        unpack(zipped(files))


def test_a_workspace_file_that_cannot_be_read_is_no_traceback(workspace: Workspace) -> None:
    path: Path = workspace.exercise(M3)
    path.unlink()
    path.mkdir()
    with pytest.raises(NotebookMissing):
        pack(workspace, M3)
