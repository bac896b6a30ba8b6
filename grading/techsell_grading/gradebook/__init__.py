"""nbgrader's gradebook, read and written without nbgrader's helpers: they commit three times for every submission."""

from __future__ import annotations

from techsell_grading.gradebook.gradebook import Book
from techsell_grading.gradebook.reading import Mark, Rows, Standing

__all__ = ["Book", "Mark", "Rows", "Standing"]
