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
        " WHERE i.status <> 'draft' AND l.kind <> 'manual' GROUP BY b.booking_id"
        " HAVING coalesce(sum(b.quantity), 0) < 0 OR coalesce(sum(b.quantity), 0) = 0 AND sum(b.cents) < 0",
    ),
    Invariant(
        "what is billed is a charge of the family",
        "SELECT format('line %s: booking %s', l.line_id, b.booking_id) FROM invoice_line l"
        " JOIN invoice i USING (invoice_id) CROSS JOIN LATERAL unnest(l.bookings) AS b (booking_id)"
        " LEFT JOIN charge c ON c.booking_id = b.booking_id AND c.family_id = l.family_id"
        " WHERE i.status <> 'draft' AND l.kind <> 'manual' AND c.booking_id IS NULL",
    ),
    Invariant(
        "the families that pay for a booking pay it whole, each for what was booked and attended",
        "SELECT format('booking %s: %s percent', coalesce(shared_booking_id, booking_id), sum(payer_percent))"
        " FROM charge WHERE coalesce(shared_booking_id, booking_id) IN ("
        "  SELECT shared_booking_id FROM charge WHERE shared_booking_id IS NOT NULL"
        "  UNION SELECT booking_id FROM charge WHERE payer_percent <> 100)"
        " GROUP BY coalesce(shared_booking_id, booking_id) HAVING sum(payer_percent) <> 100"
        " UNION ALL SELECT format('booking %s, charge %s', o.booking_id, s.booking_id) FROM charge s"
        " JOIN charge o ON o.booking_id = s.shared_booking_id WHERE s.payer_percent > 0"
        " AND (s.status, s.units, s.present, s.arrived_at, s.left_at, s.service_date, s.activity_id)"
        "  IS DISTINCT FROM"
        "  (o.status, o.units, o.present, o.arrived_at, o.left_at, o.service_date, o.activity_id)",
    ),
    Invariant(
        "what was written by hand stands on invoices of its own, and is of no booking",
        "SELECT format('line %s of %s: %s', l.line_id, i.kind, l.kind) FROM invoice_line l"
        " JOIN invoice i USING (invoice_id) LEFT JOIN invoice n ON n.invoice_id = i.cancels_invoice_id"
        " WHERE (l.kind = 'manual') <> (coalesce(n.kind, i.kind) = 'manual')"
        " UNION ALL SELECT format('line %s: booking %s', l.line_id, c.booking_id) FROM invoice_line l"
        " JOIN charge c ON c.booking_id = ANY (l.bookings) WHERE l.kind = 'manual'",
    ),
    Invariant(
        "nothing is entered in a year that is closed",
        "SELECT format('%s %s of %s, entered %s', e.kind, e.cause_id, e.day, e.recorded_at) FROM entry e"
        " JOIN closed_year c ON c.regie_id = e.regie_id AND c.year = extract(year FROM e.day)"
        " WHERE e.recorded_at > c.closed_at",
    ),
    Invariant(
        "the postings of an entry sum to zero",
        "SELECT format('%s %s: %s', kind, cause_id, sum(amount_cents)) FROM posting"
        " GROUP BY cause_id, kind HAVING sum(amount_cents) <> 0",
    ),
    Invariant(
        "a posting has its entry, and an entry moves something",
        "SELECT format('%s %s', kind, cause_id) FROM posting LEFT JOIN entry e USING (cause_id, kind)"
        " WHERE e.cause_id IS NULL UNION ALL"
        " SELECT format('%s %s', e.kind, e.cause_id) FROM entry e LEFT JOIN posting p USING (cause_id, kind)"
        " WHERE p.cause_id IS NULL AND e.kind <> 'invoice'",
    ),
    Invariant(
        "an invoice earns what its lines say",
        "SELECT format('invoice %s: lines %s, revenue %s', i.invoice_id, i.total_cents, r.cents)"
        " FROM invoice i LEFT JOIN (SELECT cause_id, -sum(amount_cents) AS cents FROM posting"
        "  WHERE account = 'revenue' GROUP BY 1) AS r ON r.cause_id = i.invoice_id"
        " WHERE i.status <> 'draft' AND i.total_cents <> coalesce(r.cents, 0)",
    ),
    Invariant(
        "what is due of an invoice is what the ledger says, and it stands where that leaves it",
        "SELECT format('invoice %s: %s, %s due, %s written off, ledger %s, %s', i.invoice_id, i.status,"
        " i.due_cents, i.written_off_cents, coalesce(r.due, 0), coalesce(r.off, 0))"
        " FROM invoice i LEFT JOIN (SELECT invoice_id,"
        "  sum(amount_cents) FILTER (WHERE account = 'receivable') AS due,"
        "  sum(amount_cents) FILTER (WHERE account = 'written_off' AND kind <> 'refund_ordered') AS off"
        "  FROM posting WHERE account IN ('receivable', 'written_off') GROUP BY 1) AS r USING (invoice_id)"
        " WHERE i.due_cents <> coalesce(r.due, 0) OR i.written_off_cents <> coalesce(r.off, 0)"
        " OR i.status NOT IN ('draft', 'cancelled') AND i.status <> CASE"
        "  WHEN i.written_off_cents > 0 THEN 'written_off' WHEN i.due_cents = 0 THEN 'paid'"
        "  WHEN i.due_cents = i.total_cents THEN 'issued' ELSE 'partly_paid' END"
        " OR i.status IN ('draft', 'cancelled') AND (i.due_cents <> 0 OR i.written_off_cents <> 0)",
    ),
    Invariant(
        "what a family is owed is what the ledger says",
        "SELECT format('family %s at %s: %s, ledger %s', family_id, regie_id, a.credit_cents, l.cents)"
        " FROM family_account a FULL JOIN (SELECT e.family_id, e.regie_id, -sum(p.amount_cents) AS cents"
        "  FROM posting p JOIN entry e USING (cause_id, kind) WHERE p.account = 'credit' GROUP BY 1, 2) AS l"
        " USING (family_id, regie_id) WHERE coalesce(a.credit_cents, 0) <> coalesce(l.cents, 0)"
        " OR l.cents < 0",
    ),
    Invariant(
        "what a family paid is what it was billed, less what it owes, more what it is owed",
        "SELECT format('family %s at %s: paid %s, billed %s, due %s, written off %s, credit %s', family_id,"
        " regie_id, c.paid, b.billed, b.due, c.written_off, a.credit_cents)"
        " FROM (SELECT family_id, regie_id, sum(total_cents) AS billed, sum(due_cents) AS due FROM invoice"
        "  WHERE status <> 'draft' GROUP BY 1, 2) AS b"
        " LEFT JOIN (SELECT e.family_id, e.regie_id,"
        "  sum(p.amount_cents) FILTER (WHERE p.account IN ('cash', 'refunding')) AS paid,"
        "  sum(p.amount_cents) FILTER (WHERE p.account = 'written_off') AS written_off"
        "  FROM posting p JOIN entry e USING (cause_id, kind) GROUP BY 1, 2) AS c USING (family_id, regie_id)"
        " LEFT JOIN family_account a USING (family_id, regie_id)"
        " WHERE coalesce(c.paid, 0) + coalesce(c.written_off, 0)"
        "  <> b.billed - b.due + coalesce(a.credit_cents, 0)",
    ),
    Invariant(
        "what goes back by a provider was ordered, once",
        "SELECT format('refund %s', cause_id) FROM posting WHERE account = 'refunding'"
        " AND kind <> 'refund_ordered' GROUP BY cause_id HAVING sum(amount_cents) > coalesce((SELECT"
        " -sum(o.amount_cents) FROM posting o WHERE o.cause_id = posting.cause_id"
        "  AND o.kind = 'refund_ordered' AND o.account = 'refunding'), sum(amount_cents))",
    ),
    Invariant(
        "a confirmed prepaid booking is paid",
        "SELECT format('booking %s, invoice %s', c.booking_id, i.invoice_id) FROM charge c"
        " JOIN invoice_line l ON l.family_id = c.family_id AND c.booking_id = ANY (l.bookings)"
        " JOIN invoice i ON i.invoice_id = l.invoice_id AND i.kind = 'prepaid' AND i.status <> 'cancelled'"
        " WHERE c.payment_mode = 'prepaid' AND c.status = 'confirmed' AND i.due_cents > 0",
    ),
    Invariant(
        "nothing is billed of a prepaid booking that ended",
        "SELECT format('booking %s, %s: %s cents', c.booking_id, c.status, sum(b.cents)) FROM charge c"
        " JOIN invoice_line l ON l.family_id = c.family_id AND c.booking_id = ANY (l.bookings)"
        " JOIN invoice i ON i.invoice_id = l.invoice_id AND i.status <> 'draft'"
        " CROSS JOIN LATERAL unnest(l.bookings, l.amounts) AS b (booking_id, cents)"
        " WHERE b.booking_id = c.booking_id AND c.payment_mode = 'prepaid'"
        " AND c.status IN ('cancelled', 'refused', 'expired')"
        " GROUP BY c.booking_id, c.status HAVING sum(b.cents) <> 0",
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
        "what was carried over and waits was billed by no later run",
        "SELECT format('family %s: %s carried from %s, on invoice %s', k.family_id, k.period, k.first_day,"
        " i.invoice_id) FROM carried_month k"
        " JOIN invoice_line l ON l.family_id = k.family_id AND l.last_day >= k.first_day"
        " AND l.first_day < (k.period || '-01')::date + interval '1 month'"
        " JOIN invoice i ON i.invoice_id = l.invoice_id AND i.regie_id = k.regie_id AND i.run_id IS NOT NULL"
        "  AND i.status <> 'draft' AND i.created_at > k.carried_at"
        " WHERE k.outcome IS NULL AND EXISTS (SELECT FROM unnest(l.days) AS day WHERE day >= k.first_day"
        "  AND day < (k.period || '-01')::date + interval '1 month')",
    ),
    Invariant(
        "what was carried over ended as it says, in a later month's end of the same régie",
        "SELECT format('family %s: %s, %s by run %s', k.family_id, k.period, k.outcome, k.ended_by)"
        " FROM carried_month k JOIN billing_run r ON r.run_id = k.ended_by"
        " JOIN run_family f ON f.run_id = r.run_id AND f.family_id = k.family_id"
        " LEFT JOIN invoice i ON i.run_id = r.run_id AND i.family_id = k.family_id AND i.status <> 'draft'"
        " LEFT JOIN carried_month n ON n.run_id = r.run_id AND n.family_id = k.family_id"
        " WHERE r.regie_id <> k.regie_id OR r.kind <> 'month_end' OR r.period <= k.period"
        " OR f.carried_from IS NULL OR f.carried_from > k.first_day"
        " OR (i.invoice_id IS NOT NULL) <> (k.outcome = 'billed')"
        " OR (n.carried_id IS NOT NULL) <> (k.outcome = 'carried_on')"
        " OR n.first_day > k.first_day",
    ),
    Invariant(
        "a run either carries a family's month over or bills it",
        "SELECT format('run %s, family %s', k.run_id, k.family_id) FROM carried_month k"
        " JOIN invoice i ON i.run_id = k.run_id AND i.family_id = k.family_id"
        " UNION ALL SELECT format('run %s: %s families carried with %s cents, %s noted', r.run_id,"
        " r.families_carried, r.carried_cents, count(k)) FROM billing_run r"
        " LEFT JOIN carried_month k USING (run_id) GROUP BY r.run_id"
        " HAVING count(k) <> r.families_carried OR coalesce(sum(k.amount_cents), 0) <> r.carried_cents"
        " OR bool_or(k.amount_cents >= coalesce(r.carry_under_cents, 0))",
    ),
    Invariant(
        "a run that is computed has all its chunks",
        "SELECT 'run ' || run_id FROM billing_run WHERE status IN ('computed', 'issued')"
        " AND (chunks_done <> chunks_total OR chunks_total <> (SELECT count(*) FROM run_chunk c"
        "  WHERE c.run_id = billing_run.run_id AND c.status = 'done'))",
    ),
)
