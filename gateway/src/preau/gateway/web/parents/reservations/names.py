"""Names for the ids that bookings carry."""

from __future__ import annotations

import asyncio
from typing import Any

from preau.gateway.web.parents.visitor import Visitor

STATUS_WORDS: dict[str, tuple[str, str, str]] = {
    "requested": ("Demande en cours", "warn", "state-pending"),
    "awaiting_payment": ("À payer", "warn", "card"),
    "confirmed": ("Réservé", "good", "state-present"),
    "waitlisted": ("Liste d’attente", "warn", "state-pending"),
    "cancel_requested": ("Annulation demandée", "plum", "state-cancel_pending"),
    "cancelled": ("Annulé", "neutral", "cross"),
    "refused": ("Refusé", "bad", "state-refused"),
    "expired": ("Non payé à temps", "neutral", "clock"),
    "attended": ("Présent", "good", "state-present"),
    "absent_justified": ("Absence justifiée", "absent", "state-absent"),
    "absent_unjustified": ("Absent", "absent", "state-absent"),
}
"""For each status of a booking: its words, its tone and its symbol."""


async def named_bookings(visitor: Visitor, bookings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bookings by date, with the names of the child, the activity and the site."""
    if not bookings:
        return []
    record, offer = await asyncio.gather(visitor.record(), visitor.get("reservations", "sites"))
    children = {each["child_id"]: each["first_name"] for each in record["children"]}
    activities = {
        activity["activity_id"]: (activity["label"], site["label"])
        for site in offer["items"]
        for activity in site["activities"]
    }
    named: list[dict[str, Any]] = []
    for booking in sorted(bookings, key=lambda each: (each["date"], each["child_id"], each["activity_id"])):
        label, site_label = activities.get(booking["activity_id"], ("Prestation", ""))
        words, tone, symbol = STATUS_WORDS[booking["status"]]
        named.append(
            {
                **booking,
                "child_name": children.get(booking["child_id"], "Enfant"),
                "activity_label": label,
                "site_label": site_label,
                "status_words": words,
                "tone": tone,
                "symbol": symbol,
            }
        )
    return named
