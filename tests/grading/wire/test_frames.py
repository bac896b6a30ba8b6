"""Do messages arrive whole and in order, and does a hostile peer cost nothing but the deadline?"""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell_grading.grader.wire import Bounds, Channel, Closed, NotPlain, TimedOut, TooLarge, WireError, encode

Pair = tuple[Channel, Channel]


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    left, right = socket.socketpair()
    with left, right:
        yield left, right


@pytest.fixture
def pair(sockets: tuple[socket.socket, socket.socket]) -> Pair:
    return Channel(sockets[0]), Channel(sockets[1])


def _soon(seconds: float = 0.05) -> float:
    return time.monotonic() + seconds


def _open_fds() -> set[str]:
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


def test_messages_arrive_in_order(pair: Pair) -> None:
    left, right = pair
    for number in range(20):
        left.send({"op": "run", "number": number})
    right.send({"answer": (1, 2)})
    assert [right.receive()["number"] for _ in range(20)] == list(range(20))
    assert left.receive(_soon(5)) == {"answer": (1, 2)}


def test_a_large_message_crosses_while_both_work(pair: Pair) -> None:
    left, right = pair
    message = {"data": os.urandom(6 << 20)}
    sender = threading.Thread(target=left.send, args=(message,))
    sender.start()
    assert right.receive(_soon(30)) == message
    sender.join()


@settings(deadline=None, max_examples=50)
@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text() | st.binary()), max_size=5), st.integers(1, 40))
def test_messages_in_any_pieces(messages: list[dict[str, Any]], size: int) -> None:
    left, right = socket.socketpair()
    with left, Channel(right) as channel:
        bodies = [encode(message) for message in messages]
        stream = b"".join(struct.pack(">I", len(body)) + body for body in bodies)
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        sender = threading.Thread(target=lambda: [left.sendall(piece) for piece in pieces])
        sender.start()  # many small pieces fill the socket long before their bytes would
        assert [channel.receive(_soon(30)) for _ in messages] == messages
        sender.join()


def test_waiting_goes_on_where_it_stopped(sockets: tuple[socket.socket, socket.socket]) -> None:
    raw, channel = sockets[0], Channel(sockets[1])
    body = encode({"a": "text"})
    stream = struct.pack(">I", len(body)) + body
    for at in range(len(stream)):
        with pytest.raises(TimedOut):
            channel.receive(_soon(0.001))
        raw.sendall(stream[at : at + 1])
    assert channel.receive(_soon(5)) == {"a": "text"}


def test_it_takes_no_more_than_its_message(sockets: tuple[socket.socket, socket.socket]) -> None:
    raw, channel = sockets[0], Channel(sockets[1])
    body = encode({"a": 1})
    raw.sendall(struct.pack(">I", len(body)) + body + b"rest")
    channel.receive(_soon(5))
    assert sockets[1].recv(10) == b"rest"


def test_the_deadline_is_kept_against_a_silent_peer(pair: Pair) -> None:
    start = time.monotonic()
    with pytest.raises(TimedOut):
        pair[0].receive(start + 0.1)
    assert 0.1 <= time.monotonic() - start < 5


def test_the_deadline_is_kept_against_a_peer_that_does_not_read(pair: Pair) -> None:
    left, right = pair
    with pytest.raises(TimedOut):
        left.send({"data": bytes(7 << 20)}, deadline=_soon())
    assert left.fileno() == -1, "half a message is out: nothing may follow it"
    with pytest.raises(Closed):
        left.send({})
    with pytest.raises(Closed):
        right.receive(_soon(5))


def test_a_peer_that_is_gone(pair: Pair) -> None:
    left, right = pair
    left.send({"last": 1})
    left.close()
    assert right.receive() == {"last": 1}
    with pytest.raises(Closed):
        right.receive()
    with pytest.raises(Closed):
        right.send({"a": 1})
    with pytest.raises(Closed):
        left.receive()


def test_nothing_is_sent_of_what_cannot_be(pair: Pair) -> None:
    left, right = pair
    with pytest.raises(NotPlain):
        left.send({"a": object()})
    with pytest.raises(TooLarge):
        left.send({"a": bytes(9 << 20)})
    with pytest.raises(ValueError, match="at most 8"):
        left.send({}, fds=[0] * 9)
    left.send({"a": 1})
    assert right.receive(_soon(5)) == {"a": 1}


@pytest.mark.parametrize("body", [b"", b"junk", encode([1]), encode({1: 2}), encode({"a": 1}) + b"x"], ids=repr)
def test_a_damaged_message_is_refused_and_the_next_is_read(sockets: Any, body: bytes) -> None:
    raw, channel = sockets[0], Channel(sockets[1])
    good = encode({"a": 1})
    raw.sendall(struct.pack(">I", len(body)) + body + struct.pack(">I", len(good)) + good)
    with pytest.raises(WireError):
        channel.receive(_soon(5))
    assert channel.receive(_soon(5)) == {"a": 1}


def test_an_impossible_length_closes_the_channel(sockets: Any) -> None:
    raw, channel = sockets[0], Channel(sockets[1], Bounds(most_bytes=1000))
    raw.sendall(struct.pack(">I", 1001) + b"x" * 10)
    with pytest.raises(WireError, match="1,001 bytes was announced"):
        channel.receive(_soon(5))
    assert channel.fileno() == -1
    with pytest.raises(Closed):
        channel.receive(_soon(5))


def test_descriptors_arrive_with_their_message(pair: Pair, tmp_path: Path) -> None:
    left, right = pair
    path = tmp_path / "file"
    path.write_text("content")
    left.send({"n": 1})
    with path.open() as one, path.open() as two:
        left.send({"n": 2}, fds=[one.fileno(), two.fileno()])
        left.send({"n": 3}, fds=[one.fileno()])
    left.send({"n": 4})
    counts = []
    for _ in range(4):
        right.receive(_soon(5))
        fds = right.fds
        counts.append(len(fds))
        for fd in fds:
            assert not os.get_inheritable(fd)
            with os.fdopen(fd) as file:
                assert file.read() in ("content", "")
    assert counts == [0, 2, 1, 0]
    assert right.fds == ()


def test_descriptors_of_a_large_message(pair: Pair) -> None:
    left, right = pair
    sender = threading.Thread(target=left.send, args=({"data": bytes(4 << 20)}, [0, 1]))
    sender.start()
    right.receive(_soon(30))
    sender.join()
    fds = right.fds
    assert len(fds) == 2
    for fd in fds:
        os.close(fd)


def test_descriptors_that_nobody_takes_are_closed(pair: Pair) -> None:
    left, right = pair
    before = _open_fds()
    for _ in range(50):
        left.send({}, fds=[0] * 8)
        right.receive(_soon(5))
    assert len(_open_fds() - before) <= 8
    left.send({})
    right.receive(_soon(5))
    assert _open_fds() == before
    left.send({}, fds=[0])
    right.receive(_soon(5))
    right.close()
    assert len(_open_fds() - before) == 0


def test_a_flood_of_descriptors_within_one_message_is_closed(sockets: Any) -> None:
    raw, channel = sockets[0], Channel(sockets[1])
    before = _open_fds()
    body = encode({"a": "x" * 200})
    for byte in struct.pack(">I", len(body)) + body:
        socket.send_fds(raw, [bytes([byte])], [0] * 20)
    channel.receive(_soon(5))
    assert len(_open_fds() - before) <= 8
    channel.close()
    assert _open_fds() <= before


def test_a_socket_without_descriptors_works_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        peer, _ = server.accept()
        with Channel(client) as left, Channel(peer) as right:
            left.send({"a": 1})
            assert right.receive(_soon(5)) == {"a": 1}
