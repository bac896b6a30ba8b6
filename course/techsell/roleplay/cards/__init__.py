"""Printable cards for triads in a room: seller, buyers, observer, from the same file as the simulated customer.

Options, hints, the worked example and rumours belong to the simulation and stand on no card.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techsell.errors import UsageError

from .buyer import buyer_blocks, plant_blocks
from .page import Card, document, pages
from .pdf import pdf_of
from .room import observer_html, seller_html
from .words import Names

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["Card", "cards", "document", "pdf_of"]


def cards(scenario: Scenario, variant: str = "") -> tuple[Card, ...]:
    """All cards, one a page: for each variant seller, buyers with their plant sheets, observer.

    Args:
        variant: only the cards of this one.

    Raises:
        UsageError: there is no such variant.
    """
    known = [one.id for one in scenario.variants]
    if variant and variant not in known:
        raise UsageError(f"{scenario.id} has no variant {variant!r}", cure=f"Use one of {', '.join(known)}")
    found: list[Card] = []
    for index, name in enumerate(known):
        if variant in {"", name}:
            found += _set(scenario, index, name)
    return tuple(found)


def _set(scenario: Scenario, index: int, variant: str) -> list[Card]:
    names = Names(scenario, index)
    where = f"{scenario.title} · {variant}"
    found = [Card("seller", "", variant, "Seller", where, seller_html(scenario, names))]
    for persona in scenario.personas:
        buyer = pages(buyer_blocks(scenario, names, persona))
        plant = pages(plant_blocks(scenario, names, persona))
        for kind, title, made in (("buyer", persona.name, buyer), ("plant", f"{persona.name}: ordinary facts", plant)):
            for number, html in enumerate(made, start=1):
                note = f"{where} · {number} of {len(made)}" if len(made) > 1 else where
                found.append(Card(kind, persona.id, variant, f"Buyer: {title}", note, html))
    found.append(Card("observer", "", variant, "Observer", where, observer_html(scenario)))
    return found
