"""What must hold in the database of reservations: queries of which the audit expects no row."""

from preau.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "places used are the bookings that take one",
        "SELECT format('slot %s: %s used, %s bookings', s.slot_id, s.used, count(b.booking_id))"
        " FROM slot s LEFT JOIN booking b ON b.slot_id = s.slot_id"
        " AND b.status NOT IN ('cancelled', 'refused', 'expired', 'waitlisted')"
        " GROUP BY s.slot_id HAVING s.used <> count(b.booking_id)",
    ),
    Invariant(
        "no more places used than there are",
        "SELECT format('slot %s: %s of %s', slot_id, used, capacity) FROM slot WHERE used > capacity",
    ),
    Invariant(
        "an order and its bookings wait for payment together",
        "SELECT format('booking %s of order %s: %s, %s', booking_id, order_id, b.status, o.status)"
        " FROM booking b JOIN booking_order o USING (order_id)"
        " WHERE b.status = 'awaiting_payment' AND o.status <> 'awaiting_payment'",
    ),
    Invariant(
        "a hold that has ended gives its places back",
        "SELECT 'order ' || order_id FROM booking_order"
        " WHERE status = 'awaiting_payment' AND held_until < clock_timestamp()",
    ),
)
