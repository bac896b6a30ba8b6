"""Does `techsell learn` choose its address well, and say what is wrong with one that was asked for?"""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tornado.websocket import WebSocketClosedError

from techsell.errors import PortTaken, UsageError
from techsell.learn import DEFAULT_PORT, _is_news, choose_address, page_address


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_without_a_wish_the_next_free_port_will_do() -> None:
    address = choose_address()
    assert (address.ip, address.port) == ("127.0.0.1", DEFAULT_PORT)
    assert address.retries > 0


def test_a_port_that_was_asked_for_is_that_one(taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    assert (choose_address(port=free).port, choose_address(port=free).retries) == (free, 0)
    with pytest.raises(PortTaken, match=f"Port {taken} is taken.*Leave out --port"):
        choose_address(port=taken)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(UsageError, match=r"192\.0\.2\.1.*Leave out --ip"):
        choose_address("192.0.2.1")


@pytest.mark.parametrize(
    ("ip", "host"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("10.1.2.3", "10.1.2.3")],  # noqa: S104
)
def test_the_address_that_is_printed_works_on_this_machine(ip: str, host: str) -> None:
    assert page_address(ip, 8890, "t") == f"http://{host}:8890/lab?token=t"


def test_a_page_that_was_closed_is_no_news() -> None:
    """Other errors of a task are still told."""

    def told(error: Exception) -> bool:
        about = (type(error), error, None)
        return _is_news(logging.LogRecord("asyncio", logging.ERROR, "", 0, "Task exception", None, about))

    assert not told(WebSocketClosedError())
    assert told(ValueError("wrong"))
    assert _is_news(logging.LogRecord("asyncio", logging.ERROR, "", 0, "slow", None, None))


def test_a_taken_port_ends_the_command_with_one_sentence(taken: int, tmp_path: Path) -> None:
    """And before anything was made."""
    place = tmp_path / "work"
    words = [sys.executable, "-m", "techsell", "learn", "--no-browser", "--port", str(taken), "--workspace", str(place)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"Port {taken} is taken by another program")
    assert not place.exists()
