"""Facts with dates: residency, payer, schooling and siblings by day, quotients with two decimals."""

from typing import NamedTuple

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0005"
down_revision = "0004"

_TABLES = """
CREATE TABLE residency_period (
    period_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    residency text NOT NULL,
    effective_from date NOT NULL,
    applied_at timestamptz,
    UNIQUE (family_id, effective_from)
);
CREATE TABLE payer_period (
    period_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    guardian_id uuid NOT NULL REFERENCES guardian ON DELETE CASCADE,
    effective_from date NOT NULL,
    applied_at timestamptz,
    UNIQUE (family_id, effective_from)
);
CREATE INDEX ix_payer_period_guardian_id ON payer_period (guardian_id);
CREATE TABLE schooling (
    schooling_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    child_id uuid NOT NULL REFERENCES child ON DELETE CASCADE,
    school text NOT NULL,
    class_name text NOT NULL,
    level text NOT NULL CHECK (level IN ('nursery', 'elementary', 'other')),
    category text NOT NULL,
    effective_from date NOT NULL,
    applied_at timestamptz,
    UNIQUE (child_id, effective_from)
);
CREATE INDEX ix_schooling_family_id ON schooling (family_id);
CREATE INDEX ix_residency_period_waiting ON residency_period (effective_from) WHERE applied_at IS NULL;
CREATE INDEX ix_payer_period_waiting ON payer_period (effective_from) WHERE applied_at IS NULL;
CREATE INDEX ix_schooling_waiting ON schooling (effective_from) WHERE applied_at IS NULL;
ALTER TABLE child
    ADD COLUMN category text NOT NULL DEFAULT '',
    ADD COLUMN counts_from date,
    ADD COLUMN counts_to date,
    ADD CONSTRAINT ck_child_counts CHECK (counts_from < counts_to);
ALTER TABLE quotient ADD COLUMN cents integer, ADD COLUMN recorded_on date;
"""

_DATA = """
INSERT INTO residency_period (period_id, commune_id, family_id, residency, effective_from, applied_at)
    SELECT gen_random_uuid(), commune_id, family_id, residency, '-infinity', now() FROM family;
INSERT INTO payer_period (period_id, commune_id, family_id, guardian_id, effective_from, applied_at)
    SELECT DISTINCT ON (family_id) gen_random_uuid(), commune_id, family_id, guardian_id, '-infinity', now()
    FROM guardian WHERE is_payer ORDER BY family_id, position;
INSERT INTO schooling
    (schooling_id, commune_id, family_id, child_id, school, class_name, level, category, effective_from,
     applied_at)
    SELECT
        gen_random_uuid(), commune_id, family_id, child_id, school, class_name, level, '', '-infinity', now()
    FROM child;
UPDATE quotient SET cents = value * 100;
ALTER TABLE quotient
    ALTER COLUMN cents SET NOT NULL,
    ADD CONSTRAINT ck_quotient_cents CHECK (cents / 100 = value);
"""


class _History(NamedTuple):
    """A history, whose it is, and which columns of ``of`` say what holds today."""

    table: str
    key: str
    owner: str
    of: str
    columns: str
    watched: str
    when: str = "true"


_HISTORIES = (
    _History("residency_period", "period_id", "family_id", "family", "residency", "residency"),
    _History("payer_period", "period_id", "family_id", "guardian", "guardian_id", "is_payer", "NEW.is_payer"),
    _History(
        "schooling",
        "schooling_id",
        "child_id",
        "child",
        "school, class_name, level, category",
        "school, class_name, level",
    ),
)

_FORMER_VERSION = """
CREATE FUNCTION {table}_of_former_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (
        SELECT (clock_timestamp() AT TIME ZONE c.time_zone)::date FROM commune c
        WHERE c.commune_id = NEW.commune_id
    );
    begins date := CASE
        WHEN EXISTS (SELECT FROM {table} h WHERE h.{owner} = NEW.{owner}) THEN today ELSE '-infinity'
    END;
BEGIN
    IF NOT EXISTS (
        SELECT FROM (
            SELECT {columns} FROM {table} h WHERE h.{owner} = NEW.{owner} AND h.effective_from <= today
            ORDER BY h.effective_from DESC LIMIT 1
        ) held
        WHERE ({held}) = ({new})
    ) THEN
        INSERT INTO {table}
            ({key}, commune_id, {owners}, {columns}, effective_from, applied_at)
        VALUES
            (gen_random_uuid(), NEW.commune_id, {new_owners}, {new}, begins, clock_timestamp())
        ON CONFLICT ({owner}, effective_from) DO UPDATE
            SET ({columns}) = ROW({excluded}) WHERE {table}.applied_at IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {table}_of_former_version AFTER INSERT OR UPDATE OF {watched} ON {of}
    FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {table}_of_former_version();
"""
"""The former version knows no histories: what it writes in the plain columns holds from its day on.

Nothing is written where the present version has put what its histories say into them; an entry whose day came
while it did so is left alone. The triggers may go with the release after this one.
"""

_FORMER_QUOTIENTS = """
CREATE FUNCTION quotient_of_former_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.cents IS NULL OR NEW.cents / 100 <> NEW.value THEN
        NEW.cents := NEW.value * 100;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quotient_of_former_version BEFORE INSERT OR UPDATE ON quotient
    FOR EACH ROW EXECUTE FUNCTION quotient_of_former_version();
"""


def upgrade() -> None:
    """Make the histories of what stands: one entry since always."""
    execute_script(_TABLES)
    execute_script(_DATA)
    for history in _HISTORIES:
        enable_tenant_rls(history.table)
        names, owners = history.columns.split(", "), sorted({"family_id", history.owner})
        execute_script(
            _FORMER_VERSION.format(
                **history._asdict(),
                new=", ".join(f"NEW.{name}" for name in names),
                held=", ".join(f"held.{name}" for name in names),
                excluded=", ".join(f"excluded.{name}" for name in names),
                owners=", ".join(owners),
                new_owners=", ".join(f"NEW.{name}" for name in owners),
            )
        )
    execute_script(_FORMER_QUOTIENTS)
