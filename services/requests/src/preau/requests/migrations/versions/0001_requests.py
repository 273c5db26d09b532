"""Categories, requests with their history and messages, documents, and copies of families and communes."""

from preau.common.db.migrations import create_messaging_tables, enable_tenant_rls, execute_script

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE category (
    category_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    description text NOT NULL,
    form jsonb NOT NULL,
    required_documents jsonb NOT NULL,
    effect jsonb NOT NULL,
    position integer NOT NULL DEFAULT 0,
    is_open boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT uq_category_code UNIQUE (commune_id, code)
);
CREATE TABLE reference_counter (
    commune_id uuid NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (commune_id, year)
);
CREATE TABLE request (
    request_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    family_id uuid NOT NULL,
    account_id uuid,
    category_id uuid NOT NULL REFERENCES category,
    category_code text NOT NULL,
    category_label text NOT NULL,
    reference text NOT NULL,
    status text NOT NULL CONSTRAINT ck_request_status CHECK (status IN
        ('draft', 'submitted', 'in_review', 'info_needed', 'accepted', 'refused', 'withdrawn')),
    form jsonb NOT NULL,
    required_documents jsonb NOT NULL,
    effect jsonb NOT NULL,
    answers jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    submitted_at timestamptz,
    decided_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT uq_request_reference UNIQUE (commune_id, reference)
);
CREATE INDEX ix_request_family ON request (commune_id, family_id, request_id);
CREATE INDEX ix_request_queue ON request (commune_id, status, request_id) WHERE submitted_at IS NOT NULL;
CREATE TABLE request_history (
    history_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES request,
    from_status text,
    to_status text NOT NULL,
    actor text NOT NULL CONSTRAINT ck_request_history_actor CHECK (actor IN ('family', 'agent')),
    actor_id uuid,
    actor_name text NOT NULL,
    happened_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT uq_request_history_version UNIQUE (request_id, version)
);
CREATE TABLE message (
    message_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES request,
    author text NOT NULL CONSTRAINT ck_message_author CHECK (author IN ('family', 'agent')),
    author_id uuid,
    author_name text NOT NULL,
    text text NOT NULL,
    written_at timestamptz NOT NULL
);
CREATE INDEX ix_message_request ON message (request_id, message_id);
CREATE TABLE document (
    document_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    family_id uuid NOT NULL,
    account_id uuid,
    kind text NOT NULL,
    filename text NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL CONSTRAINT ck_document_size CHECK (size > 0),
    sha256 text NOT NULL,
    object_key text NOT NULL CONSTRAINT uq_document_object_key UNIQUE,
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX ix_document_family ON document (commune_id, family_id, document_id);
CREATE TABLE document_usage (
    commune_id uuid NOT NULL,
    family_id uuid NOT NULL,
    used_bytes bigint NOT NULL CONSTRAINT ck_document_usage_not_negative CHECK (used_bytes >= 0),
    PRIMARY KEY (commune_id, family_id)
);
CREATE TABLE request_document (
    commune_id uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES request,
    code text NOT NULL,
    document_id uuid NOT NULL REFERENCES document,
    PRIMARY KEY (request_id, code)
);
CREATE INDEX ix_request_document_document ON request_document (document_id);
CREATE TABLE family_copy (
    family_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    version integer NOT NULL,
    label text NOT NULL,
    status text NOT NULL,
    guardians jsonb NOT NULL,
    children jsonb NOT NULL
);
CREATE TABLE commune_copy (
    commune_id uuid PRIMARY KEY,
    version integer NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL
);
"""

TENANT_TABLES = (
    "category",
    "reference_counter",
    "request",
    "request_history",
    "message",
    "document",
    "document_usage",
    "request_document",
    "family_copy",
    "commune_copy",
)


def upgrade() -> None:
    create_messaging_tables()
    execute_script(TABLES)
    for table in TENANT_TABLES:
        enable_tenant_rls(table)
