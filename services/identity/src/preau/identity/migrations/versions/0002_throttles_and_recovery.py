"""Budgets of tries, networks that an account is known from, mails asked for, links of agents."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0002"
down_revision = "0001"

_TABLES = """
CREATE TABLE try_budget (
    key text PRIMARY KEY,
    spent_until timestamptz NOT NULL
);
CREATE TABLE known_network (
    account_key text NOT NULL,
    network_key text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (account_key, network_key)
);
CREATE TABLE mail_request (
    mail_request_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('parent_reset', 'agent_reset', 'registered')),
    email_key text NOT NULL,
    commune_slug text,
    account_id uuid,
    family_id uuid,
    asked_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE agent_link (
    token_hash text PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    agent_id uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX ix_agent_link_agent_id ON agent_link (agent_id);
"""


def upgrade() -> None:
    """Make the tables; the links of agents belong to their communes."""
    execute_script(_TABLES)
    enable_tenant_rls("agent_link")
