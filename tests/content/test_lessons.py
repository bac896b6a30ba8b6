"""Are the notebooks in order, and do they run?"""

from __future__ import annotations

import ast
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from techsell import syllabus

CONTENT = Path(__file__).resolve().parents[2] / "course"
MODULES = CONTENT / "modules"
NOTEBOOKS = {str(path.relative_to(MODULES)): path for path in sorted(MODULES.glob("*/*.ipynb"))}
DISCOVERY = "03_discovery_conversation/discovery_conversation.ipynb"
LESSONS = [name for name in NOTEBOOKS if not name.startswith("00_")]

HEADINGS = [
    "Spec",
    "The idea",
    "Worked example",
    "Predict, then run",
    "Fault-finding",
    "Check yourself",
    "Role-play",
    "Summary and terms",
    "Sources and what they do not show",
]
"""The same in every lesson, in this order."""
"""The same in every lesson, in this order."""


def read(name: str) -> Any:
    return nbformat.read(NOTEBOOKS[name], as_version=4)  # type: ignore[no-untyped-call]


def cells(name: str, kind: str) -> Iterator[Any]:
    return (cell for cell in read(name).cells if cell.cell_type == kind)


def tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", []))


# --- form -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_valid_clean_and_has_readable_ids(name: str) -> None:
    book = read(name)
    nbformat.validate(book)  # type: ignore[no-untyped-call]
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    assert book.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in book.cells]
    assert len(set(ids)) == len(ids)
    for cell in book.cells:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell.id), cell.id
        assert set(tags(cell)) <= {"autorun", "raises-exception"}
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
        else:
            assert not tags(cell)
    assert NOTEBOOKS[name].read_text("utf-8").endswith("}\n")


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_the_common_headings_in_order(name: str) -> None:
    text = "\n".join(cell.source for cell in cells(name, "markdown"))
    assert re.findall(r"^# (.+)$", text, re.MULTILINE) == [re.findall(r"^# (.+)$", text, re.MULTILINE)[0]]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_thin(name: str) -> None:
    """Prose and calls: what takes thinking lives in the package, where it is tested."""
    for cell in cells(name, "code"):
        assert len(cell.source.splitlines()) <= 14, cell.id
        assert all(len(line) <= 120 for line in cell.source.splitlines()), cell.id
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While), cell.id


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_link_leads_somewhere_in_the_workspace(name: str) -> None:
    listed = {f"exercises/{path.name}/{path.name}.ipynb" for path in (CONTENT.parent / "exercises").glob("*")}
    for cell in cells(name, "markdown"):
        for target in re.findall(r"\]\(([^)]+)\)", cell.source):
            assert "://" not in target, "the course works offline"
            place = os.path.normpath(Path(name).parent / target)
            assert place in listed or (MODULES / place).is_file(), f"{cell.id}: {target}"


def test_the_syllabus_finds_its_cells() -> None:
    course = syllabus.load(CONTENT)
    wanted = [(item.notebook, item.cell) for item in course.start]
    wanted += [(s.notebook, s.cell) for m in course.modules if m.state == "ready" for s in m.steps if s.cell]
    for notebook, cell in wanted:
        if notebook in NOTEBOOKS and cell:
            assert cell in {found.id for found in read(notebook).cells}, f"{notebook}: {cell}"
    named = {notebook for notebook, _ in wanted}
    assert set(NOTEBOOKS) <= named


def test_the_spec_promises_what_the_syllabus_does() -> None:
    course = syllabus.load(CONTENT)
    for module in course.modules:
        if module.state == "ready":
            spec = next(cell.source for cell in cells(module.lesson, "markdown") if cell.id == "spec").lower()
            for objective in module.objectives:
                assert objective.lower() in spec
            title = next(cell.source for cell in cells(module.lesson, "markdown") if cell.id == "title")
            assert title.startswith(f"# {module.title}\n")


# --- running --------------------------------------------------------------------------------------------------------


def execute(name: str, folder: Path, only: str = "") -> Any:
    """Run a copy of a notebook (all code cells, or those with the tag `only`) in a real kernel."""
    shutil.copytree(NOTEBOOKS[name].parent, folder / Path(name).parent)
    book = read(name)
    if only:
        book.cells = [cell for cell in book.cells if cell.cell_type == "code" and only in tags(cell)]
    env = {key: value for key, value in os.environ.items() if not key.startswith("TECHSELL_")}
    place = {"metadata": {"path": str(folder / Path(name).parent)}}
    client = NotebookClient(book, timeout=120, kernel_name="python3", resources=place)
    client.execute(env=env | {"PYTHONWARNINGS": "default", "IPYTHONDIR": str(folder / "ipython")})
    return book


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return {name: execute(name, tmp_path_factory.mktemp("all")) for name in NOTEBOOKS}


def outputs(book: Any, cell_id: str) -> list[Any]:
    return list(next(cell.outputs for cell in book.cells if cell.id == cell_id))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs_from_top_to_bottom_without_a_warning(name: str, executed: dict[str, Any]) -> None:
    for cell in executed[name].cells:
        if cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "error":
                    assert "raises-exception" in tags(cell), f"{cell.id}: {output.evalue}"
                if output.output_type == "stream":
                    assert output.name == "stdout", f"{cell.id}: {output.text}"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_cells_that_run_by_themselves_need_no_others(name: str, tmp_path: Path) -> None:
    book = execute(name, tmp_path, only="autorun")
    assert book.cells
    assert book.cells[0].id == "setup"
    for cell in book.cells:
        assert all(output.output_type in {"execute_result", "stream", "display_data"} for output in cell.outputs)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_widget_shows_by_itself(name: str, executed: dict[str, Any]) -> None:
    for cell in executed[name].cells:
        if cell.cell_type == "code" and re.match(r"here\.\w+\(", cell.source):
            assert tags(cell) == ["autorun"], cell.id
            shown = outputs(executed[name], cell.id)[0].data
            assert "application/vnd.jupyter.widget-view+json" in shown, cell.id


def test_what_a_prediction_is_about_is_not_shown_before_it_is_made() -> None:
    book = read(DISCOVERY)
    ids = [cell.id for cell in book.cells]
    revealing = ["run-pooled", "run-split", "run-needs", "fault-mended"]
    assert all(not tags(book.cells[ids.index(name)]) for name in revealing)
    assert all(ids.index(name) > ids.index("predict-closing") for name in revealing)


def test_figures_appear_as_images_with_a_name(executed: dict[str, Any]) -> None:
    for cell in executed[DISCOVERY].cells:
        if cell.cell_type == "code" and "show(" in cell.source:
            shown = outputs(executed[DISCOVERY], cell.id)[0].data
            assert re.search(r'<svg role="img" aria-label="[^"]{40,}"', shown["text/html"]), cell.id
            assert shown["text/plain"].startswith("Figure: ")


def test_the_memo_that_is_to_be_mended_prints_what_it_says(executed: dict[str, Any]) -> None:
    memo = outputs(executed[DISCOVERY], "fault-analysis")[0].text
    share, correlation = re.findall(r"(\d+)%|([+-]\d\.\d+)", memo)
    assert int(share[0]) > 50, "more than half"
    assert abs(float(correlation[1])) < 0.03, "no correlation"
    assert outputs(executed[DISCOVERY], "pain-check")[0].text == "150 and 141 k£ a year\n"
