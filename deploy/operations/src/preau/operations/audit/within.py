"""What must hold inside one service's database: each rule is a query that finds what breaks it."""

from typing import NamedTuple

from preau.common.db.driver import Connection
from preau.operations.audit.finding import Finding

SHOWN = 20
"""At most that many findings a rule: they mostly have one cause."""


class Rule(NamedTuple):
    """A query whose rows, one text each, are the breaches."""

    says: str
    sql: str


OUTBOX = Rule(
    "I8 events leave the outbox",
    "SELECT routing_key || ' ' || msg_id || coalesce(': ' || last_error, '') FROM outbox ORDER BY id",
)

RULES: dict[str, tuple[Rule, ...]] = {
    "identity": (
        Rule(
            "a guardian has one membership at most, in their own family",
            "SELECT membership_id::text FROM membership m JOIN guardian g USING (guardian_id)"
            " WHERE m.family_id <> g.family_id",
        ),
    ),
    "reservations": (
        Rule(
            "I2 places used are the bookings that take one",
            "SELECT format('slot %s: %s used, %s bookings', s.slot_id, s.used, count(b.booking_id))"
            " FROM slot s LEFT JOIN booking b ON b.slot_id = s.slot_id"
            " AND b.status NOT IN ('cancelled', 'refused', 'expired', 'waitlisted')"
            " GROUP BY s.slot_id HAVING s.used <> count(b.booking_id)",
        ),
        Rule(
            "I2 no more places used than there are",
            "SELECT format('slot %s: %s of %s', slot_id, used, capacity) FROM slot WHERE used > capacity",
        ),
        Rule(
            "an order and its bookings wait for payment together",
            "SELECT format('booking %s of order %s: %s, %s', booking_id, order_id, b.status, o.status)"
            " FROM booking b JOIN booking_order o USING (order_id)"
            " WHERE b.status = 'awaiting_payment' AND o.status <> 'awaiting_payment'",
        ),
        Rule(
            "a hold that has ended gives its places back",
            "SELECT 'order ' || order_id FROM booking_order"
            " WHERE status = 'awaiting_payment' AND held_until < clock_timestamp()",
        ),
    ),
    "billing": (
        Rule(
            "I3 invoice numbers of a series have no gap",
            "SELECT format('series %s %s: %s numbers, from %s to %s, the counter at %s', s.regie_id, s.year,"
            " count(i), min(i.series_number), max(i.series_number), s.last)"
            " FROM invoice_series s LEFT JOIN invoice i"
            " ON i.regie_id = s.regie_id AND i.series_year = s.year GROUP BY s.regie_id, s.year, s.last"
            " HAVING count(i) <> s.last OR coalesce(min(i.series_number), 1) <> 1"
            " OR coalesce(max(i.series_number), 0) <> s.last",
        ),
        Rule(
            "I4 an invoice is the sum of its lines",
            "SELECT format('invoice %s: %s, lines %s', i.invoice_id, i.total_cents, sum(l.amount_cents))"
            " FROM invoice i LEFT JOIN invoice_line l USING (invoice_id) GROUP BY i.invoice_id"
            " HAVING i.total_cents <> coalesce(sum(l.amount_cents), 0)",
        ),
        Rule(
            "I4 a line is the sum of its bookings",
            "SELECT 'line ' || l.line_id FROM invoice_line l"
            " LEFT JOIN invoice_line_charge c USING (line_id) GROUP BY l.line_id"
            " HAVING l.amount_cents <> coalesce(sum(c.amount_cents), 0)",
        ),
        Rule(
            "I4 a booking is invoiced as often as its charge says",
            "SELECT format('booking %s: charge %s units %s cents, invoices %s units %s cents', c.booking_id,"
            " c.invoiced_units, c.invoiced_cents, sum(l.units), sum(l.amount_cents)) FROM charge c"
            " LEFT JOIN (SELECT n.booking_id, n.units, n.amount_cents FROM invoice_line_charge n"
            "  JOIN invoice_line USING (line_id) JOIN invoice i USING (invoice_id)"
            "  WHERE i.status <> 'draft') l USING (booking_id) GROUP BY c.booking_id"
            " HAVING c.invoiced_units <> coalesce(sum(l.units), 0)"
            " OR c.invoiced_cents <> coalesce(sum(l.amount_cents), 0)",
        ),
        Rule(
            "I5 an invoice is paid by what payments put on it",
            "SELECT format('invoice %s: %s paid, payments %s', i.invoice_id, i.paid_cents,"
            " coalesce(sum(e.applied_cents), 0)) FROM invoice i"
            " LEFT JOIN payment_effect e USING (invoice_id)"
            " WHERE i.total_cents > 0 GROUP BY i.invoice_id"  # what gives back is settled by itself
            " HAVING i.paid_cents <> coalesce(sum(e.applied_cents), 0)",
        ),
        Rule(
            "I5 money that an invoice could not take is credit of the family",
            "SELECT format('payment %s, invoice %s', e.payment_id, e.invoice_id) FROM payment_effect e"
            " LEFT JOIN family_credit c USING (payment_id, invoice_id)"
            " WHERE e.credited_cents <> coalesce(c.amount_cents, 0)",
        ),
        Rule(
            "I5 an invoice below zero is credit of the family",
            "SELECT format('invoice %s: %s, credit %s', i.invoice_id, i.total_cents, c.amount_cents)"
            " FROM invoice i LEFT JOIN family_credit c ON c.invoice_id = i.invoice_id"
            " AND c.payment_id IS NULL WHERE i.total_cents < 0 AND i.kind <> 'credit_note'"
            " AND i.status <> 'draft' AND coalesce(c.amount_cents, 0) <> -i.total_cents",
        ),
        Rule(
            "I5 a credit of a family has its cause, for as much",
            "SELECT format('credit %s of invoice %s: %s', c.credit_id, c.invoice_id, c.amount_cents)"
            " FROM family_credit c JOIN invoice i USING (invoice_id)"
            " LEFT JOIN payment_effect e ON e.payment_id = c.payment_id AND e.invoice_id = c.invoice_id"
            " WHERE c.family_id <> i.family_id OR CASE WHEN c.payment_id IS NULL"
            "  THEN c.amount_cents > greatest(-i.total_cents, i.paid_cents)"
            "  ELSE c.amount_cents <> coalesce(e.credited_cents, 0) END",
        ),
        Rule(
            "I7 one live month-end invoice a régie, family and month",
            "SELECT format('%s %s %s: %s invoices', regie_id, family_id, period, count(*)) FROM invoice"
            " WHERE kind = 'month_end' AND status <> 'cancelled'"
            " GROUP BY regie_id, family_id, period HAVING count(*) > 1",
        ),
        Rule(
            "I7 one live prepaid invoice a régie and order",
            "SELECT format('order %s: %s invoices', order_id, count(*)) FROM invoice"
            " WHERE kind = 'prepaid' GROUP BY regie_id, order_id HAVING count(*) > 1",
        ),
        Rule(
            "a run that is computed has all its chunks",
            "SELECT 'run ' || run_id FROM billing_run WHERE status IN ('computed', 'issued')"
            " AND (chunks_done <> chunks_total OR chunks_total <> (SELECT count(*) FROM run_chunk c"
            "  WHERE c.run_id = billing_run.run_id AND c.status = 'done'))",
        ),
    ),
    "payments": (
        Rule(
            "I3 receipt numbers of a series have no gap",
            "SELECT format('series %s %s: %s numbers, from %s to %s, the counter at %s', s.regie_id, s.year,"
            " count(DISTINCT r.rank), min(r.rank), max(r.rank), s.last) FROM receipt_series s"
            " LEFT JOIN (SELECT regie_id, (regexp_match(number, '([0-9]{4})-[0-9]+$'))[1]::integer AS year,"
            "  (regexp_match(number, '-([0-9]+)$'))[1]::integer AS rank FROM receipt) r"
            " ON r.regie_id = s.regie_id AND r.year = s.year GROUP BY s.regie_id, s.year, s.last"
            " HAVING count(r.rank) <> s.last OR count(DISTINCT r.rank) <> s.last"
            " OR coalesce(min(r.rank), 1) <> 1 OR coalesce(max(r.rank), 0) <> s.last",
        ),
        Rule(
            "I3 a receipt has the number that the family was told",
            "SELECT format('payment %s: %s, told %s', r.payment_id, r.number, e.payload ->> 'receipt_number')"
            " FROM event_log e JOIN receipt r ON r.payment_id = e.aggregate_id"
            " WHERE e.routing_key = 'payments.payment.settled.v1'"
            " AND r.number <> e.payload ->> 'receipt_number'",
        ),
        Rule(
            "a settled payment has its receipt",
            "SELECT 'payment ' || p.payment_id FROM payment p LEFT JOIN receipt r USING (payment_id)"
            " WHERE (p.settled_at IS NULL) <> (r.payment_id IS NULL)",
        ),
        Rule(
            "a payment is the sum of what it allots",
            "SELECT 'payment ' || p.payment_id FROM payment p LEFT JOIN payment_allocation a"
            " USING (payment_id) GROUP BY p.payment_id"
            " HAVING p.amount_cents <> coalesce(sum(a.amount_cents), 0)",
        ),
        Rule(
            "I6 what the sandbox bank took is settled or under review",
            "SELECT 'payment ' || p.payment_id || ' is ' || p.status FROM sandbox_transaction t"
            " JOIN payment p ON p.provider = 'sandbox' AND p.provider_ref = t.transaction_ref"
            " WHERE t.state = 'paid' AND p.status NOT IN ('settled', 'refunded', 'review', 'cancelled')",
        ),
        Rule(
            "I6 what is settled at the sandbox bank was taken there",
            "SELECT 'payment ' || p.payment_id FROM payment p LEFT JOIN sandbox_transaction t"
            " ON p.provider_ref = t.transaction_ref WHERE p.provider = 'sandbox'"
            " AND p.status = 'settled' AND coalesce(t.paid_cents, 0) <> p.received_cents",
        ),
    ),
    "requests": (
        Rule(
            "a request's history ends with its status",
            "SELECT format('request %s is %s, its history says %s', r.request_id, r.status, h.to_status)"
            " FROM request r LEFT JOIN LATERAL (SELECT to_status FROM request_history"
            "  WHERE request_id = r.request_id ORDER BY version DESC LIMIT 1) h ON true"
            " WHERE h.to_status IS DISTINCT FROM r.status",
        ),
        Rule(
            "the room that a family's documents take is counted",
            "SELECT format('family %s: %s bytes counted, %s kept', family_id, used_bytes, kept) FROM"
            " (SELECT family_id, coalesce(u.used_bytes, 0) AS used_bytes, coalesce(d.kept, 0) AS kept"
            "  FROM document_usage u FULL JOIN (SELECT commune_id, family_id, sum(size) AS kept"
            "   FROM document GROUP BY commune_id, family_id) d USING (commune_id, family_id)) f"
            " WHERE used_bytes <> kept",
        ),
    ),
}


async def audit_within(service: str, connection: Connection) -> list[Finding]:
    """What breaks a rule inside one database; ``connection`` sees every commune."""
    findings: list[Finding] = []
    for rule in (OUTBOX, *RULES[service]):
        rows = await connection.fetch(f"{rule.sql} LIMIT {SHOWN}")
        findings += [Finding(rule.says, service, row[0]) for row in rows]
    return findings
