"""Numbers for users that nobody is, and how many processes the kernel counts already."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from techsell_grading.grader.sandbox import users
from techsell_grading.grader.sandbox.users import counted_for_this_user, spare_user


def test_numbers_belong_to_nobody_and_differ():
    pwd = pytest.importorskip("pwd", reason="users have numbers on Unix only")
    found = {spare_user() for _ in range(20)}
    if found == {None}:
        pytest.skip("this user namespace holds one user only; run the tests where there are more")
    assert len(found) > 10
    assert not found & {person.pw_uid for person in pwd.getpwall()}


@pytest.mark.parametrize(
    ("table", "least", "most"),
    [
        ("0 0 4294967295", 0x70000000, 0x70000000 + (1 << 26)),
        ("0 100000 65536", 61184, 61184 + 4336),
        ("0 1000 1\n1 100000 65536", 61184, 61184 + 4336),
    ],
)
def test_the_number_is_one_that_the_namespace_knows(table, least, most, tmp_path, monkeypatch):
    (tmp_path / "map").write_text(table + "\n")
    known = users._mapped
    monkeypatch.setattr(users, "_mapped", lambda _, number: known(tmp_path / "map", number))
    number = spare_user()
    assert number is not None
    assert least <= number < most


@pytest.mark.parametrize("table", ["0 1000 1", "", "nonsense"])
def test_where_there_is_none_it_says_so(table, tmp_path, monkeypatch):
    (tmp_path / "map").write_text(table)
    known = users._mapped
    monkeypatch.setattr(users, "_mapped", lambda _, number: known(tmp_path / "map", number))
    assert spare_user() is None


def test_processes_of_this_user_are_counted_with_their_threads():
    before = counted_for_this_user(namespace=False)
    code = "import threading, time\nfor _ in range(30): threading.Thread(target=time.sleep, args=(600,)).start()\n"
    code += "print('ready', flush=True)\n"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert counted_for_this_user(namespace=False) - before > 15, "others come and go meanwhile"
        other.kill()


def test_a_namespace_counts_for_itself_where_the_kernel_can(monkeypatch):
    class Name:
        release = "6.1.0-13-amd64"

    monkeypatch.setattr(os, "uname", lambda: Name)
    assert counted_for_this_user(namespace=True) == 1
    Name.release = "4.18.0-553.el8"
    assert counted_for_this_user(namespace=True) > 1
