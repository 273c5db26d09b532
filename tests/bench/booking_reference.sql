-- What an order of four meals writes, in one statement: the limit of the database.
\set first random(0, :days - 1)
\set second (:first + 13) % :days
\set third (:first + 26) % :days
\set fourth (:first + 39) % :days
WITH ids AS (SELECT gen_random_uuid() AS order_id, gen_random_uuid() AS family_id, gen_random_uuid() AS child_id,
    gen_random_uuid() AS account_id),
wanted AS (SELECT slot_id, activity_id, commune_id, slot_date FROM bench_slot WHERE n IN
    (CAST(:first AS bigint), CAST(:second AS bigint), CAST(:third AS bigint), CAST(:fourth AS bigint))),
claimed AS (INSERT INTO idempotency_key (subject_id, key, fingerprint, status, response)
    SELECT account_id, 'bench', '\x00', 201, jsonb_build_object('answer', repeat('0123456789', 120)) FROM ids),
opened AS (INSERT INTO booking_order (order_id, commune_id, family_id, status, version, account_id, placed_at)
    SELECT order_id, CAST(:commune AS uuid), family_id, 'confirmed', 1, account_id, now() FROM ids),
made AS (INSERT INTO booking (booking_id, commune_id, family_id, child_id, activity_id, service_date, slot_id,
    order_id, status, payment_mode) SELECT gen_random_uuid(), commune_id, family_id, child_id, activity_id,
    slot_date, slot_id, order_id, 'confirmed', 'month_end' FROM ids, wanted RETURNING slot_id),
locked AS (SELECT slot_id FROM slot WHERE slot_id IN (SELECT slot_id FROM made) ORDER BY slot_id
    FOR NO KEY UPDATE),
taken AS (UPDATE slot SET used = used + 1 FROM locked WHERE slot.slot_id = locked.slot_id AND used < capacity)
INSERT INTO outbox (msg_id, commune_id, aggregate_type, aggregate_id, aggregate_version, type, version,
    routing_key, payload) SELECT gen_random_uuid(), CAST(:commune AS uuid), 'order', order_id, 1, 'bench', 1, 'bench',
    jsonb_build_object('event', repeat('0123456789', 120)) FROM ids;
