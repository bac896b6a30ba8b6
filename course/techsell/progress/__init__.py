"""Append-only record of what the learner did."""

from __future__ import annotations

from .conversations import DECLARED_ATTEMPTS, ConversationInfo
from .events import VERBS, Event
from .journal import LEASE_SECONDS, StoreJournal
from .store import Store, memory_store

__all__ = [
    "DECLARED_ATTEMPTS",
    "LEASE_SECONDS",
    "VERBS",
    "ConversationInfo",
    "Event",
    "Store",
    "StoreJournal",
    "memory_store",
]
