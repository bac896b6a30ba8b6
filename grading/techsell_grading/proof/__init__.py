"""Proofs that an assignment does what its author means: `techsell grade --check`.

`load` reads an assignment, `run_trials` grades what the proofs ask about, `prove` looks at both and says what it finds.
Only `load` touches the course; only the benches run code.
"""

from __future__ import annotations

from .assignment import Assignment
from .load import load
from .outcome import Finding, Outcome, Proved
from .planted import Planted
from .prove import PROOFS, prove
from .trials import Trials, run_trials

__all__ = ["PROOFS", "Assignment", "Finding", "Outcome", "Planted", "Proved", "Trials", "load", "prove", "run_trials"]
