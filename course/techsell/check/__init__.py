"""What exercise notebooks import to look at a learner's answer and to say what is wrong with it.

A check reads plain values only: types are compared before values, exact built-in types (and those of NumPy and
pandas) before anything else, so that no method of a learner's own class is ever asked for its opinion. A failed
check says in one or two sentences what was called, what came back, what was wanted in words, and the next step; it
never prints the wanted value. Importing this package imports nothing outside the standard library.

    expect(got, wanted, called="f(x)", words="the sum of …", hint="…")   value of a code task
    read_sheet(answer, keys=…, columns=…, called="…")                    form of a decision task
    require(holds, called="…", found="…", wanted="in words", hint="…")   one judgement
    part(result, "share", called="f(x)")                                 one entry of a dict that came back
    call(function, *arguments, called="f(x)")                            a learner's function, safely
    unchanged(before, after, called="f(x)")                              the argument is as it was
    roleplay_points(scenario, path, points)                              preview and points of a role-play
"""

from __future__ import annotations

from techsell.check.calls import call, unchanged
from techsell.check.messages import expect, part, require
from techsell.check.roleplay import roleplay_points
from techsell.check.sheets import One, Several, Whole, read_sheet
from techsell.check.values import describe, plain
from techsell.errors import CheckFailed

__all__ = [
    "CheckFailed",
    "One",
    "Several",
    "Whole",
    "call",
    "describe",
    "expect",
    "part",
    "plain",
    "read_sheet",
    "require",
    "roleplay_points",
    "unchanged",
]
