"""Communes, accounts, sessions, agents, families, memberships, notifications."""

from preau.common.db.migrations import create_messaging_tables, enable_tenant_rls, execute_script

revision = "0001"
down_revision = None

_PLATFORM = """
CREATE TABLE commune (
    commune_id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]{2,63}$'),
    name text NOT NULL,
    time_zone text NOT NULL,
    school_zone text NOT NULL,
    accent_colour text NOT NULL CHECK (accent_colour ~ '^#[0-9a-f]{6}$'),
    contact_email text NOT NULL,
    contact_phone text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE account (
    account_id uuid PRIMARY KEY,
    account_name text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL UNIQUE,
    email_confirmed_at timestamptz,
    password_hash text NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('personal', 'organisation')),
    civility text NOT NULL CHECK (civility IN ('', 'mme', 'm')),
    first_name text NOT NULL,
    last_name text NOT NULL,
    notify_by text NOT NULL CHECK (notify_by IN ('email', 'sms', 'none')),
    phone text NOT NULL,
    second_phone text NOT NULL,
    second_email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE account_link (
    token_hash text PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('confirm_email', 'reset_password')),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX ix_account_link_account_id ON account_link (account_id);
CREATE TABLE spent_challenge (
    signature text PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE TABLE platform_secret (
    name text PRIMARY KEY,
    value text NOT NULL
);
CREATE TABLE throttle (
    key text PRIMARY KEY,
    failures integer NOT NULL,
    last_tried_at timestamptz NOT NULL,
    blocked_until timestamptz
);
CREATE TABLE session (
    session_id uuid PRIMARY KEY,
    subject text NOT NULL CHECK (subject IN ('parent', 'agent')),
    subject_id uuid NOT NULL,
    commune_id uuid REFERENCES commune,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_because text
);
CREATE INDEX ix_session_subject_id ON session (subject_id);
CREATE TABLE refresh_token (
    token_hash text PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES session ON DELETE CASCADE,
    issued_at timestamptz NOT NULL,
    rotated_at timestamptz
);
CREATE INDEX ix_refresh_token_session_id ON refresh_token (session_id);
CREATE TABLE signing_key (
    kid text PRIMARY KEY,
    private_jwk jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);
CREATE UNIQUE INDEX uq_signing_key_active ON signing_key ((retired_at IS NULL)) WHERE retired_at IS NULL;
"""

_TENANTS = """
CREATE TABLE agent (
    agent_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    email text NOT NULL,
    email_key text NOT NULL,
    name text NOT NULL,
    roles text[] NOT NULL CHECK (roles <@ '{admin,reservations,attendance,billing,requests}'),
    password_hash text NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (commune_id, email_key)
);
CREATE TABLE family (
    family_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    label text NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    residency text NOT NULL CHECK (residency IN ('resident', 'non_resident')),
    street text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    sort_key text NOT NULL,
    search_key text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_family_commune_sort ON family (commune_id, sort_key, family_id);
CREATE TABLE guardian (
    guardian_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    position integer NOT NULL,
    civility text NOT NULL CHECK (civility IN ('', 'mme', 'm')),
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text NOT NULL,
    phone text NOT NULL,
    is_payer boolean NOT NULL
);
CREATE INDEX ix_guardian_family_id ON guardian (family_id);
CREATE TABLE child (
    child_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    first_name text NOT NULL,
    last_name text NOT NULL,
    birth_date date NOT NULL,
    school text NOT NULL,
    class_name text NOT NULL,
    level text NOT NULL CHECK (level IN ('nursery', 'elementary', 'other')),
    diet text NOT NULL
);
CREATE INDEX ix_child_family_id ON child (family_id);
CREATE TABLE quotient (
    quotient_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    value integer NOT NULL CHECK (value >= 0),
    effective_from date NOT NULL,
    UNIQUE (family_id, effective_from)
);
CREATE TABLE pickup_authorisation (
    authorisation_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    child_id uuid NOT NULL REFERENCES child ON DELETE CASCADE,
    request_id uuid NOT NULL UNIQUE,
    person_name text NOT NULL,
    relation text NOT NULL,
    phone text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
CREATE INDEX ix_pickup_authorisation_child_id ON pickup_authorisation (child_id);
CREATE TABLE address_change (
    request_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    street text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    valid_from date NOT NULL,
    applied_at timestamptz
);
CREATE INDEX ix_address_change_waiting ON address_change (valid_from) WHERE applied_at IS NULL;
CREATE TABLE membership (
    membership_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    guardian_id uuid NOT NULL UNIQUE REFERENCES guardian ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_membership_account_id ON membership (account_id);
CREATE INDEX ix_membership_family_id ON membership (family_id);
CREATE TABLE invitation (
    invitation_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    guardian_id uuid NOT NULL REFERENCES guardian ON DELETE CASCADE,
    email text NOT NULL,
    code_hash text NOT NULL UNIQUE,
    token_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    withdrawn_at timestamptz
);
CREATE INDEX ix_invitation_guardian_id ON invitation (guardian_id);
CREATE TABLE notification (
    notification_id uuid PRIMARY KEY,
    commune_id uuid REFERENCES commune,
    family_id uuid,
    kind text NOT NULL,
    sender_name text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL CHECK (subject !~ '[[:cntrl:]]'),
    text text NOT NULL,
    html text NOT NULL,
    holds_secret boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    last_error text
);
CREATE INDEX ix_notification_pending ON notification (next_attempt_at) WHERE status = 'pending';
CREATE TABLE sandbox_mail (
    mail_id uuid PRIMARY KEY,
    recipient text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    sent_at timestamptz NOT NULL
);
CREATE INDEX ix_sandbox_mail_recipient ON sandbox_mail (lower(recipient), sent_at);
"""

_OWN_POLICIES = """
ALTER TABLE commune ENABLE ROW LEVEL SECURITY;
ALTER TABLE commune FORCE ROW LEVEL SECURITY;
CREATE POLICY public_facts ON commune FOR SELECT USING (true);
CREATE POLICY tenant ON commune USING (
    commune_id = nullif(current_setting('preau.commune_id', true), '')::uuid
    OR current_setting('preau.system', true) = 'on'
);
CREATE POLICY account ON family FOR SELECT USING (
    family_id IN (
        SELECT m.family_id FROM membership m
        WHERE m.account_id = nullif(current_setting('preau.account_id', true), '')::uuid
    )
);
ALTER TABLE notification ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON notification USING (
    commune_id IS NULL
    OR commune_id = nullif(current_setting('preau.commune_id', true), '')::uuid
    OR current_setting('preau.system', true) = 'on'
);
"""


def upgrade() -> None:
    """Make every table of the service, tenants behind row-level security."""
    create_messaging_tables()
    execute_script(_PLATFORM)
    execute_script(_TENANTS)
    for table in (
        "agent",
        "family",
        "guardian",
        "child",
        "quotient",
        "pickup_authorisation",
        "address_change",
        "invitation",
    ):
        enable_tenant_rls(table)
    enable_tenant_rls("membership", account=True)
    execute_script(_OWN_POLICIES)
