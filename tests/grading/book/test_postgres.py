"""Does a real PostgreSQL server hold the same book, for us and for nbgrader's own tools?"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from techsell.errors import BookError
from techsell_grading import grade as grading
from techsell_grading.course import Course
from techsell_grading.gradebook import Book
from techsell_grading.release import release

NOBODY = 65534


@pytest.fixture(scope="module")
def server(need_program: Callable[..., str]) -> Iterator[str]:
    """The socket folder of a server of our own; as root it runs as somebody else, which PostgreSQL insists on."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    hint = "'apt-get install postgresql'"
    initdb = str(newest[-1]) if newest else need_program("initdb", hint=hint)
    postgres = Path(initdb).resolve().with_name("postgres")
    place = Path(tempfile.mkdtemp(prefix="techsell-pg-"))  # short: a socket's path has a hundred characters at most
    who: dict[str, Any] = {"cwd": place}
    if os.geteuid() == 0:
        os.chown(place, NOBODY, NOBODY)
        who |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    words = [initdb, "-D", str(place / "data"), "-U", "techsell", "-A", "trust", "-E", "UTF8", "--no-sync"]
    try:
        subprocess.run(words, check=True, capture_output=True, text=True, **who)
        words = [str(postgres), "-D", str(place / "data"), "-k", str(place), "-c", "listen_addresses=", "-F"]
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, **who) as process:
            assert process.stderr is not None
            heard = []
            for line in process.stderr:
                heard.append(line)
                if "ready to accept connections" in line:
                    break
            else:
                pytest.fail("".join(heard))
            with ThreadPoolExecutor(1) as listener:
                listener.submit(process.stderr.read)  # what it logs later must go somewhere
                yield str(place)
                process.terminate()
    finally:
        shutil.rmtree(place, ignore_errors=True)


RELEASED = "released"
"""the database that the others are copied from"""
URL = "book.url"
_CONFIG = f"c.CourseDirectory.db_url = (Path(__file__).parent / {URL!r}).read_text()\n"
"""a configuration that is the same for each of them, or each would have to be released anew"""


def point(course: Course, server: str, name: str) -> Course:
    (course.home / URL).write_text(f"postgresql+psycopg://techsell@/{name}?host={server}", encoding="utf-8")
    return Course.open(course.home)


@pytest.fixture(scope="module")
def admin(server: str) -> Iterator[Any]:
    """The way into the server."""
    import psycopg

    with psycopg.connect(host=server, user="techsell", dbname="postgres", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def on_server(server: str, admin: Any, fresh: Callable[[], Course]) -> Course:
    """A course whose gradebook is on the server, with the tiny module released."""
    admin.execute(f"CREATE DATABASE {RELEASED}")
    course = fresh()
    with (course.home / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(_CONFIG)
    (course.home / "gradebook.db").unlink()
    release(point(course, server, RELEASED))
    return course


@pytest.fixture
def on_postgres(server: str, admin: Any, on_server: Course, copies: Any) -> Iterator[Callable[[Course], Course]]:
    """`on_postgres(course)`: the same hand-ins in a course whose gradebook is in a database of its own."""
    names: list[str] = []

    def there(course: Course) -> Course:
        names.append(f"book{len(names)}")
        admin.execute(f"CREATE DATABASE {names[-1]} TEMPLATE {RELEASED}")
        copy = point(copies(on_server), server, names[-1])
        shutil.copytree(course.root / "submitted", copy.root / "submitted", copy_function=shutil.copy2)
        return copy

    yield there
    for name in names:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def graded_here(copies: Callable[[Course], Course]) -> Iterator[Callable[[Course], Course]]:
    """A copy of a course, graded in peace and in this process."""
    with ThreadPoolExecutor(1) as here:

        def graded(course: Course) -> Course:
            copy = copies(course)
            grading.grade(copy, executor=here)
            return copy

        yield graded


def test_the_book_on_a_server_is_the_book_in_a_file(
    classroom, copies, on_postgres, hand_in, whole_book: Callable[..., Any], all_files: Callable[..., Any]
):
    course = classroom(15)
    there = on_postgres(course)
    for place in (course, there):
        grading.grade(place, workers=2)
        hand_in(place, "L-0003", "Better.", at="2026-03-03 09:00:00.000000 UTC")
        assert sum(line.status == "graded" for line in grading.grade(place, workers=2).lines) == 1
        assert {line.status for line in grading.grade(place, workers=2).lines} == {"unchanged"}
    assert whole_book(there) == whole_book(course)
    ours = {name: data for name, data in all_files(there).items() if name.startswith("autograded")}
    assert ours == {name: data for name, data in all_files(course).items() if name.startswith("autograded")}
    with Book(there) as book, Book(course) as file:
        assert book.marks("valves", "L-0003") == file.marks("valves", "L-0003")
        assert sorted(book.rows().grades, key=str) == sorted(file.rows().grades, key=str)


def test_nbgraders_own_tools_read_and_mark_there(classroom, on_postgres):
    from nbgrader.api import Gradebook

    course = on_postgres(classroom(2))
    with ThreadPoolExecutor(1) as here:
        grading.grade(course, executor=here)
        with Gradebook(course.db_url, course.course_id) as book:
            assert sorted(row["student"] for row in book.submission_dicts("valves")) == ["L-0000", "L-0001"]
            mark = book.find_grade("plan", "valves", "valves", "L-0000")
            mark.manual_score, mark.needs_manual_grade = 4.0, False
            book.db.commit()
        grading.grade(course, executor=here, force=True)
    with Book(course) as book:
        assert book.marks("valves", "L-0000")["valves", "plan"].points == 4.0


def test_many_writers_at_once_do_not_count_anybody_twice(
    classroom, on_postgres, graded_here, whole_book: Callable[..., Any], started
):
    course = classroom(15, lambda number: f"SLEEP {number % 5 * 5}")
    alone = graded_here(course)
    there = on_postgres(course)
    with started(there, "--workers", "1") as one, started(there, "--workers", "1", "--force") as other:
        for grader in (one, other):
            _, err = grader.communicate()
            assert grader.returncode == 0, err
    assert whole_book(there) == whole_book(alone)


def test_a_grader_killed_while_it_writes_to_a_server(
    classroom, on_postgres, graded_here, started, whole_book: Callable[..., Any]
):
    course = classroom(15, lambda number: f"SLEEP {number % 5 * 5}")
    calm = graded_here(course)
    there = on_postgres(course)
    for written in (1, 5, 9):
        with started(there, "--workers", "2", "--force") as grader:
            assert all(grader.stderr.readline() for _ in range(written))
            grader.kill()
    with ThreadPoolExecutor(1) as here:
        grading.grade(there, executor=here)
    assert whole_book(there) == whole_book(calm)


def test_a_server_that_does_not_answer_is_a_sentence(server, released):
    nowhere = replace(released, db_url="postgresql+psycopg://techsell@/book?host=/nowhere/at/all")
    with pytest.raises(BookError, match=r"does not answer.*db_url"), Book(nowhere):
        pass
    unmade = replace(released, db_url=f"postgresql+psycopg://techsell@/unmade?host={server}")
    with pytest.raises(BookError, match=r"no such database.*createdb"), Book(unmade):
        pass


def test_a_password_is_not_in_the_message(released):
    nowhere = replace(released, db_url="postgresql+psycopg://techsell:opensesame@127.0.0.1:9/book")
    with pytest.raises(BookError) as caught, Book(nowhere):
        pass
    assert "opensesame" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_another_kind_of_database_is_a_sentence(released):
    with pytest.raises(BookError, match=r"cannot be used.*db_url"), Book(replace(released, db_url="oracle9://x")):
        pass
