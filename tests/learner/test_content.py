"""Is the course's content found in the right order, and is a wrong place named instead of passed over?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from techsell import content
from techsell.errors import ContentMissing


def make_root(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "syllabus.yaml").write_text("schema: 1\n")
    return folder


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel alone: no environment variable, no bundle, no checkout around the package."""
    monkeypatch.delenv("TECHSELL_CONTENT", raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "bundle" / "python" / "venv"))
    monkeypatch.setattr(content, "_CHECKOUT", tmp_path / "site-packages")
    return tmp_path


def test_the_checkout_is_found_without_being_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TECHSELL_CONTENT", raising=False)
    assert content.root() == repository / "course"
    assert content.modules() == repository / "course" / "modules"


def test_each_place_comes_before_the_next(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named, variable, bundle, checkout."""
    monkeypatch.setattr(content, "_CHECKOUT", make_root(nowhere / "checkout"))
    assert content.root() == nowhere / "checkout"
    bundle = make_root(nowhere / "bundle" / "content")
    (nowhere / "bundle" / "techsell_bundle.json").write_text(json.dumps({"schema": 1, "content": "content"}))
    assert content.root() == bundle
    variable = make_root(nowhere / "variable")
    monkeypatch.setenv("TECHSELL_CONTENT", str(variable))
    assert content.root() == variable
    named = make_root(nowhere / "named")
    assert content.root(str(named)) == named


@pytest.mark.parametrize("above", ["bundle/python/venv", "bundle/python", "bundle"])
def test_the_marker_is_found_in_or_above_the_environment(nowhere: Path, above: str) -> None:
    root = make_root(nowhere / above / "files")
    (nowhere / above / "techsell_bundle.json").write_text('{"schema": 1, "content": "files"}')
    assert content.root() == root


def test_a_wheel_alone_says_what_it_can_do(nowhere: Path) -> None:
    with pytest.raises(ContentMissing, match=r"without the course's content.*--content or TECHSELL_CONTENT"):
        content.root()


def test_a_place_named_wrongly_is_not_replaced_by_another(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ContentMissing, match="named by --content") as caught:
        content.root(tmp_path / "no such place")
    assert caught.value.place == str(tmp_path / "no such place")
    monkeypatch.setenv("TECHSELL_CONTENT", str(tmp_path))
    with pytest.raises(ContentMissing, match="named by TECHSELL_CONTENT"):
        content.root()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"content": "elsewhere"}'])
def test_a_damaged_bundle_is_an_error(nowhere: Path, text: str) -> None:
    (nowhere / "bundle").mkdir()
    (nowhere / "bundle" / "techsell_bundle.json").write_text(text)
    with pytest.raises(ContentMissing):
        content.root()


def test_the_release_of_a_bundle_lies_in_its_root(tmp_path: Path) -> None:
    root = make_root(tmp_path / "content")
    with pytest.raises(ContentMissing, match=r"'mousetrap' are not released.*techsell release"):
        content.released("mousetrap", root)
    (root / "released" / "mousetrap").mkdir(parents=True)
    (root / "released" / "mousetrap" / "mousetrap.ipynb").touch()
    assert content.released("mousetrap", root) == root / "released" / "mousetrap"


def test_in_a_checkout_the_trainers_side_makes_the_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One documented hook: `techsell_grading.release.ensure_released(ids)` returns the folder of all releases."""
    asked = []

    def ensure_released(module_ids: list[str]) -> Path:
        asked.extend(module_ids)
        (tmp_path / "cache" / "mousetrap").mkdir(parents=True)
        (tmp_path / "cache" / "mousetrap" / "mousetrap.ipynb").touch()
        return tmp_path / "cache"

    monkeypatch.setattr(content, "_CHECKOUT", make_root(tmp_path / "course"))
    monkeypatch.setattr(content, "_can_release", lambda: True)
    monkeypatch.setitem(sys.modules, "techsell_grading.release", SimpleNamespace(ensure_released=ensure_released))
    assert content.released("mousetrap", tmp_path / "course") == tmp_path / "cache" / "mousetrap"
    assert asked == ["mousetrap"]


def test_a_root_without_modules_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentMissing, match="no modules"):
        content.modules(make_root(tmp_path / "content"))
