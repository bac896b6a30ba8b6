"""Does nbgrader itself, in a real kernel, score source and stub as the quick runner does?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def graded_by_nbgrader(book: dict[str, Any], folder: Path) -> dict[str, tuple[float, str]]:
    """Marks by nbgrader's rule after a run in a fresh kernel, and the error shown, by grade id."""
    import nbformat
    from nbconvert.preprocessors import ExecutePreprocessor
    from nbgrader.utils import determine_grade

    notebook = nbformat.reads(json.dumps(book), as_version=4)
    ExecutePreprocessor(timeout=120, kernel_name="python3", allow_errors=True).preprocess(
        notebook, {"metadata": {"path": str(folder)}}
    )
    marks = {}
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade") and cell.cell_type == "code":
            shown = ["\n".join(out.traceback) for out in cell.outputs if out.output_type == "error"]
            marks[meta["grade_id"]] = (float(determine_grade(cell)[0] or 0.0), "".join(shown))
    return marks


def with_source_tests(released: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """The learner's version with locked cells put back, as nbgrader's OverwriteCells does."""
    texts = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in source["cells"]}
    for cell in released["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("locked"):
            cell["source"] = texts[cell["metadata"]["nbgrader"]["grade_id"]]
    return released


def test_source_and_stub_in_a_real_kernel(
    source: Any,
    module: str,
    repository: Path,
    release: Callable[[str], dict[str, Any]],
    tmp_path: Path,
) -> None:
    book = json.loads((repository / "exercises" / module / f"{module}.ipynb").read_text(encoding="utf-8"))
    full = graded_by_nbgrader(book, tmp_path)
    assert {cell.name: full[cell.name][0] for cell in source.automatic} == {c.name: c.points for c in source.automatic}

    empty = graded_by_nbgrader(with_source_tests(release(module), book), tmp_path)
    assert {name: points for name, (points, _) in empty.items()} == dict.fromkeys(full, 0.0)
    for cell in source.automatic:
        shown = empty[cell.name][1]
        assert "Traceback" not in shown, shown
        assert shown.count("\n") == 0, shown
