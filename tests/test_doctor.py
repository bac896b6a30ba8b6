"""Does the doctor try things, and say what to do?"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from techsell import doctor


def test_a_check_that_breaks_is_a_finding() -> None:
    def _broken() -> doctor.Finding:
        raise PermissionError("no entry")

    (finding,) = doctor.examine((_broken,))
    assert finding.state == "failed"
    assert "no entry" in finding.detail
    assert finding.cure


def test_without_a_browser_the_cure_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    states = {finding.name: finding for finding in doctor.examine((doctor._browser, doctor._sandbox))}
    assert states["Headless browser"].state == "missing"
    assert "chromium" in states["Headless browser"].cure
    assert states["Sandbox (bubblewrap)"].state == "missing"
    assert "bubblewrap" in states["Sandbox (bubblewrap)"].cure


def test_everything_a_learner_needs_works_here() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "techsell", "doctor", "--json"], capture_output=True, text=True, check=False
    )
    findings = json.loads(done.stdout)
    broken = [finding for finding in findings if finding["needed"] == "everybody" and finding["state"] != "ok"]
    assert broken == []
    assert done.returncode == 0
    assert {finding["needed"] for finding in findings} == {"everybody", "trainer", "tests"}


def test_a_browser_that_shows_nothing_is_told_apart_from_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "browser", lambda: sys.executable)
    (finding,) = doctor.examine((doctor._browser,))
    assert finding.state == "failed"


def test_a_machine_that_makes_no_pdf_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    (works,) = doctor.examine((doctor._pdf,))
    assert (works.state, works.needed) == ("ok", "trainer")

    def missing(name: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr("techsell.roleplay.cards.pdf.import_module", missing)
    (finding,) = doctor.examine((doctor._pdf,))
    assert finding.state == "missing"
    assert "libpangoft2-1.0-0" in finding.cure
