"""Tidy tables for the reports, made from the rows of the gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from techsell_grading.course import Course
from techsell_grading.gradebook import Book, Rows

__all__ = ["Frames", "build", "read", "records"]

_CELLS = ("module", "notebook", "cell", "max")
_SUBMISSIONS = ("module", "learner", "timestamp", "penalty")
_GRADES = ("module", "learner", "notebook", "cell", "auto", "manual", "extra", "waiting", "max")
_KEYS = ["module", "learner"]


@dataclass(frozen=True)
class Frames:
    """Four tables, one row each per learner, grade cell, submission and grade; points as floats, times in UTC.

    `grades.points` follows nbgrader: a person's mark, else the machine's, plus extra credit, else 0; `grades.marked`
    says whether there is either. `submissions.score` is the sum of its points less the late penalty, never below 0:
    what `nbgrader export` says.
    """

    learners: pd.DataFrame
    cells: pd.DataFrame
    submissions: pd.DataFrame
    grades: pd.DataFrame


def read(course: Course) -> Frames:
    """The tables of a course; empty ones where there is no gradebook yet (none is made by looking).

    Raises:
        BookError: the book cannot be read.
    """
    if not Book.exists(course):
        return build(Rows())
    with Book(course) as book:
        return build(book.rows())


def records(table: pd.DataFrame) -> list[Any]:
    """The rows of a table, each with its columns as attributes."""
    return list(table.itertuples(index=False))


def build(rows: Rows) -> Frames:
    """Pure: rows in, tables out, in a fixed order."""
    cells = pd.DataFrame(list(rows.cells), columns=list(_CELLS)).astype({"max": float})
    grades = pd.DataFrame(list(rows.grades), columns=list(_GRADES)).astype(
        {"auto": float, "manual": float, "extra": float, "max": float, "waiting": bool}
    )
    given = grades["manual"].fillna(grades["auto"])
    grades["points"] = (given + grades["extra"].fillna(0.0)).fillna(0.0)
    grades["marked"] = given.notna()
    submissions = pd.DataFrame(list(rows.submissions), columns=list(_SUBMISSIONS)).astype({"penalty": float})
    totals = grades.groupby(_KEYS, as_index=False).agg(raw=("points", "sum"), waiting=("waiting", "sum"))
    submissions = submissions.merge(totals, on=_KEYS, how="left")
    submissions = submissions.astype({"raw": float, "waiting": float}).fillna({"raw": 0.0, "waiting": 0.0})
    submissions = submissions.astype({"waiting": int})
    submissions["score"] = (submissions["raw"] - submissions["penalty"]).clip(lower=0.0)
    submissions["max"] = submissions["module"].map(cells.groupby("module")["max"].sum()).astype(float)
    return Frames(
        learners=pd.DataFrame({"learner": pd.Series(rows.learners, dtype=object)}),
        cells=cells.sort_values(list(_CELLS[:3]), ignore_index=True),
        submissions=submissions.sort_values(_KEYS, ignore_index=True),
        grades=grades.sort_values([*_KEYS, "notebook", "cell"], ignore_index=True),
    )
