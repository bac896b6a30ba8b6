"""The tables of nbgrader's gradebook that are read and written here, as nbgrader 0.9.6 makes them.

They are written out because nbgrader's own models take two seconds to import, which is the time of a hundred
submissions. A test compares every column, key and type with those models; nothing is ever created from this file.
"""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Boolean, Column, DateTime, Float, Interval, MetaData, String, Table, Text, UniqueConstraint

__all__ = [
    "METADATA",
    "assignment",
    "base_cell",
    "comment",
    "grade",
    "grade_cell",
    "new_id",
    "notebook",
    "student",
    "submitted_assignment",
    "submitted_notebook",
    "task_cell",
]

METADATA = MetaData()


def new_id() -> str:
    """A fresh primary key, made as nbgrader makes its own."""
    return uuid4().hex


def _key() -> Column[str]:
    return Column("id", String(32), primary_key=True)


student = Table(
    "student",
    METADATA,
    Column("id", String(128), primary_key=True),
    Column("first_name", String(128)),
    Column("last_name", String(128)),
    Column("email", String(128)),
    Column("lms_user_id", String(128)),
)

assignment = Table(
    "assignment",
    METADATA,
    _key(),
    Column("name", String(128), nullable=False, unique=True),
    Column("duedate", DateTime()),
    Column("course_id", String(128), nullable=False),
)

notebook = Table(
    "notebook",
    METADATA,
    _key(),
    Column("name", String(128), nullable=False),
    Column("assignment_id", String(32)),
    Column("kernelspec", String(1024)),
    UniqueConstraint("name", "assignment_id"),
)

base_cell = Table(
    "base_cell",
    METADATA,
    _key(),
    Column("name", String(128), nullable=False),
    Column("notebook_id", String(32), nullable=False),
    Column("type", String(50)),
    UniqueConstraint("name", "notebook_id", "type"),
)

grade_cell = Table(
    "grade_cells",
    METADATA,
    _key(),
    Column("max_score", Float(), nullable=False),
)

task_cell = Table(
    "task_cells",
    METADATA,
    _key(),
    Column("max_score", Float(), nullable=False),
)

submitted_assignment = Table(
    "submitted_assignment",
    METADATA,
    _key(),
    Column("assignment_id", String(32)),
    Column("student_id", String(128)),
    Column("timestamp", DateTime()),
    Column("extension", Interval()),
    UniqueConstraint("assignment_id", "student_id"),
)

submitted_notebook = Table(
    "submitted_notebook",
    METADATA,
    _key(),
    Column("assignment_id", String(32)),
    Column("notebook_id", String(32)),
    Column("flagged", Boolean()),
    Column("late_submission_penalty", Float(0)),
    UniqueConstraint("notebook_id", "assignment_id"),
)

grade = Table(
    "grade",
    METADATA,
    _key(),
    Column("notebook_id", String(32)),
    Column("cell_id", String(32)),
    Column("auto_score", Float()),
    Column("manual_score", Float()),
    Column("extra_credit", Float()),
    Column("needs_manual_grade", Boolean(), nullable=False),
    UniqueConstraint("cell_id", "notebook_id"),
)

comment = Table(
    "comment",
    METADATA,
    _key(),
    Column("notebook_id", String(32)),
    Column("cell_id", String(32)),
    Column("auto_comment", Text()),
    Column("manual_comment", Text()),
    UniqueConstraint("cell_id", "notebook_id"),
)
