"""Placing an order on the bare driver: one look at all that decides on a basket, and one write of all of it.

What the commune offers is not read again: the look says its version, and the write holds it to that version.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from preau.common.db.driver import DriverTransaction, Record, Statement
from preau.common.errors import NotFound
from preau.common.http.idempotency import CLAIM, FREE, IS_STORED, STORED, Claim
from preau.common.messaging import outbox
from preau.contracts.reservations import OrderPlacedV1
from preau.reservations.basket.domain import Line
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.domain import Booking, Wish, booking_turn
from preau.reservations.bookings.lifecycle import BOOKING
from preau.reservations.catalogue.offer import Offer
from preau.reservations.copies.domain import ChildRecord
from preau.reservations.orders.domain import Checkout, Placement
from preau.reservations.orders.lifecycle import UNPAID
from preau.reservations.rules.context import BookingContext
from preau.reservations.slots.domain import Places

_ENDED = ", ".join(f"'{status}'" for status in sorted(BOOKING.ended))
_UNPAID = ", ".join(f"'{status}'" for status in sorted(UNPAID))
_VERSION = "coalesce((SELECT version FROM offer_version WHERE commune_id = :commune), 0)"
_LOOK = Statement(
    "SELECT clock_timestamp() AS now, f.status AS family_status,"  # noqa: S608 - made of constants
    " coalesce((SELECT owed_cents FROM debt_copy d WHERE d.family_id = who.family_id), 0) AS debt_cents,"
    f" {FREE} AS key_is_free, k.fingerprint, k.status AS answer_status, k.response AS answer,"
    f" {_VERSION} AS offer_version,"
    " (SELECT count(*) FROM booking_order o WHERE o.family_id = f.family_id"
    f" AND o.status IN ({_UNPAID})) AS unpaid_orders,"
    " l.line_id, l.child_id, l.activity_id, l.service_date, l.action,"
    " c.child_id AS known_child, c.first_name, c.last_name, c.birth_date, c.class_name, c.level, c.diet,"
    " b.booking_id, b.status AS booking_status, b.version AS booking_version, b.payment_mode,"
    " b.slot_id AS booking_slot, b.order_id, b.decided_by_agent,"
    " s.slot_id, s.capacity, s.used"
    " FROM (SELECT CAST(:family AS uuid) AS family_id, CAST(:account AS uuid) AS account_id) AS who"
    " CROSS JOIN (SELECT pg_advisory_xact_lock_shared(hashtextextended(:turn, 0))) AS turn"
    " LEFT JOIN family_copy f ON f.family_id = who.family_id AND EXISTS (SELECT FROM commune_copy)"
    f" LEFT JOIN {STORED}"
    " LEFT JOIN basket ON basket.family_id = who.family_id AND basket.account_id = who.account_id"
    " LEFT JOIN basket_line l ON l.basket_id = basket.basket_id"
    " LEFT JOIN child_copy c ON c.family_id = who.family_id AND c.child_id = l.child_id"
    " LEFT JOIN booking b ON b.child_id = l.child_id AND b.activity_id = l.activity_id"
    f" AND b.service_date = l.service_date AND b.status NOT IN ({_ENDED})"
    " LEFT JOIN slot s ON s.activity_id = l.activity_id AND s.slot_date = l.service_date"
    " ORDER BY l.service_date, l.child_id, l.activity_id"
)
"""One row a line of the basket, one without a line when it is empty. Who closes days then waits for us: the
version of the offer that the write sees is that of the closed days, or these see what we book."""
_LOCK_FAMILY = Statement("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_IS_STORED = Statement(IS_STORED)
_PLACE = Statement(
    f"WITH claimed AS ({CLAIM}),"  # noqa: S608 - made of constants
    " taken_out AS (DELETE FROM basket_line WHERE line_id = ANY(CAST(:lines AS uuid[])) RETURNING 1),"
    f" gate AS (SELECT 1 WHERE {_VERSION} = CAST(:offer_version AS bigint) AND EXISTS (SELECT FROM claimed)"
    " AND (SELECT count(*) FROM taken_out) = cardinality(CAST(:lines AS uuid[]))),"
    " opened AS (INSERT INTO booking_order"
    " (order_id, commune_id, family_id, status, version, held_until, account_id, placed_at,"
    " cancelled_ids)"
    " SELECT CAST(:order_id AS uuid), CAST(:commune AS uuid), CAST(:family AS uuid), CAST(:status AS text),"
    " CAST(:version AS integer), CAST(:held_until AS timestamptz), CAST(:account AS uuid),"
    " CAST(:placed_at AS timestamptz), CAST(:moved_ids AS uuid[]) FROM gate),"
    f" {bookings.PARTS},"
    f" emitted AS ({outbox.APPEND} WHERE EXISTS (SELECT FROM gate) ORDER BY place)"
    " SELECT (SELECT count(*) FROM claimed) > 0 AS is_claimed, (SELECT count(*) FROM gate) > 0 AS is_open,"
    " ARRAY(SELECT booking_id FROM made) AS made, ARRAY(SELECT booking_id FROM moved) AS moved,"
    f" ARRAY(SELECT booking_id FROM made WHERE slot_id IN {bookings.OUTCOME}) AS full,"
    " coalesce((SELECT max(at) FROM taken), clock_timestamp()) AS at"
)


class Look(NamedTuple):
    """What one look at a basket gave; ``rows`` are read by :func:`checkout` once the offer is known."""

    rows: Sequence[Record]
    offer_version: int

    @property
    def is_empty(self) -> bool:
        return self.rows[0]["line_id"] is None

    @property
    def family_is_known(self) -> bool:
        return self.rows[0]["family_status"] is not None

    def stored(self) -> dict[str, Any]:
        """What ``Claim.replay`` asks for."""
        first = self.rows[0]
        return {
            "free": first["key_is_free"],
            "fingerprint": first["fingerprint"],
            "status": first["answer_status"],
            "response": first["answer"],
        }


class Outcome(NamedTuple):
    """What became of a write: was the key ours and everything as it was looked at; bookings by id."""

    is_claimed: bool
    is_open: bool
    made: frozenset[UUID]
    moved: frozenset[UUID]
    full: frozenset[UUID]
    at: datetime


async def lock_family(transaction: DriverTransaction, family_id: UUID) -> None:
    """Let one order of a family that holds places be placed at a time, until the transaction ends."""
    await transaction.rows(_LOCK_FAMILY, {"name": f"order/{family_id}"})


async def is_stored(transaction: DriverTransaction, claim: Claim) -> bool:
    """Whether the key has been answered, as far as this commune sees."""
    return bool(await transaction.rows(_IS_STORED, claim.names()))


async def look(
    transaction: DriverTransaction, commune_id: UUID, family_id: UUID, account_id: UUID, claim: Claim
) -> Look:
    """The account's basket for the family, and what else decides on it."""
    values = {
        "commune": commune_id,
        "family": family_id,
        "account": account_id,
        "turn": booking_turn(commune_id),
        **claim.names(),
    }
    rows = await transaction.rows(_LOOK, values)
    return Look(rows, rows[0]["offer_version"])


def checkout(look: Look, offer: Offer, commune_id: UUID, family_id: UUID) -> Checkout:
    """What the order is decided on: the look at a basket that holds something, and the offer.

    Raises ``NotFound`` for a child who has left the family.
    """
    first = look.rows[0]
    if any(row["known_child"] is None for row in look.rows):
        raise NotFound("Cet enfant n’existe pas.")
    booked = [_booking(row, offer, commune_id, family_id) for row in look.rows if row["booking_id"]]
    return Checkout(
        commune_id=commune_id,
        family_id=family_id,
        lines=tuple(Line(row["line_id"], _wish(row)) for row in look.rows),
        context=BookingContext(
            now=first["now"],
            commune=offer.commune,
            calendar=offer.calendar(first["service_date"], look.rows[-1]["service_date"]),
            family_is_active=first["family_status"] == "active",
            debt_cents=first["debt_cents"],
            children={row["child_id"]: _child(row, family_id) for row in look.rows},
            activities=offer.activities,
            bookings={booking.key: booking for booking in booked},
            places={
                (row["activity_id"], row["service_date"]): Places(
                    row["capacity"], row["used"], row["slot_id"]
                )
                for row in look.rows
                if row["slot_id"]
            },
        ),
        unpaid_orders=first["unpaid_orders"],
    )


def _wish(row: Record) -> Wish:
    return Wish(row["child_id"], row["activity_id"], row["service_date"], row["action"])


def _child(row: Record, family_id: UUID) -> ChildRecord:
    return ChildRecord(
        row["child_id"],
        family_id,
        row["first_name"],
        row["last_name"],
        row["birth_date"],
        row["class_name"],
        row["level"],
        row["diet"],
    )


def _booking(row: Record, offer: Offer, commune_id: UUID, family_id: UUID) -> Booking:
    return Booking(
        booking_id=row["booking_id"],
        commune_id=commune_id,
        family_id=family_id,
        child_id=row["child_id"],
        activity_id=row["activity_id"],
        service_date=row["service_date"],
        status=row["booking_status"],
        version=row["booking_version"],
        payment_mode=row["payment_mode"],
        slot_id=row["booking_slot"],
        activity_label=offer.activities[row["activity_id"]].label,
        order_id=row["order_id"],
        decided_by_agent=row["decided_by_agent"],
    )


async def place(
    transaction: DriverTransaction,
    checkout: Checkout,
    placement: Placement,
    drafts: Sequence[dict[str, Any]],
    *,
    account_id: UUID,
    offer_version: int,
    claimed: dict[str, Any],
    event: OrderPlacedV1,
) -> Outcome:
    """Write the order, its bookings and their places, empty the basket, keep the answer, emit the event.

    All under guards: nothing of it is done when the key was not ours, the offer has another version or lines
    of the basket are gone. The caller rolls back whatever is not as it has to be.
    """
    moves = [row for move in placement.moves for row in move.rows()]
    [row] = await transaction.rows(
        _PLACE,
        {
            **claimed,
            **bookings.parameters(drafts, moves),
            **placement.order._asdict(),
            "commune": checkout.commune_id,
            "family": checkout.family_id,
            "account": account_id,
            "placed_at": placement.placed_at,
            "lines": [line.line_id for line in checkout.lines],
            "offer_version": offer_version,
            "events": outbox.rows_of([event]),
        },
    )
    transaction.wrote_outbox = True
    return Outcome(
        row["is_claimed"],
        row["is_open"],
        frozenset(row["made"]),
        frozenset(row["moved"]),
        frozenset(row["full"]),
        row["at"],
    )
