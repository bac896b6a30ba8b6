"""What code inside can see of the machine, looked at from inside and compared with what is really there."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

WRITABLE = ["/dev/shm", "/tmp"]  # noqa: S108 - file systems of its own


@pytest.fixture
def listening() -> Iterator[tuple[int, list[Any]]]:
    """A port of this machine on which somebody listens, and everybody who came."""
    with closing(socket.create_server(("", 0))) as server:
        came: list[Any] = []

        def answer() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                came.append(address)
                connection.sendall(b"in")
                connection.close()

        threading.Thread(target=answer, daemon=True).start()
        port = server.getsockname()[1]
        with closing(socket.create_connection(("127.0.0.1", port), 5)) as mine:
            assert mine.recv(2) == b"in", "somebody must be listening for the test to mean anything"
        yield port, came
        server.shutdown(socket.SHUT_RDWR)


def addresses() -> list[str]:
    """Every address under which this machine could be reached."""
    found = {"127.0.0.1", "::1"}
    for _, _, _, _, address in socket.getaddrinfo(socket.gethostname(), None):
        found.add(str(address[0]))
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.connect(("192.0.2.1", 9))
        found.add(probe.getsockname()[0])
    return sorted(found)


def test_a_port_of_this_machine_cannot_be_reached(box, listening):
    port, came = listening
    before = len(came)
    for address in addresses():
        said = box.run(
            f"import socket\ntry:\n    socket.create_connection(({address!r}, {port}), 2)\n    out = 'connected'\n"
            "except OSError as error:\n    out = type(error).__name__"
        )
        assert said != "connected", address
    assert len(came) == before


def test_there_is_no_interface_but_its_own_loopback(box):
    table = box.run("out = open('/proc/net/dev').read()")
    assert [line.split(":")[0].strip() for line in table.splitlines() if ":" in line] == ["lo"]
    assert box.run("out = open('/proc/net/route').read().splitlines()[1:]") == []


@pytest.mark.parametrize("kind", ["AF_VSOCK", "AF_NETLINK", "AF_PACKET", "AF_ALG", "AF_CAN"])
def test_sockets_that_know_no_network_namespace_are_refused(box, kind):
    number = int(getattr(socket, kind))
    said = box.run(
        f"import socket\ntry:\n    socket.socket({number}, socket.SOCK_DGRAM)\n    out = 'made'\n"
        "except OSError as error:\n    out = error.errno"
    )
    assert said == 97  # EAFNOSUPPORT


def test_a_socket_without_a_file_is_not_shared(box):
    name = f"\0techsell-{secrets.token_hex(8)}"
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(name)
        server.listen()
        with closing(socket.socket(socket.AF_UNIX)) as mine:
            mine.connect(name)
        with pytest.raises(AssertionError, match="ConnectionRefusedError"):
            box.run(f"import socket; socket.socket(socket.AF_UNIX).connect({name!r})")


def test_the_checkout_homes_and_books_are_not_there(box, repository, tmp_path):
    book = tmp_path / "gradebook.db"
    book.write_text("secret")
    places = [repository, repository / "exercises", repository / "grading", Path.home(), tmp_path, book, Path.cwd()]
    places += [Path("/etc/passwd"), Path("/etc/shadow"), Path("/etc/hosts"), Path("/home"), Path("/var"), Path("/sys")]
    places += [Path("/run"), Path("/mnt"), Path("/opt"), Path("/usr/local/bin"), Path("/proc/1/root/etc")]
    seen = box.run(
        f"import os\nout = []\nfor place in {[str(place) for place in places]!r}:\n"
        "    try:\n        os.stat(place); out.append(place)\n    except OSError:\n        pass"
    )
    visible = [place for place in seen if not _only_leads_to_python(box, Path(place))]
    assert visible == []


def _only_leads_to_python(box: Any, place: Path) -> bool:
    """Whether all that is below `place` inside is the interpreter (a home may hold it)."""
    shown = box.run(
        "import sys, os\nout = [sys.base_prefix, os.path.realpath(sys.executable)]\n"
        f"todo, found = [{str(place)!r}], []\n"
        "while todo:\n"
        "    here = todo.pop()\n"
        "    if any(other == here or here.startswith(other + '/') for other in out): continue\n"
        "    if any(other.startswith(here + '/') for other in out) and os.path.isdir(here):\n"
        "        todo += [os.path.join(here, name) for name in os.listdir(here)]\n"
        "    else: found.append(here)\n"
        "out = found"
    )
    return shown == []


def test_the_root_holds_what_programs_need_and_nothing_else(box):
    allowed = {"bin", "code", "dev", "etc", "lib", "lib32", "lib64", "libx32", "packages", "proc", "tmp", "usr", "nix"}
    names = set(box.run("import os; out = os.listdir('/')")) - allowed
    assert all(_only_leads_to_python(box, Path("/", name)) for name in names), names
    assert set(box.run("import os; out = os.listdir('/etc')")) <= {
        "alternatives",
        "fonts",
        "ld.so.cache",
        "ld.so.conf",
        "ld.so.conf.d",
    }


def test_of_our_own_code_only_single_parts_are_there(box):
    listing = "import os\nout = sorted(os.path.relpath(os.path.join(at, name), '/code') for at, _, names in "
    listing += "os.walk('/code') for name in names if not name.endswith('.pyc'))"
    parts = (
        "techsell/check/",
        "techsell/datasets/",
        "techsell_grading/grader/wire/",
        "techsell_grading/grader/sandbox/",
    )
    singles = {"techsell/__init__.py", "techsell/errors.py", "techsell_grading/__init__.py", "probe.py"}
    assert [name for name in box.run(listing) if name not in singles and not name.startswith(parts)] == []


@pytest.mark.parametrize(
    "name", ["techsell.lessons", "techsell.roleplay", "techsell_grading.gradebook", "techsell.cli"]
)
def test_what_is_asked_of_a_learner_cannot_be_imported(box, name):
    importlib = "import importlib.util, importlib; importlib.import_module('techsell.check')\n"
    assert box.run(f"{importlib}out = importlib.util.find_spec({name!r}) is None")


def test_no_file_of_the_package_lies_about_elsewhere(box):
    """Nor where the package was installed as a wheel."""
    code = "import os, sys\nout = []\nfor place in sys.path:\n"
    code += "    if place != '/code' and os.path.isdir(place):\n"
    code += "        out += [os.path.join(place, name, *found) for name in os.listdir(place)\n"
    code += "                if name in ('techsell', 'techsell_grading') for found in [os.listdir(place + '/' + name)]]"
    assert box.run(code) in ([], [f"{place}/techsell" for place in box.run("import sys; out = sys.path")])


def test_nothing_can_be_written_but_the_temporary_folders(box):
    mounts = "out = [line.split()[4:6] for line in open('/proc/self/mountinfo')]"
    writable = sorted(place for place, how in box.run(mounts) if "rw" in how.split(","))
    devices = {f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty", "pts")}
    assert sorted(set(writable) - devices) == WRITABLE
    tried = box.run(
        "import os\nout = []\n"
        "for top in ('/', '/code', '/packages', '/usr/lib', '/dev', '/proc', '/etc'):\n"
        "    try: os.close(os.open(top + '/mine', os.O_CREAT | os.O_WRONLY)); out.append(top)\n"
        "    except OSError: pass"
    )
    assert tried == []


def test_the_machines_devices_cannot_be_changed(box):
    before = [Path("/dev", name).stat() for name in ("null", "zero", "urandom")]
    for name in ("null", "zero", "urandom"):
        with pytest.raises(AssertionError, match="Error"):
            box.run(f"import os; os.chmod('/dev/{name}', 0)")
        with pytest.raises(AssertionError, match="Error"):
            box.run(f"import os; os.utime('/dev/{name}', (0, 0))")
    after = [Path("/dev", name).stat() for name in ("null", "zero", "urandom")]
    assert [(place.st_mode, place.st_uid) for place in before] == [(place.st_mode, place.st_uid) for place in after]


def test_the_graders_environment_is_not_visible(box, monkeypatch):
    monkeypatch.setenv("A_SECRET_OF_THE_TRAINER", "grue")
    box.server.close()
    seen = box.run("import os; out = dict(os.environ)")
    assert seen["HOME"] == "/tmp/home"  # noqa: S108
    assert not {"A_SECRET_OF_THE_TRAINER", "SSH_AUTH_SOCK", "PYTHONPATH"} & seen.keys()
    assert "grue" not in box.run("out = open('/proc/self/environ').read()")
    assert os.environ["A_SECRET_OF_THE_TRAINER"] == "grue"


def test_home_and_working_folder_are_empty_and_private(box):
    code = (
        "import os; out = [os.getcwd(), os.listdir('.'), os.listdir(os.environ['HOME']), os.stat('.').st_mode & 0o777]"
    )
    assert box.run(code) == ["/tmp/work", [], [], 0o700]  # noqa: S108


def test_only_its_own_sockets_are_open(box):
    """0 to 2 lead nowhere; besides there are the channel to the grader and the pipe for last words."""
    code = "import os\nout = {}\nfor name in os.listdir('/proc/self/fd'):\n"
    code += "    try: out[int(name)] = os.readlink('/proc/self/fd/' + name)\n    except OSError: pass"
    found = box.run(code)
    assert [found.pop(number) for number in (0, 1, 2)] == ["/dev/null"] * 3
    assert sorted(target.split(":")[0] for target in found.values()) == ["pipe", "socket"]
