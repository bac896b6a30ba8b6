"""Tries what this machine can do. Nothing is guessed from a version: each check does the thing itself."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["CHECKS", "Finding", "browser", "examine"]

State = Literal["ok", "missing", "failed"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
BROWSER_SECONDS = 60
KERNEL_SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """What one check found.

    `needed` says who needs it: `everybody`, `trainer` or `tests`. `cure` is empty when `state` is `ok`.
    """

    name: str
    needed: str
    state: State
    detail: str
    cure: str = ""


def browser() -> str | None:
    """Path of a Chromium-like browser, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def _jupyterlab() -> Finding:
    from importlib.metadata import version

    found = version("jupyterlab")
    if found.startswith("4.6."):
        return Finding("JupyterLab", "everybody", "ok", found)
    cure = "Install with '-c constraints.txt': our extension fits JupyterLab 4.6."
    return Finding("JupyterLab", "everybody", "failed", found, cure)


def _labextension() -> Finding:
    manifest = Path(__file__).parent / "labextension" / "techsell" / "package.json"
    if manifest.is_file():
        return Finding("Course home extension", "everybody", "ok", "files are there")
    cure = "Install techsell again: part of the package is missing."
    return Finding("Course home extension", "everybody", "failed", f"no {manifest.name}", cure)


def _database() -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "try.db")
        try:
            mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            connection.execute("CREATE TABLE t (x)")
            connection.execute("INSERT INTO t VALUES (1)")
            connection.commit()
        finally:
            connection.close()
    if mode == "wal":
        return Finding("SQLite", "everybody", "ok", f"{sqlite3.sqlite_version}, write-ahead log works")
    cure = "Put the temporary folder and the workspace on a local disk."
    return Finding("SQLite", "everybody", "failed", f"journal mode is {mode}", cure)


def _port() -> Finding:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.create_connection(listener.getsockname(), timeout=5):
            return Finding("Local port", "everybody", "ok", "127.0.0.1 answers")


def _kernel() -> Finding:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=KERNEL_SECONDS)
    try:
        answer = client.execute_interactive("import techsell", timeout=KERNEL_SECONDS, output_hook=lambda message: None)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if answer["content"]["status"] == "ok":
        return Finding("Python kernel", "everybody", "ok", f"{sys.version.split()[0]}, starts and knows techsell")
    detail = f"{answer['content']['ename']}: {answer['content']['evalue']}"
    cure = "Start techsell from the environment it was installed in."
    return Finding("Python kernel", "everybody", "failed", detail, cure)


def _content() -> Finding:
    from techsell import content
    from techsell.errors import ContentError

    try:
        return Finding("Course content", "everybody", "ok", str(content.root()))
    except ContentError as error:
        return Finding("Course content", "everybody", "missing", error.problem, f"{error.cure}.")


def _gradebook() -> Finding:
    alembic = Path(sys.executable).with_name("alembic" + (".exe" if os.name == "nt" else ""))
    if alembic.is_file():
        return Finding("nbgrader gradebook", "trainer", "ok", "alembic is beside this Python")
    cure = "Install techsell again in this environment: nbgrader needs the alembic program."
    return Finding("nbgrader gradebook", "trainer", "missing", "no alembic program", cure)


def _sandbox() -> Finding:
    name = "Sandbox (bubblewrap)"
    tool = shutil.which("bwrap")
    if tool is None:
        cure = "Debian, Ubuntu: 'apt-get install bubblewrap'. On Windows and macOS grade in a virtual machine."
        return Finding(name, "trainer", "missing", "no bwrap program", cure)
    words = [tool, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"]
    done = subprocess.run([*words, "true"], capture_output=True, text=True, timeout=20, check=False)
    if done.returncode == 0:
        return Finding(name, "trainer", "ok", "made one and left it")
    cure = "Allow unprivileged user namespaces for this account."
    return Finding(name, "trainer", "failed", done.stderr.strip()[:120], cure)


def _pdf() -> Finding:
    from techsell.errors import PdfMissing
    from techsell.roleplay.cards import pdf_of

    try:
        pages = pdf_of("<p>t</p>")[1]
    except PdfMissing as error:
        return Finding("PDF files", "trainer", "missing", error.problem, f"{error.cure}.")
    return Finding("PDF files", "trainer", "ok", f"made one of {pages} page")


def _browser() -> Finding:
    name = "Headless browser"
    tool = browser()
    if tool is None:
        cure = "Debian, Ubuntu: 'apt-get install chromium'."
        return Finding(name, "tests", "missing", "no Chromium", cure)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder) / "page.html"
        page.write_text("<title>t</title><p id=p>alive</p>", encoding="utf-8")
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        words += [f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri()]
        done = subprocess.run([tool, *words], capture_output=True, text=True, timeout=BROWSER_SECONDS, check=False)
    if "alive" in done.stdout:
        return Finding(name, "tests", "ok", "showed a page")
    return Finding(name, "tests", "failed", "did not show a page", f"Start '{tool} --headless' by hand and read why.")


CHECKS: tuple[Callable[[], Finding], ...] = (
    _jupyterlab,
    _labextension,
    _kernel,
    _database,
    _port,
    _content,
    _gradebook,
    _sandbox,
    _pdf,
    _browser,
)


def examine(checks: tuple[Callable[[], Finding], ...] = CHECKS) -> Iterator[Finding]:
    """Run the checks one after the other; a check that fails by itself is a finding, not a crash."""
    for check in checks:
        try:
            yield check()
        except Exception as error:  # whatever broke is what the person must hear about
            name = check.__name__.strip("_").replace("_", " ")
            cure = "Send this line to your trainer."
            yield Finding(name, "everybody", "failed", f"{type(error).__name__}: {error}"[:200], cure)
