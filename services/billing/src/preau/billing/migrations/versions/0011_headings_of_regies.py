"""What a régie prints on its invoices: its address, SIRET, legal notices. What was printed is kept.

A heading counts for what is drawn up since; those of the régies that stand count for all their invoices.
"""

from preau.common.db.migrations import append_only, enable_tenant_rls, execute_script

revision = "0011"
down_revision = "0010"

_FIELDS = ("street", "postal_code", "city", "siret", "payable_to", "remedies", "accounting_notice")
_REMEDIES = (
    "Dans le délai de deux mois à compter de la réception de cette facture, vous pouvez en contester le "
    "bien-fondé devant la juridiction compétente (article L. 1617-5 du code général des collectivités "
    "territoriales). Adressez d’abord toute réclamation à la régie."
)
_COLUMNS = ", ".join(f"ADD COLUMN {name} text NOT NULL DEFAULT ''" for name in _FIELDS)
_SCRIPT = f"""
ALTER TABLE regie {_COLUMNS};
ALTER TABLE regie ALTER COLUMN remedies SET DEFAULT '{_REMEDIES}';
CREATE TABLE regie_heading (
    regie_id uuid NOT NULL REFERENCES regie,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    commune_id uuid NOT NULL,
    {", ".join(f"{name} text NOT NULL" for name in _FIELDS)},
    PRIMARY KEY (regie_id, since)
);
CREATE FUNCTION keep_regie_heading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO regie_heading (regie_id, commune_id, {", ".join(_FIELDS)})
    VALUES (NEW.regie_id, NEW.commune_id, {", ".join(f"NEW.{name}" for name in _FIELDS)});
    RETURN NULL;
END $$;
"""  # noqa: S608
_FORMER = f"""
UPDATE regie SET remedies = '{_REMEDIES}';
INSERT INTO regie_heading (regie_id, since, commune_id, {", ".join(_FIELDS)})
SELECT regie_id, 'epoch', commune_id, {", ".join(_FIELDS)} FROM regie;
CREATE TRIGGER keep_first_heading AFTER INSERT ON regie
    FOR EACH ROW EXECUTE FUNCTION keep_regie_heading();
CREATE TRIGGER keep_heading AFTER UPDATE ON regie FOR EACH ROW
    WHEN ((OLD.{", OLD.".join(_FIELDS)}) IS DISTINCT FROM (NEW.{", NEW.".join(_FIELDS)}))
    EXECUTE FUNCTION keep_regie_heading();
"""  # noqa: S608


def upgrade() -> None:
    execute_script(_SCRIPT)
    execute_script(_FORMER)
    enable_tenant_rls("regie_heading")
    append_only("regie_heading")
