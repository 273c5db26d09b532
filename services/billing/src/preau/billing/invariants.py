"""What must hold in the database of billing: queries of which the audit expects no row."""

from preau.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "invoice numbers of a series have no gap",
        "SELECT format('series %s %s: %s numbers, from %s to %s, the counter at %s', s.regie_id, s.year,"
        " count(i), min(i.series_number), max(i.series_number), s.last)"
        " FROM invoice_series s LEFT JOIN invoice i"
        " ON i.regie_id = s.regie_id AND i.series_year = s.year GROUP BY s.regie_id, s.year, s.last"
        " HAVING count(i) <> s.last OR coalesce(min(i.series_number), 1) <> 1"
        " OR coalesce(max(i.series_number), 0) <> s.last",
    ),
    Invariant(
        "an invoice is the sum of its lines",
        "SELECT format('invoice %s: %s, lines %s', i.invoice_id, i.total_cents, sum(l.amount_cents))"
        " FROM invoice i LEFT JOIN invoice_line l USING (invoice_id) GROUP BY i.invoice_id"
        " HAVING i.total_cents <> coalesce(sum(l.amount_cents), 0)",
    ),
    Invariant(
        "a line is the sum of its bookings",
        "SELECT 'line ' || l.line_id FROM invoice_line l"
        " WHERE l.amount_cents <> (SELECT coalesce(sum(cents), 0) FROM unnest(l.amounts) AS cents)",
    ),
    Invariant(
        "no more is given back of a booking than was billed of it",
        "SELECT format('booking %s: %s units %s cents billed', b.booking_id, sum(b.quantity), sum(b.cents))"
        " FROM invoice_line l JOIN invoice i USING (invoice_id)"
        " CROSS JOIN LATERAL unnest(l.bookings, CASE WHEN l.kind = 'charge' THEN l.quantities END, l.amounts)"
        "  AS b (booking_id, quantity, cents)"
        " WHERE i.status <> 'draft' GROUP BY b.booking_id"
        " HAVING coalesce(sum(b.quantity), 0) < 0 OR coalesce(sum(b.quantity), 0) = 0 AND sum(b.cents) < 0",
    ),
    Invariant(
        "what is billed is a charge of the family",
        "SELECT format('line %s: booking %s', l.line_id, b.booking_id) FROM invoice_line l"
        " JOIN invoice i USING (invoice_id) CROSS JOIN LATERAL unnest(l.bookings) AS b (booking_id)"
        " LEFT JOIN charge c ON c.booking_id = b.booking_id AND c.family_id = l.family_id"
        " WHERE i.status <> 'draft' AND c.booking_id IS NULL",
    ),
    Invariant(
        "an invoice is paid by what payments put on it",
        "SELECT format('invoice %s: %s paid, payments %s', i.invoice_id, i.paid_cents,"
        " coalesce(sum(e.applied_cents), 0)) FROM invoice i"
        " LEFT JOIN payment_effect e USING (invoice_id)"
        " WHERE i.total_cents > 0 GROUP BY i.invoice_id"  # what gives back is settled by itself
        " HAVING i.paid_cents <> coalesce(sum(e.applied_cents), 0)",
    ),
    Invariant(
        "money that an invoice could not take is credit of the family",
        "SELECT format('payment %s, invoice %s', e.payment_id, e.invoice_id) FROM payment_effect e"
        " LEFT JOIN family_credit c USING (payment_id, invoice_id)"
        " WHERE e.credited_cents <> coalesce(c.amount_cents, 0)",
    ),
    Invariant(
        "an invoice below zero is credit of the family",
        "SELECT format('invoice %s: %s, credit %s', i.invoice_id, i.total_cents, c.amount_cents)"
        " FROM invoice i LEFT JOIN family_credit c ON c.invoice_id = i.invoice_id"
        " AND c.payment_id IS NULL WHERE i.total_cents < 0 AND i.kind <> 'credit_note'"
        " AND i.status <> 'draft' AND coalesce(c.amount_cents, 0) <> -i.total_cents",
    ),
    Invariant(
        "a credit of a family has its cause, for as much",
        "SELECT format('credit %s of invoice %s: %s', c.credit_id, c.invoice_id, c.amount_cents)"
        " FROM family_credit c JOIN invoice i USING (invoice_id)"
        " LEFT JOIN payment_effect e ON e.payment_id = c.payment_id AND e.invoice_id = c.invoice_id"
        " WHERE c.family_id <> i.family_id OR CASE WHEN c.payment_id IS NULL"
        "  THEN c.amount_cents > greatest(-i.total_cents, i.paid_cents)"
        "  ELSE c.amount_cents <> coalesce(e.credited_cents, 0) END",
    ),
    Invariant(
        "one live month-end invoice a régie, family and month",
        "SELECT format('%s %s %s: %s invoices', regie_id, family_id, period, count(*)) FROM invoice"
        " WHERE kind = 'month_end' AND status <> 'cancelled'"
        " GROUP BY regie_id, family_id, period HAVING count(*) > 1",
    ),
    Invariant(
        "one live prepaid invoice a régie and order",
        "SELECT format('order %s: %s invoices', order_id, count(*)) FROM invoice"
        " WHERE kind = 'prepaid' GROUP BY regie_id, order_id HAVING count(*) > 1",
    ),
    Invariant(
        "a run that is computed has all its chunks",
        "SELECT 'run ' || run_id FROM billing_run WHERE status IN ('computed', 'issued')"
        " AND (chunks_done <> chunks_total OR chunks_total <> (SELECT count(*) FROM run_chunk c"
        "  WHERE c.run_id = billing_run.run_id AND c.status = 'done'))",
    ),
)
