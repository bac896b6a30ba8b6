"""Players that need nobody: they show what a scenario rewards, how fast the engine is, and which lines nobody hears."""

from __future__ import annotations

from .certificate import Certificate, Check, Standing, certify
from .play import BOTS, Stage, play
from .simulate import Results, simulate
from .tally import Tally

__all__ = ["BOTS", "Certificate", "Check", "Results", "Stage", "Standing", "Tally", "certify", "play", "simulate"]
