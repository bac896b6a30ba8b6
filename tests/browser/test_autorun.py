"""Does a lesson come alive when it is opened, and does nothing run that is the learner's?"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Any]

FIRST_CALL = "00_start_here/first_call.ipynb"


@pytest.fixture(scope="module")
def running(serve: Callable[..., Any], small_content: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return serve(tmp_path_factory.mktemp("autorun") / "work", "--content", str(small_content))


@pytest.fixture
def server(running: Any, small_content: Path) -> Any:
    """The server with the notebook as shipped, and no kernel."""
    running.end_sessions()
    shipped = small_content / "modules" / FIRST_CALL
    (running.workspace / FIRST_CALL).write_bytes(shipped.read_bytes())
    running.shipped = small_content / "modules"
    return running


def press(page: Page) -> None:
    """The widget answers, so a kernel stands behind it."""
    page.get_by_role("button", name="press me").click()
    expect(page.get_by_role("button", name="pressed")).to_be_visible()


def restart(page: Page) -> None:
    page.get_by_role("button", name="Restart the kernel", exact=True).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()


def idle(page: Page) -> Any:
    return page.get_by_text("Python 3 (ipykernel) | Idle")


def outputs(page: Page, text: str) -> Any:
    return page.locator(".jp-OutputArea-output").get_by_text(text)


def change(notebook: Path, cell_id: str, source: str) -> None:
    """Edit a cell on the disk, as a learner did yesterday."""
    book = json.loads(notebook.read_text(encoding="utf-8"))
    next(cell for cell in book["cells"] if cell["id"] == cell_id)["source"] = source
    notebook.write_text(json.dumps(book), encoding="utf-8")


def test_opening_a_notebook_makes_its_widgets_live(
    server: Any, visit: Visit, keep_time: Callable[[str, float], None]
) -> None:
    began = time.perf_counter()
    page = visit(server, path=f"/tree/{FIRST_CALL}").page
    expect(page.get_by_role("button", name="press me")).to_be_visible()
    keep_time("from navigation to a live widget", time.perf_counter() - began)
    press(page)
    expect(outputs(page, "as shipped")).to_be_visible()
    expect(outputs(page, "only when asked")).to_have_count(0)
    expect(page.locator(".jp-InputPrompt").get_by_text("[2]:")).to_be_visible()  # each cell once, in order


def test_opening_a_notebook_leaves_it_saved_and_its_words_untouched(server: Any, visit: Visit) -> None:
    """So that closing it asks nothing; what was put on the disk is outputs."""
    page = visit(server, path=f"/tree/{FIRST_CALL}").page
    tab = page.get_by_role("tab", name="first_call.ipynb")
    press(page)
    expect(tab).not_to_have_class(re.compile("jp-mod-dirty"))
    before, after = (
        json.loads(path.read_text(encoding="utf-8"))["cells"]
        for path in (server.shipped / FIRST_CALL, server.workspace / FIRST_CALL)
    )
    assert [(cell["id"], "".join(cell["source"])) for cell in after] == [
        (cell["id"], cell["source"]) for cell in before
    ]
    assert [bool(cell.get("outputs")) for cell in after] == [False, True, False, False]  # no widget on the disk
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    expect(tab).to_have_count(0)
    assert page.get_by_role("dialog").count() == 0


def test_a_cell_that_was_edited_waits_for_its_owner(server: Any, visit: Visit) -> None:
    change(server.workspace / FIRST_CALL, "edit-me", "print('my own words')")
    page = visit(server, path=f"/tree/{FIRST_CALL}").page
    press(page)  # the cell after it has run, so this one was passed over
    expect(page.locator(".jp-Notebook").get_by_text("my own words")).to_have_count(1)  # the source alone
    expect(outputs(page, "my own words")).to_have_count(0)


def test_the_same_cells_in_another_notebook_do_not_run(server: Any, visit: Visit) -> None:
    """The manifest names a path too: a copy is the learner's."""
    copy = server.workspace / "00_start_here" / "copy.ipynb"
    copy.write_bytes((server.workspace / FIRST_CALL).read_bytes())
    page = visit(server).page
    page.locator("#filebrowser").get_by_text("00_start_here").dblclick()
    with page.expect_response("**/techsell/autorun*") as opened:
        page.locator("#filebrowser").get_by_text("copy.ipynb").dblclick()
    assert opened.value.json() == {"run": []}
    expect(idle(page)).to_be_visible()
    with page.expect_response("**/techsell/autorun*") as restarted:
        restart(page)
    assert restarted.value.json() == {"run": []}
    expect(page.get_by_role("button", name="press me")).to_have_count(0)


def test_a_killed_kernel_comes_back_alive(server: Any, visit: Visit, keep_time: Callable[[str, float], None]) -> None:
    watched = visit(server, path=f"/tree/{FIRST_CALL}")
    page = watched.page
    press(page)
    (kernel,) = server.kernels()
    began = time.perf_counter()
    kernel.kill()
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    expect(page.get_by_role("button", name="press me")).to_be_visible(timeout=30_000)
    keep_time("from a killed kernel to a live widget", time.perf_counter() - began)
    press(page)
    (again,) = server.kernels()
    assert again.pid != kernel.pid


def test_a_kernel_restarted_by_hand_comes_back_alive(server: Any, visit: Visit) -> None:
    page = visit(server, path=f"/tree/{FIRST_CALL}").page
    press(page)
    restart(page)
    press(page)


def test_closing_a_notebook_ends_its_kernel_and_opening_it_again_makes_it_live(server: Any, visit: Visit) -> None:
    page = visit(server, path=f"/tree/{FIRST_CALL}").page
    press(page)
    (kernel,) = server.kernels()
    tab = page.get_by_role("tab", name="first_call.ipynb")
    expect(tab).not_to_have_class(re.compile("jp-mod-dirty"))
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    kernel.wait(timeout=30)
    page.locator("#techsell-home").get_by_role("button", name="Your first call", exact=True).click()
    press(page)
    assert len(server.kernels()) == 1


def test_opening_it_again_shows_no_widget_of_a_kernel_that_has_gone(server: Any, visit: Visit) -> None:
    """`visit` itself fails on the console error of a widget whose kernel is not there any more."""
    page = visit(server, path=f"/tree/{FIRST_CALL}").page
    press(page)
    expect(page.get_by_role("tab", name="first_call.ipynb")).not_to_have_class(re.compile("jp-mod-dirty"))
    server.end_sessions()
    press(visit(server, path=f"/tree/{FIRST_CALL}").page)


def test_a_page_that_is_loaded_again_is_live_with_the_same_kernel(server: Any, visit: Visit) -> None:
    page = visit(server, path=f"/tree/{FIRST_CALL}").page
    press(page)
    (kernel,) = server.kernels()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    press(page)
    assert [found.pid for found in server.kernels()] == [kernel.pid]
