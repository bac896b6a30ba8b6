"""Is the repository itself in order: documents, notebooks, names that must not appear?"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from techsell import __version__

HOSTS = re.compile(r"--(extra-)?index-url|https?://\S+/simple\b|(?<![\w.])/(work|root|opt)/")
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".ipynb", ".js", ".css", ".cfg", ".html", ".json", ""}


@pytest.fixture(scope="module")
def tracked(repository: Path) -> list[Path]:
    """Files of the checkout that git knows or would add."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(words, cwd=repository, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout; run the tests in a clone")
    return [path for name in done.stdout.splitlines() if (path := repository / name).is_file()]


def test_no_package_index_or_machine_path_is_named(tracked: list[Path]) -> None:
    for path in tracked:
        if path.suffix in TEXT and path != Path(__file__):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                assert not HOSTS.search(line), f"{path}:{number}: {line[:100]}"


def test_notebooks_carry_no_results(tracked: list[Path]) -> None:
    notebooks = [path for path in tracked if path.suffix == ".ipynb"]
    assert notebooks
    for path in notebooks:
        book = json.loads(path.read_text(encoding="utf-8"))
        ids = [cell["id"] for cell in book["cells"]]
        assert len(set(ids)) == len(ids), path
        for cell in book["cells"]:
            assert not cell.get("outputs"), f"{path}: {cell['id']}"
            assert cell.get("execution_count") is None, f"{path}: {cell['id']}"


def test_the_change_log_opens_with_this_version(repository: Path) -> None:
    headings = re.findall(r"^## \[?([^\]\s]+)", (repository / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == __version__


def test_the_readme_has_the_two_commands_and_its_pictures(repository: Path) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    first = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e . && .venv/bin/techsell learn"
    second = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]' && .venv/bin/pytest"
    lines = text.splitlines()
    assert first in lines
    assert second in lines
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(pictures) >= 2
    for picture in pictures:
        assert (repository / picture).is_file(), picture
    for link in re.findall(r"(?<!!)\[[^\]]+\]\((?!https?:|#)([^)#]+)", text):
        assert (repository / link).exists(), link


def test_every_command_is_in_the_readme(repository: Path) -> None:
    import typer

    from techsell import cli

    text = (repository / "README.md").read_text(encoding="utf-8")
    for name in getattr(typer.main.get_command(cli.build_app()), "commands", {}):
        assert f"techsell {name}" in text, name


def test_ci_runs_the_readmes_own_line(repository: Path) -> None:
    script = (repository / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r'grep -m1 -E "([^"]+)" README.md', script)
    assert pattern is not None
    readme = (repository / "README.md").read_text(encoding="utf-8")
    matching = [line for line in readme.splitlines() if re.search(pattern[1].replace("\\.", r"\."), line)]
    assert len(matching) == 1
    assert matching[0].endswith(".venv/bin/pytest")
