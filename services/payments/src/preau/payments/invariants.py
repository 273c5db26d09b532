"""What must hold in the database of payments: queries of which the audit expects no row."""

from preau.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "receipt numbers of a series have no gap",
        "SELECT format('series %s %s: %s numbers, from %s to %s, the counter at %s', s.regie_id, s.year,"
        " count(DISTINCT r.rank), min(r.rank), max(r.rank), s.last) FROM receipt_series s"
        " LEFT JOIN (SELECT regie_id, (regexp_match(number, '([0-9]{4})-[0-9]+$'))[1]::integer AS year,"
        "  (regexp_match(number, '-([0-9]+)$'))[1]::integer AS rank FROM receipt) r"
        " ON r.regie_id = s.regie_id AND r.year = s.year GROUP BY s.regie_id, s.year, s.last"
        " HAVING count(r.rank) <> s.last OR count(DISTINCT r.rank) <> s.last"
        " OR coalesce(min(r.rank), 1) <> 1 OR coalesce(max(r.rank), 0) <> s.last",
    ),
    Invariant(
        "a receipt has the number that was published",
        "SELECT format('payment %s: %s, event %s', r.payment_id, r.number, e.payload ->> 'receipt_number')"
        " FROM event_log e JOIN receipt r ON r.payment_id = e.aggregate_id"
        " WHERE e.routing_key = 'payments.payment.settled.v1'"
        " AND r.number <> e.payload ->> 'receipt_number'",
    ),
    Invariant(
        "a settled payment has its receipt",
        "SELECT 'payment ' || p.payment_id FROM payment p LEFT JOIN receipt r USING (payment_id)"
        " WHERE (p.settled_at IS NULL) <> (r.payment_id IS NULL)",
    ),
    Invariant(
        "a payment is the sum of what it allots",
        "SELECT 'payment ' || p.payment_id FROM payment p LEFT JOIN payment_allocation a"
        " USING (payment_id) GROUP BY p.payment_id"
        " HAVING p.amount_cents <> coalesce(sum(a.amount_cents), 0)",
    ),
    Invariant(
        "what the sandbox bank took is settled or under review",
        "SELECT 'payment ' || p.payment_id || ' is ' || p.status FROM sandbox_transaction t"
        " JOIN payment p ON p.provider = 'sandbox' AND p.provider_ref = t.transaction_ref"
        " WHERE t.state = 'paid' AND p.status NOT IN ('settled', 'refunded', 'review', 'cancelled')",
    ),
    Invariant(
        "what is settled at the sandbox bank was taken there",
        "SELECT 'payment ' || p.payment_id FROM payment p LEFT JOIN sandbox_transaction t"
        " ON p.provider_ref = t.transaction_ref WHERE p.provider = 'sandbox'"
        " AND p.status = 'settled' AND coalesce(t.paid_cents, 0) <> p.received_cents",
    ),
)
