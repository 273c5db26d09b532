"""The list of bookings: the queue to decide, and those of a day or an activity."""

from __future__ import annotations

from collections.abc import Mapping

from preau.gateway.api.models.reservations import PageQueuedBookingOut, QueuedBookingOut
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.family_column import family_column
from preau.gateway.pages.agents.labels import BOOKING
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import (
    Act,
    Asked,
    Bulk,
    Empty,
    Filter,
    Listing,
)

ALL = "all"
TO_DECIDE = frozenset({"requested", "cancel_requested"})


async def _fetch(
    agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int
) -> PageQueuedBookingOut:
    status = "" if filters["status"] == ALL else filters["status"]
    stated = {**filters, "status": status}
    return await agent.reservations.bookings(**stated, sort=asked.order, cursor=asked.cursor, limit=limit)


BOOKINGS = Listing[QueuedBookingOut](
    path="/agent/reservations",
    caption="Réservations",
    given_by="made",
    fetch=_fetch,
    row_id=lambda booking: booking.booking_id,
    record=lambda booking: f"/agent/familles/{booking.family_id}/reservations",
    filters=(
        Filter("q", "Chercher un enfant ou une famille", "search"),
        Filter(
            "status",
            "État",
            options=((ALL, "Toutes"), *((code, text) for code, (text, _) in BOOKING.items())),
            prompt="",
            default="requested",
        ),
        Filter("family_id", "Famille", "held"),
        Filter("child_id", "Enfant"),
        Filter("date_from", "Depuis le", "date"),
        Filter("date_to", "Jusqu’au", "date", since="date_from"),
        Filter("activity_id", "Activité", prompt="Toutes"),
    ),
    columns=(
        Column("child", "Enfant", lambda booking: booking.child_name),
        family_column(QueuedBookingOut),
        Column("activity", "Activité", lambda booking: booking.activity_label),
        Column("site", "Site", lambda booking: booking.site_label),
        Column("date", "Jour", lambda booking: booking.date, "day", sortable=True),
        Column("made", "Faite le", lambda booking: booking.created_at, "moment", sortable=True),
        Column("status", "État", lambda booking: booking.status, "state", BOOKING),
    ),
    empty=Empty(
        "Rien à décider",
        "Aucune réservation n’attend de décision. Celles des familles paraissent ici.",
        "success",
        "Voir toutes les réservations",
        f"/agent/reservations?status={ALL}",
    ),
    no_match=Empty(
        "Rien dans cette liste",
        "Aucune réservation ne correspond à ces filtres.",
        "search",
        "Voir toutes les réservations",
        f"/agent/reservations?status={ALL}",
    ),
)
DECISIONS = Bulk(
    "/agent/reservations/decisions",
    (
        Act("accept", "Accepter", "primary", "check"),
        Act("refuse", "Refuser", "quiet", "cross"),
    ),
    message="Message aux familles (facultatif)",
)
