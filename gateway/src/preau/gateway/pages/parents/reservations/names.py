"""Names for the ids that bookings carry."""

from __future__ import annotations

import asyncio
from typing import Any

from preau.gateway.pages.parents.context import ParentContext
from preau.gateway.pages.parents.labels import BOOKING


async def named_bookings(parent: ParentContext, bookings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bookings by date, with the names of the child, the activity and the site."""
    if not bookings:
        return []
    record, offer = await asyncio.gather(parent.record(), parent.get("reservations", "sites"))
    children = {each["child_id"]: each["first_name"] for each in record["children"]}
    activities = {
        activity["activity_id"]: (activity["label"], site["label"])
        for site in offer["items"]
        for activity in site["activities"]
    }
    named: list[dict[str, Any]] = []
    for booking in sorted(bookings, key=lambda each: (each["date"], each["child_id"], each["activity_id"])):
        label, site_label = activities.get(booking["activity_id"], ("Prestation", ""))
        words, tone, symbol = BOOKING[booking["status"]]
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
