"""Sites, activities, calendars, slots, bookings, orders, baskets, attendance."""

from preau.common.db.migrations import create_messaging_tables, enable_tenant_rls, execute_script

revision = "0001"
down_revision = None

COPIES = """
CREATE TABLE commune_copy (
    commune_id uuid PRIMARY KEY,
    version integer NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    school_zone text NOT NULL,
    contact_email text NOT NULL,
    contact_phone text NOT NULL
);
CREATE TABLE family_copy (
    family_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    version integer NOT NULL,
    label text NOT NULL,
    status text NOT NULL
);
CREATE TABLE child_copy (
    family_id uuid NOT NULL REFERENCES family_copy ON DELETE CASCADE,
    child_id uuid NOT NULL,
    commune_id uuid NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    birth_date date NOT NULL,
    class_name text NOT NULL,
    level text NOT NULL,
    diet text NOT NULL,
    PRIMARY KEY (family_id, child_id)
);
"""

OFFER = """
CREATE TABLE site (
    site_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    label text NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed'))
);
CREATE UNIQUE INDEX uq_site_label ON site (commune_id, lower(label));
CREATE TABLE activity (
    activity_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    site_id uuid NOT NULL REFERENCES site,
    label text NOT NULL,
    regie_id uuid NOT NULL,
    unit text NOT NULL,
    payment_mode text NOT NULL CHECK (payment_mode IN ('prepaid', 'month_end')),
    decision text NOT NULL CHECK (decision IN ('auto', 'agent')),
    cancellation_decision text NOT NULL CHECK (cancellation_decision IN ('auto', 'agent')),
    weekdays integer[] NOT NULL,
    holiday_weekdays integer[],
    opens_on date,
    closes_on date,
    open_in_holidays text NOT NULL CHECK (open_in_holidays IN ('school', 'holidays', 'always')),
    default_capacity integer NOT NULL CHECK (default_capacity >= 0),
    hold_seconds integer NOT NULL CHECK (hold_seconds > 0),
    levels text[] NOT NULL DEFAULT '{}',
    booking_deadline jsonb NOT NULL,
    cancellation_deadline jsonb NOT NULL,
    components jsonb NOT NULL DEFAULT '[]',
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed'))
);
CREATE INDEX ix_activity_site ON activity (site_id);
CREATE TABLE closure (
    closure_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    site_id uuid REFERENCES site,
    kind text NOT NULL CHECK (kind IN ('closure', 'school_holidays')),
    first_day date NOT NULL,
    last_day date NOT NULL,
    label text NOT NULL,
    CHECK (first_day <= last_day)
);
CREATE INDEX ix_closure_commune ON closure (commune_id, last_day);
"""

# booking.slot_id has no foreign key: its check would lock the row of a hot slot once more a booking.
BOOKINGS = """
CREATE TABLE slot (
    slot_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    activity_id uuid NOT NULL REFERENCES activity,
    slot_date date NOT NULL,
    capacity integer NOT NULL,
    used integer NOT NULL DEFAULT 0,
    is_set_by_agent boolean NOT NULL DEFAULT false,
    CONSTRAINT uq_slot_activity_date UNIQUE (activity_id, slot_date),
    CONSTRAINT ck_slot_used CHECK (used >= 0 AND used <= capacity)
) WITH (fillfactor = 70);
CREATE TABLE booking_order (
    order_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    family_id uuid NOT NULL,
    account_id uuid,
    status text NOT NULL CHECK (status IN ('awaiting_payment', 'confirmed', 'expired')),
    placed_at timestamptz NOT NULL DEFAULT now(),
    held_until timestamptz,
    CHECK (status <> 'awaiting_payment' OR held_until IS NOT NULL)
);
CREATE INDEX ix_booking_order_held ON booking_order (held_until) WHERE status = 'awaiting_payment';
CREATE INDEX ix_booking_order_family ON booking_order (family_id, placed_at);
CREATE TABLE order_invoice (
    invoice_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    order_id uuid NOT NULL REFERENCES booking_order,
    regie_id uuid NOT NULL,
    total_cents bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'settled', 'cancelled'))
);
CREATE INDEX ix_order_invoice_order ON order_invoice (order_id);
CREATE TABLE booking (
    booking_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    family_id uuid NOT NULL,
    child_id uuid NOT NULL,
    activity_id uuid NOT NULL REFERENCES activity,
    service_date date NOT NULL,
    slot_id uuid NOT NULL,
    order_id uuid REFERENCES booking_order,
    status text NOT NULL,
    payment_mode text NOT NULL,
    decided_by_agent boolean NOT NULL DEFAULT false,
    message text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK (status IN ('requested', 'awaiting_payment', 'confirmed', 'waitlisted', 'cancel_requested',
        'cancelled', 'refused', 'expired', 'attended', 'absent_justified', 'absent_unjustified'))
);
CREATE UNIQUE INDEX uq_booking_active ON booking (child_id, activity_id, service_date)
    WHERE status NOT IN ('cancelled', 'refused', 'expired');
CREATE INDEX ix_booking_family ON booking (family_id, service_date);
CREATE INDEX ix_booking_child ON booking (child_id, service_date);
CREATE INDEX ix_booking_day ON booking (activity_id, service_date);
CREATE INDEX ix_booking_order ON booking (order_id);
CREATE INDEX ix_booking_queue ON booking (commune_id, status, booking_id)
    WHERE status IN ('requested', 'cancel_requested', 'waitlisted');
"""

EDGES = """
CREATE TABLE basket (
    basket_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    family_id uuid NOT NULL,
    account_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_basket_family_account UNIQUE (family_id, account_id)
);
CREATE TABLE basket_line (
    line_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    basket_id uuid NOT NULL REFERENCES basket ON DELETE CASCADE,
    child_id uuid NOT NULL,
    activity_id uuid NOT NULL REFERENCES activity,
    service_date date NOT NULL,
    action text NOT NULL CHECK (action IN ('book', 'cancel')),
    CONSTRAINT uq_basket_line UNIQUE (basket_id, child_id, activity_id, service_date)
);
CREATE TABLE attendance (
    booking_id uuid PRIMARY KEY REFERENCES booking,
    commune_id uuid NOT NULL,
    is_present boolean NOT NULL,
    is_justified boolean NOT NULL,
    units integer NOT NULL CHECK (units >= 0),
    arrived_at timestamptz,
    left_at timestamptz,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
"""

TENANT_TABLES = (
    "commune_copy",
    "family_copy",
    "child_copy",
    "site",
    "activity",
    "closure",
    "slot",
    "booking_order",
    "order_invoice",
    "booking",
    "basket",
    "basket_line",
    "attendance",
)


def upgrade() -> None:
    create_messaging_tables()
    for script in (COPIES, OFFER, BOOKINGS, EDGES):
        execute_script(script)
    for table in TENANT_TABLES:
        enable_tenant_rls(table)
