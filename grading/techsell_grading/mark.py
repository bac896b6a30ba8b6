"""Marking by people: nbgrader's own formgrader, opened on the course.

A Jupyter server with nothing but formgrader in it, on loopback, with a token. It works in the course's folder, where
nbgrader finds `nbgrader_config.py`, and so shows the same book that `techsell grade` writes.
"""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
import webbrowser
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from techsell.errors import CourseMissing, GradingError, PortTaken
from techsell_grading.course import CONFIG_NAME, Course
from techsell_grading.gradebook import Book
from techsell_grading.storage import ready_for_nbgrader

__all__ = ["address", "serve"]

LOOPBACK = "127.0.0.1"
_HARMLESS = ("details", "summary", "p", "br", "sub", "sup", "table", "thead", "tbody", "tr", "th", "td")
"""tags that our own task texts use and that can do nothing"""

EXTENSION = "nbgrader.server_extensions.formgrader"


def serve(
    course: Course,
    *,
    port: int = 0,
    module: str = "",
    open_browser: bool = True,
    announce: Callable[[str], None],
) -> None:
    """Run formgrader on the course until it is told to stop.

    Args:
        port: 0 takes a free one.
        module: whose hand-ins are shown first; empty for the list of modules.
        announce: called with the address, token included, once the server listens.

    Raises:
        CourseMissing: nothing has been released or graded yet, so there is no book to mark in.
        PortTaken: another program listens there.
    """
    if not Book.exists(course):
        raise CourseMissing(
            "There is no gradebook yet",
            place=course.home,
            cure="Run 'techsell release', 'techsell collect' and 'techsell grade' first",
        )
    _free(port)
    ready_for_nbgrader()
    os.chdir(course.home)  # nbgrader looks for its configuration here
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    with tempfile.TemporaryDirectory(prefix="techsell-exchange-") as exchange:
        server = _start_up(course, port, token, exchange)
        url = address(server.port, token, module)

        def listening() -> None:
            announce(url)
            if open_browser:
                webbrowser.open(url)

        server.io_loop.add_callback(listening)  # the port is bound by a callback that stands before this one
        server.start()


def address(port: int, token: str, module: str = "") -> str:
    """Where to mark: the list of modules, or the hand-ins of one.

    By way of Jupyter's own login: formgrader's pages set a cookie that holds for their own folder only, and the next
    page would ask for the token again.
    """
    page = f"/formgrader/gradebook/{module}/{module}" if module else "/formgrader/gradebook"
    return f"http://{LOOPBACK}:{port}/login?{urlencode({'next': page, 'token': token})}"


def _start_up(course: Course, port: int, token: str, exchange: str) -> Any:
    from bleach import ALLOWED_TAGS  # type: ignore[import-untyped]
    from jupyter_server.serverapp import ServerApp
    from traitlets.config import Config

    config = Config()
    config.ServerApp.ip = LOOPBACK
    config.ServerApp.port = port
    config.ServerApp.port_retries = 0
    config.ServerApp.root_dir = str(course.root)
    config.ServerApp.open_browser = False
    config.ServerApp.allow_root = True
    config.ServerApp.answer_yes = True  # one Ctrl-C ends it
    config.ServerApp.log_level = "ERROR"
    config.IdentityProvider.token = token
    config.FormgradeExtension.debug = False
    config.Exchange.root = exchange  # nbgrader's shared folder is not used; without one it complains at every page
    # What a learner wrote must not run as a program in the trainer's browser.
    config.HTMLExporter.preprocessors = ["nbconvert.preprocessors.sanitize.SanitizeHTML"]
    config.SanitizeHTML.tags = sorted({*ALLOWED_TAGS, *_HARMLESS})
    server = ServerApp.instance(config=config, jpserver_extensions={EXTENSION: True})
    server.initialize(argv=[], find_extensions=False)
    if "nbgrader_formgrader" not in server.web_app.settings:
        raise GradingError(
            "nbgrader's formgrader does not load", place=course.home / CONFIG_NAME, cure="Mend that configuration"
        )
    return server


def _free(port: int) -> None:
    with socket.socket() as probe:
        if port and probe.connect_ex((LOOPBACK, port)) == 0:
            raise PortTaken(
                f"Port {port} is taken by another program",
                place=LOOPBACK,
                cure="Leave out --port, or choose another one",
            )
