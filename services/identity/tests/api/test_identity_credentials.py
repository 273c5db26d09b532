"""Passwords, sessions, links and codes under attack."""

import asyncio
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import delete, text

from preau.common.auth.tokens import PublishedKeys, TokenVerifier
from preau.identity.credentials import passwords
from preau.identity.demo import DEMO_PASSWORD
from preau.identity.sessions.keys import rotate
from preau.identity.throttles.tables import KnownNetwork, Throttle, TryBudget

WRONG = "pas-le-bon-mot-de-passe"


def sign_in_body(email: str, password: str = WRONG, **more) -> dict[str, str]:
    return {"email": email, "password": password, "subject": "parent", **more}


async def forget_throttles(identity) -> None:
    async with identity.database.system_transaction() as session:
        for table in (Throttle, TryBudget, KnownNetwork):
            await session.execute(delete(table))


@pytest.fixture
def verified(monkeypatch) -> list[str]:
    """The parameters of each hash that a password was really compared with."""
    heard: list[str] = []
    verify = passwords.HASHER.verify

    def hear(password: str, stored: str) -> bool:
        heard.append(stored.rsplit("$", 2)[0])
        return verify(password, stored)

    monkeypatch.setattr(passwords.HASHER, "verify", hear)
    return heard


async def test_an_unknown_email_and_a_wrong_password_look_the_same_and_are_as_much_work(
    identity, fresh_email, verified
):
    """What lasts is the hash: there is one for both, of the same parameters."""
    for email in ("minh.nguyen@jolieville.example", fresh_email):
        answer = await identity.client.post("/public/sessions", json=sign_in_body(email))
        assert answer.status_code == 401
        assert answer.json() == {
            "type": "https://preau.example/problems/bad-credentials",
            "title": "Identifiants incorrects",
            "status": 401,
            "detail": "L’adresse e-mail ou le mot de passe n’est pas correct.",
            "instance": "/public/sessions",
        }
    assert verified == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


async def test_a_parents_login_opens_nothing_of_the_agents(identity):
    for email, subject in (
        ("parent@jolieville.example", "agent"),
        ("admin@jolieville.example", "parent"),
    ):
        body = sign_in_body(email, DEMO_PASSWORD) | {"subject": subject}
        assert (await identity.client.post("/public/sessions", json=body)).status_code == 401
    elsewhere = sign_in_body("admin@jolieville.example", DEMO_PASSWORD) | {
        "subject": "agent",
        "commune_slug": "beauval",
    }
    assert (await identity.client.post("/public/sessions", json=elsewhere)).status_code == 401
    here = elsewhere | {"commune_slug": "jolieville"}
    assert (await identity.client.post("/public/sessions", json=here)).status_code == 201


async def test_too_many_failures_must_wait_also_when_they_come_at_once(identity, fresh_email):
    answers = await asyncio.gather(
        *(identity.client.post("/public/sessions", json=sign_in_body(fresh_email)) for _ in range(12))
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(401) == 5 and statuses.count(429) == 7
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 5


async def test_success_forgets_the_failures(identity):
    email = "thierry.fontaine@beauval.example"
    for _ in range(3):
        for _ in range(3):
            assert (
                await identity.client.post("/public/sessions", json=sign_in_body(email))
            ).status_code == 401
        await identity.sign_in(email)


async def test_tokens_are_signed_by_published_keys_that_rotate(identity):
    before = await identity.sign_in("minh.nguyen@jolieville.example")
    verifier = TokenVerifier(PublishedKeys(f"{identity.service.url}/public/jwks"))
    parent = await verifier.parent(before["access_token"])
    assert str(parent.session_id) == before["session_id"] and len(parent.memberships) >= 1
    async with identity.database.system_transaction() as session:
        await rotate(session)
    after = await identity.sign_in("minh.nguyen@jolieville.example")
    document = (await identity.client.get("/public/jwks")).json()
    assert len(document["keys"]) >= 2 and all("d" not in key for key in document["keys"])
    assert {key["alg"] for key in document["keys"]} == {"Ed25519"}
    keys = KeySet.import_key_set(document)
    tokens = [
        jwt.decode(token, keys, algorithms=["Ed25519"])
        for token in (before["access_token"], after["access_token"])
    ]
    assert tokens[0].header["kid"] != tokens[1].header["kid"]
    assert {token.claims["aud"] for token in tokens} == {"preau-parent"}


async def test_a_refresh_token_rotates_and_its_reuse_ends_the_session(identity):
    first = await identity.sign_in("minh.nguyen@jolieville.example")
    assert first["refresh_token"]

    async def refresh(token: str):
        return await identity.client.post("/public/sessions/refresh", json={"refresh_token": token})

    async def active() -> bool:
        answer = await identity.client.get(f"/public/sessions/{first['session_id']}/status")
        return answer.json()["active"]

    second = (await refresh(first["refresh_token"])).json()
    assert second["session_id"] == first["session_id"] and second["refresh_token"] != first["refresh_token"]
    assert (await refresh(first["refresh_token"])).status_code == 201  # within the grace of 60 s
    async with identity.database.system_transaction() as session:
        await session.execute(
            text("UPDATE refresh_token SET rotated_at = rotated_at - interval '61 s' WHERE session_id = :id"),
            {"id": UUID(first["session_id"])},
        )
    assert await active()
    stolen = await refresh(first["refresh_token"])
    assert (stolen.status_code, stolen.json()["type"].rpartition("/")[2]) == (401, "session-ended")
    assert not await active()
    assert (await refresh(second["refresh_token"])).status_code == 401


async def test_two_tabs_refresh_at_once(identity):
    signed_in = await identity.sign_in("minh.nguyen@jolieville.example")
    body = {"refresh_token": signed_in["refresh_token"]}
    answers = await asyncio.gather(
        *(identity.client.post("/public/sessions/refresh", json=body) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 4


@pytest.mark.parametrize(
    ("subject", "email"),
    [("parent", "minh.nguyen@jolieville.example"), ("agent", "accueil@jolieville.example")],
)
async def test_signing_out_ends_the_session(identity, subject, email):
    signed_in = await identity.sign_in(email, subject=subject)
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
    path = f"/{subject}/sessions/current"
    assert (await identity.client.delete(path, headers=headers)).status_code == 204
    status = await identity.client.get(f"/public/sessions/{signed_in['session_id']}/status")
    assert status.json() == {"active": False}
    refresh = {"refresh_token": signed_in["refresh_token"]}
    assert (await identity.client.post("/public/sessions/refresh", json=refresh)).status_code == 401
    unknown = await identity.client.get(f"/public/sessions/{uuid4()}/status")
    assert unknown.json() == {"active": False}


async def registered(identity, account_form, email: str) -> None:
    form = account_form(email, altcha=await identity.solved_challenge())
    assert (await identity.client.post("/public/accounts", json=form)).status_code == 201


async def test_a_new_password_ends_the_other_sessions(identity, account_form, fresh_email):
    await registered(identity, account_form, fresh_email)
    other = await identity.sign_in(fresh_email, "cheval-agrafe-pile")
    own = await identity.sign_in(fresh_email, "cheval-agrafe-pile")
    headers = {"Authorization": f"Bearer {own['access_token']}"}
    body = {"password": "un-autre-mot-secret", "password_confirmation": "un-autre-mot-secret"}
    wrong = await identity.client.post(
        "/parent/account/password", json={**body, "current_password": WRONG}, headers=headers
    )
    assert wrong.json()["errors"][0]["field"] == "current_password"
    right = {**body, "current_password": "cheval-agrafe-pile"}
    assert (
        await identity.client.post("/parent/account/password", json=right, headers=headers)
    ).status_code == 204
    states = [
        (await identity.client.get(f"/public/sessions/{session['session_id']}/status")).json()["active"]
        for session in (own, other)
    ]
    assert states == [True, False]
    await identity.sign_in(fresh_email, "un-autre-mot-secret")
    mails = await identity.mails(fresh_email, 2)
    assert any("mot de passe a changé" in mail["subject"] for mail in mails)


async def test_a_lost_password_is_replaced_once_by_link(identity, account_form, fresh_email):
    await registered(identity, account_form, fresh_email)
    answers = [
        await identity.client.post("/public/password-resets", json={"email": email})
        for email in (fresh_email, "nobody@jolieville.example")
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"null")] * 2
    mail = next(m for m in await identity.mails(fresh_email, 2) if "nouveau mot de passe" in m["subject"])
    token = mail["links"][0].rpartition("/")[2]
    body = {"password": "encore-un-mot-secret", "password_confirmation": "encore-un-mot-secret"}
    weak = await identity.client.post(
        f"/public/password-resets/{token}", json={"password": "court", "password_confirmation": "court"}
    )
    assert weak.status_code == 422
    looks = [await identity.client.get(f"/public/password-resets/{token}") for _ in range(2)]
    assert [(look.status_code, look.content) for look in looks] == [(204, b"")] * 2, "a look uses nothing up"
    uses = await asyncio.gather(
        *(identity.client.post(f"/public/password-resets/{token}", json=body) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in uses) == [204] + [404] * 7
    assert (await identity.client.get(f"/public/password-resets/{token}")).status_code == 404
    await identity.sign_in(fresh_email, "encore-un-mot-secret")


async def test_an_email_is_confirmed_by_its_link(identity, account_form, fresh_email):
    await registered(identity, account_form, fresh_email)
    (mail,) = await identity.mails(fresh_email)
    token = mail["links"][0].rpartition("/")[2]
    headers = await identity.headers(fresh_email, "cheval-agrafe-pile")
    assert (await identity.client.get("/parent/account", headers=headers)).json()[
        "email_confirmed_at"
    ] is None
    assert (await identity.client.post(f"/public/email-confirmations/{token}")).status_code == 204
    assert (await identity.client.post(f"/public/email-confirmations/{token}")).status_code == 404
    assert (await identity.client.get("/parent/account", headers=headers)).json()["email_confirmed_at"]
