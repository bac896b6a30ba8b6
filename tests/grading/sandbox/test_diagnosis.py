"""`python -m techsell_grading.grader.sandbox`: what an operator sees first."""

from __future__ import annotations

import re

import pytest

from techsell_grading.grader.sandbox import bubblewrap
from techsell_grading.grader.sandbox.__main__ import main


def test_it_says_what_there_is_and_how_quick(way, capsys):
    assert main(["--submissions", "3"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^confined +yes$", said, re.MULTILINE)
    assert way.name in said
    for name, unit in (("start of a warm server", "s"), ("fork to ready", "ms"), ("end and wipe", "ms")):
        figure = re.search(rf"^{name} +([\d.]+) {unit}\b", said, re.MULTILINE)
        assert figure is not None, said
        assert float(figure[1]) > 0
    memory = re.search(r"^memory of a server +(\d+) MB candidate, (\d+) MB judge", said, re.MULTILINE)
    assert memory is not None
    assert all(20 < int(size) < 1000 for size in memory.groups())


def test_without_a_sandbox_it_says_why_and_what_to_do(capsys, monkeypatch):
    monkeypatch.setattr(bubblewrap, "available", lambda: "bubblewrap is not installed. Install it")
    assert main([]) == 1
    said = capsys.readouterr().out
    assert re.search(r"^confined +no$", said, re.MULTILINE)
    assert "Install it" in said
    assert "fork to ready" not in said


def test_it_measures_in_the_open_when_asked(capsys, monkeypatch):
    monkeypatch.setattr(bubblewrap, "available", lambda: "bubblewrap is not installed. Install it")
    assert main(["--sandbox", "off", "--submissions", "1"]) == 1
    assert "in the open" in capsys.readouterr().out


def test_wrong_words_are_wrong_usage(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--submissions", "many"])
    assert stopped.value.code == 2
    assert "invalid int value" in capsys.readouterr().err
