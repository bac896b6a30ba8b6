"""The debrief: what to talk about after a call, with answers that the engine gives and nobody invents."""

from .calibration import calibration
from .expert import expert_state
from .report import Debrief, Point, debrief
from .series import series, summary

__all__ = ["Debrief", "Point", "calibration", "debrief", "expert_state", "series", "summary"]
