"""Who sees and does what in the tables: row-level security, and rights by role. For migrations.

No setting opens a table: a transaction's commune and account choose among the rows of the application's role,
and work over all communes is done by another role. Everything here may be run again.
"""

from collections.abc import Iterable

from alembic import op

from preau.common.db.roles import APPLICATION, AUDIT, SYSTEM
from preau.common.db.scripts import execute_script

COMMUNE = "nullif(current_setting('preau.commune_id', true), '')::uuid"
"""The commune of the transaction, in SQL; NULL without one."""
ACCOUNT = "nullif(current_setting('preau.account_id', true), '')::uuid"
"""The account of the transaction, in SQL; NULL without one."""

_RIGHTS = f"""
GRANT USAGE ON SCHEMA public TO {APPLICATION}, {SYSTEM}, {AUDIT};
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION}, {SYSTEM};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION}, {SYSTEM};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {AUDIT};
"""
_FORMER_TABLES = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION}, {SYSTEM};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION}, {SYSTEM};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {AUDIT};
"""
_WALL = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS system ON {table};
DROP POLICY IF EXISTS audit ON {table};
DROP POLICY IF EXISTS migrations ON {table};
CREATE POLICY system ON {table} TO preau_system USING (true);
CREATE POLICY audit ON {table} FOR SELECT TO preau_audit USING (true);
CREATE POLICY migrations ON {table} TO CURRENT_USER USING (true);
"""
_ONLY_GROWS = """
CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.{column} < OLD.{column} THEN
        RAISE EXCEPTION '{table}.{column} only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_only_grows BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_only_grows();
"""
_KEEP_FOR_DAYS = """
DROP POLICY IF EXISTS system ON {table};
DROP POLICY IF EXISTS system_reads ON {table};
DROP POLICY IF EXISTS system_adds ON {table};
DROP POLICY IF EXISTS system_forgets ON {table};
CREATE POLICY system_reads ON {table} FOR SELECT TO preau_system USING (true);
CREATE POLICY system_adds ON {table} FOR INSERT TO preau_system WITH CHECK (true);
CREATE POLICY system_forgets ON {table} FOR DELETE TO preau_system
    USING ({instant} < now() - make_interval(days => {days}));
"""
_POLICY = """
DROP POLICY IF EXISTS {name} ON {table};
CREATE POLICY {name} ON {table} FOR {command} TO preau_application {clause} ({condition});
"""


def rights_of_new_tables() -> None:
    """What the roles may do with tables to come, unless their migration says less."""
    execute_script(_RIGHTS)


def rights_of_former_tables() -> None:
    """The same for the tables that stand: once, where a former version gave no rights to the roles."""
    execute_script(_FORMER_TABLES)


def enable_tenant_rls(table: str, *, account: bool = False) -> None:
    """Show rows of ``table`` to the application for their commune, with ``account`` for their account."""
    wall_off(table)
    let_application(table, "tenant", f"commune_id = {COMMUNE}")
    if account:
        let_application(table, "account", f"account_id = {ACCOUNT}")


def wall_off_former_tenants() -> None:
    """``enable_tenant_rls`` anew for every table that a former version showed by commune."""
    found = op.get_bind().exec_driver_sql("SELECT tablename FROM pg_policies WHERE policyname = 'tenant'")
    for table in sorted(found.scalars()):
        enable_tenant_rls(table)


def wall_off(table: str) -> None:
    """Show rows of ``table`` to the system's and the audit's role, and to nobody else."""
    execute_script(_WALL.format(table=table))


def let_application(table: str, name: str, condition: str, *, command: str = "ALL") -> None:
    """A policy of the application's role: where ``condition`` holds, rows may be seen and written."""
    clause = "WITH CHECK" if command == "INSERT" else "USING"
    execute_script(
        _POLICY.format(table=table, name=name, condition=condition, command=command, clause=clause)
    )


def keep_for_days(table: str, instant: str, days: int) -> None:
    """Let the system's role see and add rows of ``table``, and delete only those older than ``days``."""
    execute_script(_KEEP_FOR_DAYS.format(table=table, instant=instant, days=days))


def keep_from_application(*tables: str) -> None:
    """Tables that only the system's role works with."""
    for table in tables:
        wall_off(table)
        op.execute(f"REVOKE ALL ON {table} FROM {APPLICATION}")


def append_only(table: str, *, updatable: Iterable[str] = ()) -> None:
    """Rows of ``table`` are written once and never deleted; only the columns ``updatable`` may change."""
    op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {APPLICATION}, {SYSTEM}")
    if columns := ", ".join(updatable):
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {APPLICATION}, {SYSTEM}")


def only_grows(table: str, column: str) -> None:
    """Rows of ``table`` stay, and of their columns ``column`` alone may change, and never to less."""
    append_only(table, updatable=[column])
    execute_script(_ONLY_GROWS.format(table=table, column=column))


def never_deleted(*tables: str) -> None:
    """Rows of these tables change, but stay."""
    for table in tables:
        op.execute(f"REVOKE DELETE ON {table} FROM {APPLICATION}, {SYSTEM}")
