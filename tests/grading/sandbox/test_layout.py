"""Which files and folders a sandbox shows: the programs' own, and nothing of ours that lies among the libraries."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from techsell_grading.grader import Limits
from techsell_grading.grader.sandbox import Program, Server, bubblewrap, fonts, layout
from techsell_grading.grader.sandbox.layout import PROGRAMS, hidden_from

PROBE = Path(__file__).with_name("probe.py")


def test_a_candidate_does_not_see_the_judge_nor_the_other_way_round():
    for name, other in (("candidate", "judge"), ("judge", "candidate")):
        shown = PROGRAMS[name].code
        assert any(place.endswith(f"/{name}") for place in shown)
        assert not any(other in place for place in shown)


def test_everything_shown_of_ours_is_there_and_is_no_whole_package():
    for program in PROGRAMS.values():
        for name, place in program.code.items():
            assert place.exists(), place
            assert name not in ("techsell", "techsell_grading", "techsell_grading/grader")
            assert "lessons" not in name


def test_a_package_installed_among_the_libraries_is_covered(tmp_path, monkeypatch):
    """As in a workshop where techsell was installed from its wheel, lessons included."""
    libraries = tmp_path / "site-packages"
    lessons = libraries / "techsell" / "lessons"
    lessons.mkdir(parents=True)
    (libraries / "pandas").mkdir()
    assert next(hidden_from((libraries,))) == libraries / "techsell"
    monkeypatch.setattr(layout, "packages", lambda: (libraries,))
    words = bubblewrap.command(bubblewrap.Way("bwrap"), {}, ["true"], disk=1)
    covered = words.index("/packages/0/techsell", words.index("/packages/0"))
    assert words[covered - 1] == "--tmpfs"
    assert words[covered + 1 : covered + 3] == ["--remount-ro", "/packages/0/techsell"]


def test_a_covered_package_is_empty_inside(box, readable, monkeypatch):
    libraries = readable / "site-packages"
    (libraries / "techsell" / "lessons").mkdir(parents=True)
    (libraries / "other").mkdir()
    monkeypatch.setattr(layout, "packages", lambda: (libraries,))
    box.server.close()
    try:
        seen = box.run("import os; out = [sorted(os.listdir('/packages/0')), os.listdir('/packages/0/techsell')]")
        assert seen == [["other", "techsell"], []]
    finally:
        box.server.close()


def test_of_a_library_that_is_installed_by_a_link_only_what_can_be_imported_is_shown(box, readable, monkeypatch):
    """As after `pip install -e`: a path file beside the libraries names the folder of somebody's sources."""
    libraries, sources = readable / "site-packages", readable / "sources"
    for folder in ("linked", "tests", "notes"):
        (sources / folder).mkdir(parents=True)
    (sources / "linked" / "__init__.py").write_text("answer = 42")
    (sources / "tests" / "__init__.py").touch()
    (sources / "secret.txt").touch()
    libraries.mkdir()
    here = Path(layout.__file__).resolve().parents[3]
    (libraries / "some.pth").write_text(f"import os\n# a word\n{sources}\n{here}\n{readable / 'gone'}\n")
    monkeypatch.setattr(layout, "packages", lambda: (libraries,))
    monkeypatch.setattr(sys, "path", [*sys.path, str(sources), str(here)])
    assert layout.linked() == {sources: (sources / "linked",)}
    box.server.close()
    try:
        look = "import os, linked; out = [linked.answer, sorted(os.listdir('/packages/linked-0'))]"
        assert box.run(look) == [42, ["linked"]]
    finally:
        box.server.close()


def test_libraries_of_other_environments_are_covered():
    """The interpreter's own folder of packages, where this environment is a virtual one."""
    if sys.prefix == sys.base_prefix:
        pytest.skip("the tests run without a virtual environment ('python3 -m venv')")
    own = [place for place in hidden_from(layout.packages()) if place.is_relative_to(Path(sys.base_prefix).resolve())]
    assert all(place.name in ("site-packages", "dist-packages") for place in own)
    assert not set(own) & set(layout.packages())


def test_links_among_the_systems_folders_stay_links():
    for place in layout.system_places():
        if place.is_symlink() and place.parent == Path("/"):
            words = bubblewrap.command(bubblewrap.Way("bwrap"), {}, ["true"], disk=1)
            at = words.index(str(place), words.index("--symlink"))
            assert words[at - 2 : at] == ["--symlink", str(place.readlink())]


def test_fonts_that_cannot_be_seen_inside_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    known = [{"fname": "fonts/ttf/DejaVuSans.ttf"}, {"fname": "/usr/share/fonts/a.ttf"}, {"fname": "/home/me/b.ttf"}]
    (tmp_path / "fontlist-v1.json").write_text(json.dumps({"ttflist": known, "afmlist": []}))
    (tmp_path / "fontlist-v2.json").write_text("{broken")
    found = fonts.lend((Path("/usr/share/fonts"),))
    assert [font["fname"] for font in json.loads(found["fontlist-v1.json"])["ttflist"]] == [
        "fonts/ttf/DejaVuSans.ttf",
        "/usr/share/fonts/a.ttf",
    ]
    assert "fontlist-v2.json" not in found


def test_a_list_of_fonts_is_made_once_and_lent_from_then_on(way, tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_of_matplotlib", list)
    monkeypatch.setattr(fonts, "_ours", lambda: tmp_path / "fonts")
    program = Program("probe", {**PROGRAMS["candidate"].code, "probe.py": PROBE}, ("matplotlib.pyplot",))
    server = Server(program, "require", Limits())
    server.start()
    server.close()
    (made,) = (tmp_path / "fonts").glob("fontlist-*.json")
    first = made.stat().st_mtime_ns
    assert fonts.lend((Path("/usr/share/fonts"),)).keys() == {made.name}
    server.start()
    server.close()
    assert made.stat().st_mtime_ns == first


@pytest.mark.parametrize("name", ["candidate", "judge"])
def test_the_real_programs_start_and_answer(way, name):
    """With all libraries; their own tests say what they do."""
    server = Server(name, "require", Limits())
    server.start()
    try:
        assert server.missing == ()
        limits = Limits()
        child = server.fork(
            memory=limits.memory, cpu_seconds=10, file_bytes=limits.file_bytes, processes=limits.processes
        )
        child.channel.send({"op": "files", "files": {"a.txt": b"x"}})
        answer = child.channel.receive(time.monotonic() + 30)
        assert answer.get("ok") is True, child.end().said
        assert child.end().killed
        assert server.alive
    finally:
        server.close()
