"""Classes of libraries that a learner may have bound to a name: the judge has them itself.

`unique = set` is as good an answer as a function that makes a set. Only classes that do nothing but hold data are here:
a learner chooses the class, the test's values go into it, and all that happens in the judge.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

__all__ = ["of_library"]

_PLAIN: tuple[type, ...] = (
    *(bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice),
    *(zip, enumerate, reversed, Counter, OrderedDict, defaultdict, deque, decimal.Decimal, fractions.Fraction),
    *(datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone),
)
_LOADED = {
    "pandas": ("DataFrame", "Series", "Index", "Timestamp", "Timedelta", "Period", "Interval"),
    "numpy": ("float64", "float32", "int64", "int32", "bool_", "str_", "datetime64", "timedelta64"),
}


def of_library(module: str, name: str) -> Any:
    """The class of that module and qualified name, or None: an unknown one, or one that is not for this."""
    known = list(_PLAIN)
    for library, names in _LOADED.items():
        if library in sys.modules:
            known += [getattr(sys.modules[library], one) for one in names]
    return next((kind for kind in known if (kind.__module__, kind.__qualname__) == (module, name)), None)
