"""The course service: hand-ins over HTTP, graded at once by processes that are kept warm.

`hands` grade, the `clerk` does with one hand-in all that is to be done, the `counter` decides whose turn it is; none of
them knows HTTP. `people` says whose a token is. `app` is the thin part that speaks HTTP, `serve` runs it.
"""

from __future__ import annotations

from .clerk import Clerk, NotTheirs
from .counter import Busy, Closing, Counter
from .hands import Hands
from .people import People, Person, Taken

__all__ = ["Busy", "Clerk", "Closing", "Counter", "Hands", "NotTheirs", "People", "Person", "Taken"]
