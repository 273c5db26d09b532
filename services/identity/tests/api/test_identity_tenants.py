"""Nobody reaches what belongs to another commune, another family or another role."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from preau.common.auth.subjects import Membership
from preau.identity.demo.people import BEAUVAL, JOLIEVILLE, fixed_id

MARTIN, NGUYEN, FONTAINE = fixed_id(1, 1), fixed_id(1, 2), fixed_id(1, 15)
TENANT_TABLES = (
    "agent",
    "family",
    "guardian",
    "child",
    "quotient",
    "residency_period",
    "payer_period",
    "schooling",
    "membership",
    "invitation",
    "pickup_authorisation",
    "address_change",
    "audit_log",
)


async def fill_every_table(identity) -> None:
    """A row of Jolieville in each tenant table."""
    family = await identity.family()
    async with identity.database.transaction(JOLIEVILLE) as session:
        await session.execute(
            text(
                "INSERT INTO pickup_authorisation"
                " VALUES (:id, :commune, :child, :id, 'Mamie', '', '', '2026-01-01')"
            ),
            {"id": uuid4(), "commune": JOLIEVILLE, "child": family["children"][0]["child_id"]},
        )
        await session.execute(
            text("INSERT INTO address_change VALUES (:id, :commune, :family, '', '', '', '2099-01-01')"),
            {"id": uuid4(), "commune": JOLIEVILLE, "family": family["family_id"]},
        )


async def test_row_level_security_hides_other_communes_on_the_same_connection(identity):
    await fill_every_table(identity)
    of_jolieville = {"commune": JOLIEVILLE}
    for table in TENANT_TABLES:
        count = text(f"SELECT count(*) FROM {table} WHERE commune_id = :commune")  # noqa: S608
        async with identity.database.transaction(JOLIEVILLE) as session:
            assert await session.scalar(count, of_jolieville), table
        for _ in range(3):  # the pool gives the same connections again
            async with identity.database.transaction(BEAUVAL) as session:
                assert await session.scalar(count, of_jolieville) == 0, table
            async with identity.database.account_transaction(uuid4()) as session:
                assert await session.scalar(count, of_jolieville) == 0, table


async def test_a_commune_cannot_write_into_another(identity):
    statements = (
        "UPDATE commune SET name = 'x' WHERE commune_id = :other RETURNING 1",
        "UPDATE family SET label = 'x' WHERE commune_id = :other RETURNING 1",
        "DELETE FROM guardian WHERE commune_id = :other RETURNING 1",
    )
    async with identity.database.transaction(BEAUVAL) as session:
        for statement in statements:
            changed = await session.execute(text(statement), {"other": JOLIEVILLE})
            assert changed.first() is None, statement


async def test_an_account_sees_its_families_and_no_other(identity):
    async with identity.database.account_transaction(fixed_id(8, 1)) as session:
        families = set((await session.scalars(text("SELECT family_id FROM family"))).all())
        assert families == {fixed_id(1, 1), fixed_id(1, 14)}
        assert (await session.scalars(text("SELECT 1 FROM child"))).all() == []
        renamed = await session.execute(text("UPDATE family SET label = 'x' RETURNING 1"))
        assert renamed.first() is None


async def test_another_familys_record_does_not_exist(identity):
    headers = identity.service.parent(Membership(JOLIEVILLE, MARTIN, fixed_id(2, 1)))
    own = await identity.client.get(f"/parent/families/{MARTIN}", headers=headers)
    assert own.status_code == 200
    for other in (NGUYEN, FONTAINE, uuid4()):
        answer = await identity.client.get(f"/parent/families/{other}", headers=headers)
        assert answer.status_code == 404, other


def agent_operations(family, guardian, child):
    return [
        ("GET", f"/agent/families/{family}", None),
        ("PATCH", f"/agent/families/{family}", {"label": "x"}),
        ("POST", f"/agent/families/{family}/guardians", {"first_name": "x", "last_name": "x"}),
        ("PATCH", f"/agent/families/{family}/guardians/{guardian}", {"first_name": "x"}),
        ("POST", f"/agent/families/{family}/guardians/{guardian}/invitation", None),
        (
            "POST",
            f"/agent/families/{family}/children",
            {"first_name": "x", "last_name": "x", "birth_date": "2018-01-01"},
        ),
        ("PATCH", f"/agent/families/{family}/children/{child}", {"first_name": "x"}),
        ("POST", f"/agent/families/{family}/quotients", {"value": 1, "effective_from": "2026-01-01"}),
    ]


OPERATIONS = agent_operations(FONTAINE, fixed_id(2, 15), fixed_id(4, 15))


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS, ids=lambda value: str(value)[:60])
async def test_another_communes_family_does_not_exist_for_an_agent(identity, method, path, body):
    here = identity.service.agent(JOLIEVILLE, "admin")
    answer = await identity.client.request(method, path, json=body, headers=here)
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS, ids=lambda value: str(value)[:60])
async def test_parents_strangers_and_wrong_roles_are_kept_out(identity, method, path, body):
    parent = identity.service.parent(Membership(BEAUVAL, FONTAINE, fixed_id(2, 15)))
    for headers in ({}, parent, {"Authorization": "Bearer x"}, {"X-Agent-Id": "1", "X-Roles": "admin"}):
        answer = await identity.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == 401, headers
    if method != "GET":
        for role in ("attendance", "billing", "requests"):
            answer = await identity.client.request(
                method, path, json=body, headers=identity.service.agent(BEAUVAL, role)
            )
            assert answer.status_code == 403, role


async def test_a_guardian_of_another_family_of_the_commune_is_not_touched(identity):
    headers = identity.service.agent(JOLIEVILLE, "reservations")
    wrong = agent_operations(NGUYEN, fixed_id(2, 1), fixed_id(4, 1))
    for method, path, body in wrong:
        if "/guardians/" in path or "/children/" in path:
            answer = await identity.client.request(method, path, json=body, headers=headers)
            assert answer.status_code == 404, path


async def test_only_administrators_change_the_commune_and_its_agents(identity):
    accueil = await identity.agent()
    assert (await identity.client.get("/agent/commune", headers=accueil)).status_code == 200
    for method, path, body in (
        ("PATCH", "/agent/commune", {"name": "x"}),
        ("GET", "/agent/agents", None),
        ("PATCH", f"/agent/agents/{fixed_id(7, 2)}", {"roles": ["admin"]}),
    ):
        answer = await identity.client.request(method, path, json=body, headers=accueil)
        assert answer.status_code == 403, path


async def test_changed_rights_end_the_agents_sessions(identity):
    admin = await identity.agent("admin@jolieville.example")
    animator = await identity.sign_in("animation@jolieville.example", subject="agent")
    path = f"/agent/agents/{fixed_id(7, 3)}"
    changed = await identity.client.patch(path, json={"roles": ["attendance", "requests"]}, headers=admin)
    assert changed.json()["roles"] == ["attendance", "requests"]
    status = await identity.client.get(f"/public/sessions/{animator['session_id']}/status")
    assert status.json() == {"active": False}
    own = f"/agent/agents/{fixed_id(7, 1)}"
    locked_out = await identity.client.patch(own, json={"status": "closed"}, headers=admin)
    assert locked_out.status_code == 409
    closed = await identity.client.patch(path, json={"status": "closed"}, headers=admin)
    assert closed.status_code == 200
    body = {"email": "animation@jolieville.example", "password": "demo-Preau-2026", "subject": "agent"}
    assert (await identity.client.post("/public/sessions", json=body)).status_code == 401
