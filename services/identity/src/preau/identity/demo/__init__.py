"""Demonstration data: two communes that do not exist, their agents and their families.

Ids are fixed, so that each service seeds its own part without asking the others. Refused outside development.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.settings import DEMO_PASSWORD
from preau.identity.accounts.repository import add_account
from preau.identity.agents.repository import add_agent
from preau.identity.communes import service as communes
from preau.identity.communes.repository import commune_exists
from preau.identity.communes.tables import Commune
from preau.identity.credentials.bulkheads import NEW_PASSWORD
from preau.identity.credentials.passwords import hash_password
from preau.identity.demo.people import (
    AGENTS,
    COMMUNES,
    FAMILIES,
    PARENTS,
    DatedChange,
    DemoFamily,
    DemoParent,
)
from preau.identity.families import service as families
from preau.identity.families.domain import FamilyRecord
from preau.identity.families.repository import find_family, find_guardian
from preau.identity.memberships.repository import add_membership


async def seed(database: Database) -> None:
    """Make what is missing; what stands already stays as it is."""
    password_hash = await hash_password(DEMO_PASSWORD, NEW_PASSWORD)
    for facts in COMMUNES:
        async with database.transaction(facts["commune_id"]) as session:
            await _seed_commune(session, facts)
            for agent in AGENTS:
                if agent["commune_id"] == facts["commune_id"]:
                    await add_agent(session, {**agent, "password_hash": password_hash, "status": "active"})
    for family in FAMILIES:
        async with database.transaction(family.commune_id) as session:
            await _seed_family(session, family)
    for parent in PARENTS:
        async with database.system_transaction() as session:
            await _seed_parent(session, parent, password_hash)
    for parent in PARENTS:
        for membership in parent.memberships:
            async with database.transaction(membership.commune_id) as session:
                added = await add_membership(session, account_id=parent.account_id, **membership._asdict())
                if added:
                    await families.publish(session, membership.family_id)


async def _seed_commune(session: AsyncSession, facts: dict[str, Any]) -> None:
    if not await commune_exists(session, facts["commune_id"]):
        await communes.add(session, Commune(**facts, version=1))


async def _seed_family(session: AsyncSession, family: DemoFamily) -> None:
    if family.new.family_id is None or await find_family(session, family.new.family_id) is None:
        record = await families.register(session, family.commune_id, family.new)
        for change in family.dated:
            await _change(session, record, change)


async def _change(session: AsyncSession, record: FamilyRecord, change: DatedChange) -> None:
    family_id, effect = record.family_id, change.effect
    if change.family:
        await families.change(session, family_id, dict(change.family), effect=effect)
    if change.child:
        child = record.children[0].child_id
        await families.change_child(session, family_id, child, dict(change.child), effect=effect)
    if change.quotient is not None and effect.day is not None:
        await families.set_quotient(session, family_id, cents=change.quotient, effective_from=effect.day)


async def _seed_parent(session: AsyncSession, parent: DemoParent, password_hash: str) -> None:
    guardian = await find_guardian(session, parent.memberships[0].guardian_id)
    if guardian is None:
        raise RuntimeError("the demonstration's families come before its accounts")
    now = await database_now(session)
    await add_account(
        session,
        {
            "account_id": parent.account_id,
            "account_name": f"{guardian.first_name} {guardian.last_name}",
            "email": parent.email,
            "email_confirmed_at": now,
            "password_hash": password_hash,
            "purpose": "personal",
            "civility": guardian.civility,
            "first_name": guardian.first_name,
            "last_name": guardian.last_name,
            "notify_by": "email",
            "phone": guardian.phone,
            "second_phone": "",
            "second_email": "",
        },
    )
