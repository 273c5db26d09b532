"""What each role of a database may do, tried as that role where a whole tour has left its rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from preau.common.db.driver import Connection, connect
from preau.testing.deployment import Deployment

SERVICES = ("identity", "reservations", "billing", "payments", "requests")
NOT_ONE_COMMUNES = {"inbox"}
"""Which messages were taken in: nothing in it is a commune's."""
FOR_EVERYBODY = {"commune"}
"""Facts that the application's role may read for any commune: its name, how to reach it."""
OPEN_ON_PURPOSE = {
    "identity": {"inbox.take_in", "commune.public_facts", "notification.of_no_commune"},
}
"""Policies that ask for no commune: messages, facts for all, mails about an account (left, not read)."""
APPEND_ONLY = {
    "identity": {"audit_log", "event_log"},
    "reservations": {"audit_log", "event_log"},
    "billing": {"audit_log", "event_log", "entry", "posting", "invoice_series"},
    "payments": {"audit_log", "event_log", "receipt", "receipt_series", "payment_allocation", "webhook"},
    "requests": {"audit_log", "event_log", "request_history", "message", "reference_counter"},
}
"""No role but the owner's deletes from these, or changes what was written."""
NEVER_DELETED = {
    "identity": {"commune", "agent", "account"},
    "reservations": {"booking", "booking_order", "order_invoice", "slot", "activity", "site"},
    "billing": {
        "charge",
        "regie",
        "tariff",
        "prepaid_order",
        "billing_run",
        "activity_copy",
        "family_account",
    },
    "payments": {"payable", "payment", "refund"},
    "requests": {"request", "category"},
}
"""Rows of these change, but stay."""
SYSTEM_ALONE = {
    "identity": {
        "account_link",
        "platform_secret",
        "refresh_token",
        "sandbox_mail",
        "signing_key",
        "spent_challenge",
        "throttle",
        "try_budget",
        "known_network",
        "mail_request",
    },
    "payments": {"sandbox_transaction", "sandbox_refund", "sandbox_notification"},
}
"""What the application's role does not even read."""
MAY_CHANGE = {
    "invoice_series": {"last"},
    "receipt_series": {"last"},
    "reference_counter": {"last"},
    "webhook": {"deliveries", "last_received_at"},
    "request_history": {"actor_id", "actor_name"},
    "message": {"author_id", "author_name"},
}

_TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS walled FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname NOT LIKE '%\\_version'
"""
_OPEN_POLICIES = """
SELECT tablename || '.' || policyname FROM pg_policies
WHERE roles && '{public,preau_application}' AND (
    coalesce(qual, '') || coalesce(with_check, '') !~ 'preau\\.(commune_id|account_id)'
    OR coalesce(qual, '') || coalesce(with_check, '') ~ 'preau\\.(?!commune_id|account_id)'
)
"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' AND identity_generation IS NULL
"""


@asynccontextmanager
async def as_role(url: str) -> AsyncIterator[Connection]:
    connection = await connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def tables_of(connection: Connection) -> dict[str, bool]:
    """Each table, and whether row-level security holds it."""
    return {row["relname"]: row["walled"] for row in await connection.fetch(_TABLES)}


async def refused(connection: Connection, statement: str) -> bool:
    """Whether the role lacks the right; whatever else happens is undone."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return True
    except asyncpg.PostgresError:
        return False
    else:
        return False
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_is_walled_off_and_no_policy_is_open(
    deployment: Deployment, toured: None, service: str
) -> None:
    async with as_role(deployment.postgres.url(f"preau_{service}")) as admin:
        tables = await tables_of(admin)
        open_policies = {row[0] for row in await admin.fetch(_OPEN_POLICIES)}
    assert [table for table, walled in tables.items() if not walled] == []
    assert open_policies == OPEN_ON_PURPOSE.get(service, {"inbox.take_in"})


@pytest.mark.parametrize("service", SERVICES)
async def test_no_setting_shows_the_application_what_is_not_its_communes(
    deployment: Deployment, toured: None, service: str
) -> None:
    async with as_role(deployment.postgres.url(f"preau_{service}")) as admin:
        full = {
            table
            for table in await tables_of(admin)
            if await admin.fetchval(f'SELECT EXISTS (SELECT 1 FROM "{table}")')  # noqa: S608
        }
    seen: set[str] = set()
    async with as_role(deployment.databases[service].url) as application:
        for setting in ("preau.system", "preau.role", "row_security"):
            await application.execute(f"SET {setting} = 'on'")
        await application.execute("SET preau.commune_id = '00000000-0000-7000-8000-000000000000'")
        await application.execute("SET preau.account_id = '00000000-0000-7000-8000-000000000000'")
        for table in full - NOT_ONE_COMMUNES - FOR_EVERYBODY:
            query = f'SELECT EXISTS (SELECT 1 FROM "{table}")'  # noqa: S608
            if not await refused(application, query) and await application.fetchval(query):
                seen.add(table)
    assert len(full) > 8, "the tour left rows to look for"
    assert seen == set()


@pytest.mark.parametrize("role", ["url", "system_url"])
@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_written_once_stays(
    deployment: Deployment, toured: None, service: str, role: str
) -> None:
    allowed: list[str] = []
    async with as_role(getattr(deployment.databases[service], role)) as connection:
        for table in sorted(APPEND_ONLY[service]):
            columns = [row[0] for row in await connection.fetch(_COLUMNS, table)]
            kept = [name for name in columns if name not in MAY_CHANGE.get(table, ())]
            statements = [f"UPDATE {table} SET {name} = {name}" for name in kept]  # noqa: S608
            statements += [f"DELETE FROM {table}", f"TRUNCATE {table}"]  # noqa: S608
            allowed += [statement for statement in statements if not await refused(connection, statement)]
    assert allowed == []


@pytest.mark.parametrize("role", ["url", "system_url"])
@pytest.mark.parametrize("service", SERVICES)
async def test_what_stays_is_not_deleted(
    deployment: Deployment, toured: None, service: str, role: str
) -> None:
    async with as_role(getattr(deployment.databases[service], role)) as connection:
        deletions = [f"DELETE FROM {table}" for table in sorted(NEVER_DELETED[service])]  # noqa: S608
        assert [one for one in deletions if not await refused(connection, one)] == []


@pytest.mark.parametrize(("role", "group"), [("url", "preau_application"), ("system_url", "preau_system")])
@pytest.mark.parametrize("service", SERVICES)
async def test_a_right_that_came_back_would_be_seen(
    deployment: Deployment, toured: None, service: str, role: str, group: str
) -> None:
    """Each table in its turn: what the tests above refuse goes through once the right is there."""
    url = deployment.postgres.url(f"preau_{service}")
    async with as_role(url) as admin, as_role(getattr(deployment.databases[service], role)) as connection:
        unseen: list[str] = []
        for table in sorted(APPEND_ONLY[service] | NEVER_DELETED[service]):
            await admin.execute(f"GRANT DELETE ON {table} TO {group}")
            try:
                if await refused(connection, f"DELETE FROM {table}"):  # noqa: S608
                    unseen.append(table)
            finally:
                await admin.execute(f"REVOKE DELETE ON {table} FROM {group}")
    assert unseen == []


@pytest.mark.parametrize("service", SERVICES)
async def test_the_application_leaves_events_and_cannot_read_or_take_them(
    deployment: Deployment, toured: None, service: str
) -> None:
    async with as_role(deployment.databases[service].url) as application:
        for statement in (
            "TABLE outbox",
            "DELETE FROM outbox",
            "UPDATE outbox SET attempts = 0",
            "TABLE event_log",
            "INSERT INTO event_log SELECT * FROM event_log",
            "DELETE FROM inbox",
            "UPDATE inbox SET consumer = consumer",
            "DELETE FROM idempotency_key",
            *(f"TABLE {table}" for table in SYSTEM_ALONE.get(service, ())),
        ):
            assert await refused(application, statement), statement


@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_forgets_early_what_makes_a_second_time_harmless(
    deployment: Deployment, toured: None, service: str
) -> None:
    async with as_role(deployment.databases[service].system_url) as system:
        for table in ("inbox", "idempotency_key"):
            assert await system.execute(f"DELETE FROM {table}") == "DELETE 0", table  # noqa: S608


@pytest.mark.parametrize("role", ["url", "system_url", "audit_url"])
async def test_no_role_writes_past_every_policy(deployment: Deployment, role: str) -> None:
    async with as_role(getattr(deployment.databases["billing"], role)) as connection:
        for statement in ("SELECT lo_create(0)", "SELECT lo_from_bytea(0, 'x')", "SELECT lo_creat(-1)"):
            assert await refused(connection, statement), statement


@pytest.mark.parametrize("service", SERVICES)
async def test_the_audit_reads_everything_and_writes_nothing(
    deployment: Deployment, toured: None, service: str
) -> None:
    async with as_role(deployment.postgres.url(f"preau_{service}")) as admin:
        counted = {
            table: await admin.fetchval(f'SELECT count(*) FROM "{table}"')  # noqa: S608
            for table in await tables_of(admin)
            if table not in {"idempotency_key", "outbox", "inbox"}
        }
    async with as_role(deployment.databases[service].audit_url) as auditor:
        for table, count in counted.items():
            assert await auditor.fetchval(f'SELECT count(*) FROM "{table}"') == count, table  # noqa: S608
            for statement in (f"DELETE FROM {table}", f"INSERT INTO {table} DEFAULT VALUES"):  # noqa: S608
                assert await refused(auditor, statement), statement
        assert await refused(auditor, "TABLE idempotency_key")


@pytest.mark.parametrize("role", ["url", "system_url", "audit_url"])
async def test_no_role_becomes_another(deployment: Deployment, role: str) -> None:
    async with as_role(getattr(deployment.databases["billing"], role)) as connection:
        own = await connection.fetchval("SELECT current_user")
        for other in ("preau_billing", "preau_billing_system", "preau_billing_owner", "postgres"):
            if other != own:
                assert await refused(connection, f"SET ROLE {other}"), other
