"""A lost password, from the page where it is missed to the one where it is known again."""

import asyncio
from uuid import uuid4

import pytest

PASSWORD = "demo-Preau-2026"
NEW = "encore-un-mot-secret"


@pytest.fixture
async def agent(browser) -> str:
    """The e-mail of an agent of one's own, whom the administrator adds."""
    email = f"agent-{uuid4().hex}@jolieville.example"
    sign_in = {"email": "admin@jolieville.example", "password": PASSWORD, "subject": "agent"}
    signed_in = await browser.client.post("/api/public/identity/sessions", json=sign_in)
    added = await browser.client.post(
        "/api/agent/identity/agents",
        json={"email": email, "name": "Zoé Essai", "roles": ["billing"], "password": PASSWORD},
        headers={"Authorization": f"Bearer {signed_in.json()['access_token']}"},
    )
    assert added.status_code == 201, added.text
    return email


async def mailed_path(browser, email: str) -> str:
    """The path of the link that was mailed there last."""
    for _ in range(300):
        answer = await browser.client.get("/api/public/identity/sandbox/mails", params={"to": email})
        for mail in answer.json()["items"]:
            if "nouveau mot de passe" in mail["subject"]:
                return "/" + mail["links"][0].split("/", 3)[3]
        await asyncio.sleep(0.1)
    raise AssertionError(f"no link for {email}")


async def test_an_agent_recovers_a_lost_password(browser, agent):
    await browser.open("/agent/connexion")
    asked = await browser.open(browser.find(r'href="(/agent/mot-de-passe-oublie)"'))
    assert "Beauval-sur-Orge" in asked.text, "the communes are offered"
    assert (await browser.send("/agent/mot-de-passe-oublie", email="")).status_code == 422
    sent = await browser.send("/agent/mot-de-passe-oublie", email=agent, commune_slug="")
    known = browser.text.replace(agent, "…")
    assert sent.status_code == 200
    await browser.send("/agent/mot-de-passe-oublie", email="nobody@jolieville.example")
    assert browser.text.replace("nobody@jolieville.example", "…") == known

    path = await mailed_path(browser, agent)
    assert path.startswith("/agent/mot-de-passe/")
    await browser.open(path)
    for first, second in (("court", "court"), (NEW, NEW + "x"), ("", "")):
        refused = await browser.send(path, password=first, password_confirmation=second)
        assert refused.status_code == 422 and NEW not in refused.text
    changed = await browser.send(path, password=NEW, password_confirmation=NEW)
    assert changed.url.path == "/agent/connexion" and "mot de passe est changé" in browser.text
    again = await browser.send(path, password=NEW, password_confirmation=NEW)
    assert again.status_code == 404 and "Ce lien ne sert plus" in browser.text
    opened = await browser.open(path)
    assert opened.status_code == 404 and "Ce lien ne sert plus" in browser.text
    assert (await browser.sign_in(agent, NEW)).page.url.path == "/agent"


@pytest.mark.parametrize("prefix", ["", "/agent"])
@pytest.mark.parametrize("token", ["none", "a%2Fb", "..%2f..%2fagent", "x%3Fy=1", "%00", "é", "x" * 3000])
async def test_a_link_that_is_none_is_told_so(browser, prefix, token):
    path = f"{prefix}/mot-de-passe/{token}"
    opened = await browser.open(path)
    assert opened.status_code == 404, opened.status_code
    assert 'type="password"' not in browser.text, "nothing is typed in vain"
    await browser.open(f"{prefix}/mot-de-passe-oublie")
    page = await browser.send(path, password=NEW, password_confirmation=NEW)
    assert page.status_code == 404, page.status_code
