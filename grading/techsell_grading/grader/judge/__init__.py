"""The program of the author's side: holds the tests and expected values, and asks the learner's process.

Learner's values are plain data here and learner's functions proxies (`functions`); what cannot cross is a stand-in
(`opaque`) or stops the cell with `JudgeUnsupported`. Nothing of the judge's goes to the other side but the arguments of
calls and what a test does to the learner's own names.

Messages of the parent, each with one answer:

    files    {"files": {name: bytes}}                        -> {"ok": True}    "more": True: they go on
    asked    {"names": [...], "changed": [...]}              -> {"ok": True}    before the first run: `reading.asked`
    learner  {"bound": [...], "deleted": [...], "mentioned": [...]} -> {"ok": True}    after each cell of the learner's
    skip     {"code": str}                                   -> {"ok": True}    a test that is not run: `Judge.skip`
    run      {"code": str, "role": "locked"|"test", "limit": bytes}
             -> {"how": "done", "outputs", "error": [name, text]|None, "truncated", "seconds", "bound", "deleted",
                 "unsupported": str, "unsupported_by": "test"|"answer"|"", "cut": bool}

`cut`: the learner's process is not asked any more, since it is gone or answers nonsense.
`error` is set whenever the cell earns nothing. `unsupported` says why it is no verdict. By "test": the cell needs a
live kernel, whatever is handed in. By "answer": this hand-in is of a kind that cannot cross; `error` then holds a
sentence for its author. (No answer may choose the engine for a course: a cheat would choose the weaker one.)
"""

from __future__ import annotations

from .faults import AnswerFault, JudgeUnsupported
from .program import Judge, prepare, serve

__all__ = ["AnswerFault", "Judge", "JudgeUnsupported", "prepare", "serve"]
