"""An agent's lost password: links over real SMTP, one a commune, single use, in the audit log."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from preau.identity.app import create_app
from preau.identity.demo import DEMO_PASSWORD, seed
from preau.identity.demo.people import BEAUVAL, JOLIEVILLE
from preau.identity.settings import IdentitySettings
from preau.testing.services import ServiceUnderTest, running_service

BOTH = "sophie.lemaire@mairies.example"
NEW = "encore-un-mot-secret"
OWN = "un-mot-de-passe-remis"


class Office:
    """Two communes with an agent of the same e-mail each, and a mail relay that both reach."""

    def __init__(self, service: ServiceUnderTest, relay: Any) -> None:
        self.service = service
        self.client = service.client
        self.relay = relay

    async def hire(self, commune_id: Any, email: str = BOTH) -> str:
        body = {"email": email, "name": "Sophie Lemaire", "roles": ["billing"], "password": OWN}
        added = await self.client.post("/agent/agents", json=body, headers=self.service.agent(commune_id))
        assert added.status_code == 201, added.text
        return added.json()["agent_id"]

    async def sign_in(self, slug: str, password: str, email: str = BOTH) -> Any:
        body = {"email": email, "password": password, "subject": "agent", "commune_slug": slug}
        return await self.client.post("/public/sessions", json=body)

    async def ask(self, email: str = BOTH, **more: str) -> tuple[int, bytes]:
        answer = await self.client.post("/public/agent-password-resets", json={"email": email, **more})
        return answer.status_code, answer.content

    async def links(self, at_least: int) -> dict[str, str]:
        """The token mailed for each commune, by its sender's name; waits until every request is seen to."""
        for _ in range(300):
            if len(self.relay.taken) >= at_least and not await self.waiting():
                break
            await asyncio.sleep(0.1)
        return {
            mail["From"].addresses[0].display_name: re.search(
                r"http://front/agent/mot-de-passe/(\S+)", mail.get_body(("plain",)).get_content()
            ).group(1)
            for mail in self.relay.taken
            if "espace des agents" in mail["Subject"]
        }

    async def waiting(self) -> int:
        return await self.count(
            "SELECT (SELECT count(*) FROM mail_request)"
            " + (SELECT count(*) FROM notification WHERE status = 'pending')"
        )

    async def count(self, query: str, **values: Any) -> int:
        async with self.service.database.system_transaction() as session:
            return (await session.execute(text(query), values)).scalar_one()

    async def reset(self, token: str, password: str = NEW, confirmation: str | None = None) -> Any:
        body = {"password": password, "password_confirmation": confirmation or password}
        return await self.client.post(f"/public/agent-password-resets/{token}", json=body)

    async def look(self, token: str) -> int:
        return (await self.client.get(f"/public/agent-password-resets/{token}")).status_code

    async def audited(self, agent_id: str) -> list[tuple[str, str]]:
        async with self.service.database.system_transaction() as session:
            rows = await session.execute(
                text(
                    "SELECT action, commune_id FROM audit_log WHERE entity_id = CAST(:id AS uuid)"
                    " AND agent_id = entity_id ORDER BY recorded_at"
                ),
                {"id": agent_id},
            )
            return [(row.action, str(row.commune_id)) for row in rows]


@pytest.fixture
async def office(relay) -> AsyncIterator[Office]:
    async with running_service(
        "identity", create_app, IdentitySettings, public_url="http://front", smtp_url=relay.url
    ) as service:
        await seed(service.database)
        yield Office(service, relay)


async def test_an_agent_of_two_communes_gets_a_link_for_each_and_uses_one(office):
    here, there = await office.hire(JOLIEVILLE), await office.hire(BEAUVAL)
    signed_in = [(await office.sign_in(slug, OWN)).json() for slug in ("jolieville", "beauval")]
    assert (
        await office.ask(f" {BOTH.upper()} ") == await office.ask("nobody@mairies.example") == (202, b"null")
    )
    links = await office.links(2)
    assert links.keys() == {"Jolieville", "Beauval-sur-Orge"}
    assert {mail["To"] for mail in office.relay.taken} == {BOTH}

    weak = await office.reset(links["Jolieville"], "court")
    differs = await office.reset(links["Jolieville"], NEW, NEW + "x")
    assert [answer.json()["errors"][0]["field"] for answer in (weak, differs)] == [
        "password",
        "password_confirmation",
    ]
    uses = await asyncio.gather(*(office.reset(links["Jolieville"]) for _ in range(8)))
    assert sorted(answer.status_code for answer in uses) == [204] + [404] * 7
    assert [await office.look(links[name]) for name in ("Jolieville", "Beauval-sur-Orge")] == [404, 204]

    assert (await office.sign_in("jolieville", NEW)).status_code == 201
    assert (await office.sign_in("jolieville", OWN)).status_code == 401
    assert (await office.sign_in("beauval", OWN)).status_code == 201, "another commune's agent"
    states = [
        (await office.client.get(f"/public/sessions/{session['session_id']}/status")).json()["active"]
        for session in signed_in
    ]
    assert states == [False, True]
    mailed = ("agent.password_link_mailed", str(JOLIEVILLE))
    assert await office.audited(here) == [mailed, ("agent.password_reset", str(JOLIEVILLE))]
    assert await office.audited(there) == [("agent.password_link_mailed", str(BEAUVAL))]
    await office.links(3)
    changed = [mail for mail in office.relay.taken if mail["Subject"] == "Votre mot de passe a changé"]
    assert [mail["From"].addresses[0].display_name for mail in changed] == ["Jolieville"]
    secrets = "SELECT count(*) FROM notification WHERE holds_secret AND (text || html) <> ''"
    assert await office.count(secrets) == 0


async def test_a_link_ends_with_its_hour_its_successor_and_its_agent(office):
    agent_id = await office.hire(JOLIEVILLE)
    await office.ask(commune_slug="jolieville")
    first = (await office.links(1))["Jolieville"]
    await office.ask(commune_slug="jolieville")
    second = (await office.links(2))["Jolieville"]
    assert first != second
    assert await office.look(first) == 404
    assert [await office.look(second) for _ in range(2)] == [204, 204], "a look uses nothing up"
    assert (await office.reset(first)).status_code == 404

    expire = "WITH e AS (UPDATE agent_link SET expires_at = now() {} RETURNING 1) SELECT count(*) FROM e"
    await office.count(expire.format(""))
    assert await office.look(second) == 404
    assert (await office.reset(second)).status_code == 404
    await office.count(expire.format("+ interval '1 hour'"))

    patch = {"status": "closed"}
    await office.client.patch(
        f"/agent/agents/{agent_id}", json=patch, headers=office.service.agent(JOLIEVILLE)
    )
    assert await office.look(second) == 404
    assert (await office.reset(second)).status_code == 404
    before = len(office.relay.taken)
    await office.ask()
    await office.links(before)
    assert len(office.relay.taken) == before, "a closed access gets no link"


async def test_only_the_commune_that_was_named_is_written_for(office):
    await office.hire(JOLIEVILLE)
    await office.hire(BEAUVAL)
    assert await office.ask(commune_slug="beauval") == await office.ask(commune_slug="nowhere")
    assert (await office.links(1)).keys() == {"Beauval-sur-Orge"}


async def test_a_link_of_a_parent_opens_nothing_here(office):
    email = "parent@jolieville.example"
    await office.client.post("/public/password-resets", json={"email": email})
    await office.links(1)
    (mail,) = office.relay.taken
    token = re.search(r"/mot-de-passe/(\S+)", mail.get_body(("plain",)).get_content()).group(1)
    assert await office.look(token) == 404
    assert (await office.reset(token)).status_code == 404
    body = {"email": email, "password": DEMO_PASSWORD, "subject": "parent"}
    assert (await office.client.post("/public/sessions", json=body)).status_code == 201
