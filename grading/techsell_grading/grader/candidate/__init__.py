"""The program of the learner's side: runs notebook cells, and answers a judge about what they left behind.

It holds nothing that a learner may not see. A server calls `prepare` once and then forks; each child calls `serve`,
which answers until its parent closes the control channel. Whatever the cells do to this process, it never sends more
than the bounds of the wire, and nothing that it has not made itself.

Messages of the parent, each with one answer:

    files   {"files": {name: bytes}}             -> {"ok": True}    with "more": True they go on where they end
    run     {"code": str, "limit": bytes}        -> {"how": "done", "outputs", "error", "truncated", "seconds",
                                                     "bound", "deleted"}

Messages of the judge, each with one answer:

    value   {"name": str}                        -> what the name is bound to, see `values`
    call    {"id", "args", "kwargs", "random"}   -> the result likewise, and what the call did besides, see `calls`
    bind    {"name", "value"} or {"name", "id"}  -> {"ok": True}; by "id" to a function that the judge has seen
    delete  {"name"}                             -> {"ok": True}
    names   {}                                   -> {"names": [...]}

An `n` in a message comes back in its answer, so that a late answer cannot be taken for another one.
"""

from __future__ import annotations

from .prepare import prepare
from .program import serve

__all__ = ["prepare", "serve"]
