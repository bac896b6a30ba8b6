"""`techsell learn`: the learner's workspace, and JupyterLab on it.

The server runs in this process, so that one Ctrl-C, one closed terminal or one `docker stop` ends everything.
"""

from __future__ import annotations

import logging
import os
import secrets
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from techsell.errors import PortTaken, UsageError
from techsell.files import write_atomic
from techsell.labserver.settings import SERVER_EXTENSIONS, LabFolders, environment, server_config, write_lab_files

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

__all__ = ["DEFAULT_PORT", "LOOPBACK", "Address", "choose_address", "page_address", "serve"]

DEFAULT_PORT = 8888
LOOPBACK = "127.0.0.1"
_TRIES = 50
_LAST_SECONDS = 5.0


@dataclass(frozen=True)
class Address:
    """Where to listen; `retries` more ports are tried when it is 0 or more and the first is taken."""

    ip: str
    port: int
    retries: int


def choose_address(ip: str = LOOPBACK, port: int | None = None) -> Address:
    """The address to listen on. A port that was asked for is that one or an error; otherwise the next free one.

    Raises:
        PortTaken: somebody listens there already, or the port needs rights that we do not have.
        UsageError: `ip` is not an address of this machine.
    """
    if port is None:
        _probe(ip, 0)
        return Address(ip, DEFAULT_PORT, _TRIES)
    try:
        _probe(ip, port)
    except PermissionError as error:
        raise PortTaken(
            f"Port {port} is reserved for the administrator",
            place=ip,
            cure="Choose one above 1024, or leave out --port",
        ) from error
    return Address(ip, port, 0)


def _probe(ip: str, port: int) -> None:
    import errno
    import socket

    from tornado.netutil import bind_sockets

    try:
        for listener in bind_sockets(port, ip):
            listener.close()
    except PermissionError:
        raise
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(
                f"{ip!r} is not an address of this machine",
                cure=f"Leave out --ip for {LOOPBACK}, or give 0.0.0.0 for all of its addresses",
            ) from error
        raise PortTaken(
            f"Port {port} is taken by another program", place=ip, cure="Leave out --port, or choose another one"
        ) from error


def page_address(ip: str, port: int, token: str) -> str:
    """What to type into a browser on this machine. Where all addresses are listened on, loopback is one of them."""
    host = {"": LOOPBACK, "*": LOOPBACK, "0.0.0.0": LOOPBACK, "::": "[::1]"}.get(ip)  # noqa: S104 - compared, not bound
    if host is None:
        host = f"[{ip}]" if ":" in ip else ip
    return f"http://{host}:{port}/lab?token={token}"


def serve(
    workspace: Path,
    *,
    address: Address,
    open_browser: bool = True,
    content: Path | None = None,
    announce: Callable[[str], None],
) -> None:
    """Run JupyterLab on `workspace` until it is told to stop.

    Args:
        workspace: a workspace that exists.
        announce: called with the address of the course home, token included, once the server listens.

    Raises:
        WorkspaceReadOnly, WorkspaceError: Lab's own files cannot be written.
    """
    folders = LabFolders.of(workspace)
    write_lab_files(folders)
    made = environment(
        os.environ,
        workspace=workspace,
        scripts=Path(sysconfig.get_path("scripts")),
        content=content,
        separator=os.pathsep,
    )
    for name in os.environ.keys() - made.keys():
        del os.environ[name]
    os.environ.update(made)
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    server = _start_up(
        server_config(
            workspace=workspace,
            ip=address.ip,
            port=address.port,
            port_retries=address.retries,
            token=token,
            open_browser=open_browser,
        )
    )
    server.no_browser_open_file = not open_browser
    if open_browser:
        _make_way_in(server, workspace)
    server.io_loop.add_callback(announce, page_address(server.ip, server.port, token))  # after it has begun to listen
    server.start()  # kernels watch this process and end with it, however it ends
    _let_go(server)


def _make_way_in(server: ServerApp, workspace: Path) -> None:
    """Jupyter hands the browser a file that holds the address, so that nobody reads the token off a command line.

    Its usual place is a hidden folder, which browsers in a sandbox of their own may not read (Ubuntu's Firefox, for
    one). Made here first, and private, since Jupyter would leave it readable for everybody; removed when it ends.
    """
    page = workspace / "open_course_home.html"
    write_atomic(page, b"", private=True)
    server.browser_open_file = str(page)


def _let_go(server: ServerApp) -> None:
    """Cancel what was being answered when the stop came: a thread that waits for it would keep this process alive."""
    import asyncio

    logging.disable()  # it would tell of every answer that was cut off
    loop = server.io_loop.asyncio_loop  # type: ignore[attr-defined]  # tornado on asyncio, its only loop
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    loop.run_until_complete(asyncio.wait(pending, timeout=_LAST_SECONDS) if pending else asyncio.sleep(0))


def _is_news(record: logging.LogRecord) -> bool:
    """Not that somebody closed the page while something was on its way to it."""
    from tornado.websocket import WebSocketClosedError

    return not (record.exc_info and isinstance(record.exc_info[1], WebSocketClosedError))


def _start_up(config: dict[str, dict[str, object]]) -> ServerApp:
    # Late: these take a second, and they read the environment when they are imported.
    import zmq
    from jupyter_server.serverapp import ServerApp
    from traitlets.config import Config

    if zmq.has("curve"):  # others on this machine could otherwise read along on the kernels' ports
        config = {**config, "KernelManager": {"transport_encryption": "auto"}}
    logging.getLogger("asyncio").addFilter(_is_news)
    server: ServerApp = ServerApp.instance(config=Config(config), jpserver_extensions=dict(SERVER_EXTENSIONS))
    server.initialize(argv=[], find_extensions=False, starter_extension="lab")
    return server
