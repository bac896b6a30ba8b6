"""What is in the wheel and would be in an sdist, and does the wheel work alone?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

SECRETS = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME")


@pytest.fixture(scope="module")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, built without a network by the build backend itself."""
    out = tmp_path_factory.mktemp("dist")
    words = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    subprocess.run(words, cwd=repository, check=True, capture_output=True, text=True)
    return out


def wheel_files(built: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sdist_files(built: Path) -> dict[str, bytes]:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        found = {}
        for member in archive.getmembers():
            taken = archive.extractfile(member) if member.isfile() else None
            if taken is not None:
                found[member.name.split("/", 1)[1]] = taken.read()
        return found


def test_the_wheel_holds_only_the_learners_package(built: Path) -> None:
    tops = {name.split("/")[0] for name in wheel_files(built)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"techsell"}


def test_the_sdist_would_hold_only_the_learners_package(built: Path) -> None:
    allowed = (
        "course/techsell/",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "LICENSE-CONTENT",
        "PKG-INFO",
        ".gitignore",
    )
    assert [name for name in sdist_files(built) if not name.startswith(allowed)] == []


@pytest.mark.parametrize("files", [wheel_files, sdist_files])
def test_no_solution_hidden_test_or_grading_code_gets_out(built: Path, files: object) -> None:
    assert callable(files)
    for name, data in files(built).items():
        assert "techsell_grading" not in name
        assert not name.endswith(".ipynb"), name
        text = data.decode("utf-8", errors="replace")
        if not name.endswith((".py", "METADATA", "README.md")):
            assert not any(secret in text for secret in SECRETS), name


def test_the_wheel_carries_its_data(built: Path) -> None:
    names = wheel_files(built)
    for needed in (
        "techsell/py.typed",
        "techsell/scenarios/cobalt_ridge.yaml",
        "techsell/scenarios/first_call.yaml",
        "techsell/labextension/techsell/package.json",
        "techsell/questions/discovery_conversation.yaml",
    ):
        assert needed in names


@pytest.mark.slow
def test_the_wheel_alone_plays_a_role_play(built: Path, tmp_path: Path) -> None:
    """Installed in another environment, outside the checkout, with nothing of grading importable."""
    environment = tmp_path / "env"
    repository = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    folder = "Scripts" if os.name == "nt" else "bin"
    python = environment / folder / "python"
    wheel = next(built.glob("*.whl"))
    words = [str(python), "-m", "pip", "install", "-q", "-c", str(repository / "constraints.txt"), str(wheel)]
    subprocess.run(words, check=True, capture_output=True, text=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TECHSELL"))}
    play = subprocess.run(
        [str(environment / folder / "techsell"), "play", "cobalt_ridge", "--seed", "1"],
        input="1\n2\nq\n",
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert play.returncode == 0, play.stderr
    assert "Tomasz" in play.stdout
    assert (tmp_path / "cobalt_ridge.transcript.jsonl").is_file()
    grading = subprocess.run(
        [str(python), "-c", "import techsell_grading"], cwd=tmp_path, env=clean, capture_output=True, check=False
    )
    assert grading.returncode != 0
    helped = subprocess.run(
        [str(environment / folder / "techsell"), "--help"], env=clean, capture_output=True, text=True, check=True
    )
    assert re.search(r"\bplay\b", helped.stdout)
    assert not re.search(r"\bgrade\b", helped.stdout)


def test_the_constraints_pin_versions_and_nothing_else(repository: Path) -> None:
    lines = (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert re.fullmatch(r"[a-z0-9._-]+==[0-9][\w.!+]*( ; [^:/]+)?", line), line


def test_every_dependency_is_pinned(repository: Path) -> None:
    import tomllib

    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    pinned = {line.split("==")[0] for line in (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert name is not None
        if name[0] != "techsell":
            assert re.sub(r"[._]", "-", name[0].lower()) in {re.sub(r"[._]", "-", pin) for pin in pinned}, requirement
