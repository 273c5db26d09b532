"""Guessing: counted by account and by the real network, so that it ends and keeps nobody else out."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, text

from preau.identity.demo import DEMO_PASSWORD
from preau.identity.throttles.guards import SIGN_IN, Try
from preau.identity.throttles.keys import account_key
from preau.identity.throttles.tables import KnownNetwork, Throttle, TryBudget

WRONG = "pas-le-bon-mot-de-passe"
ATTACKER, VICTIM = "203.0.113.9", "198.51.100.7"
MINH = "minh.nguyen@jolieville.example"


@pytest.fixture(autouse=True)
async def nothing_tried_yet(identity) -> None:
    async with identity.database.system_transaction() as session:
        for table in (Throttle, TryBudget, KnownNetwork):
            await session.execute(delete(table))


async def sign_in(identity, address: str, email: str = MINH, password: str = WRONG, **more: str):
    body = {"email": email, "password": password, "subject": "parent", **more}
    return await identity.client.post("/public/sessions", json=body, headers=identity.at(address))


async def budgets(identity) -> dict[str, timedelta]:
    """How far ahead each budget is spent."""
    async with identity.database.system_transaction() as session:
        rows = await session.execute(
            text("SELECT key, spent_until - clock_timestamp() AS ahead FROM try_budget")
        )
        return {row.key: row.ahead for row in rows}


async def exhaust(identity, key: str, until: timedelta) -> None:
    async with identity.database.system_transaction() as session:
        await session.execute(
            text(
                "INSERT INTO try_budget (key, spent_until) VALUES (:key, clock_timestamp() + :ahead)"
                " ON CONFLICT (key) DO UPDATE SET spent_until = excluded.spent_until"
            ),
            {"key": key, "ahead": until},
        )


@pytest.mark.parametrize("subject", ["parent", "agent"])
async def test_nothing_that_a_client_chooses_makes_a_try_a_first_one(identity, subject):
    emails = ("admin@jolieville.example", "ADMIN@jolieville.example", " Admin@Jolieville.EXAMPLE ")
    answers = [
        await sign_in(identity, ATTACKER, emails[n % 3], subject=subject, commune_slug=f"commune-{n}")
        for n in range(7)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2


async def test_failures_from_one_place_keep_nobody_out_elsewhere(identity):
    failed = [(await sign_in(identity, ATTACKER)).status_code for _ in range(6)]
    assert failed == [401] * 5 + [429]
    assert (await sign_in(identity, VICTIM, password=DEMO_PASSWORD)).status_code == 201
    assert (await sign_in(identity, ATTACKER, password=DEMO_PASSWORD)).status_code == 429
    assert (await sign_in(identity, ATTACKER, "parent@jolieville.example")).status_code == 401


async def test_an_ipv6_client_is_its_whole_network(identity):
    failed = [(await sign_in(identity, f"2001:db8::{n}")).status_code for n in range(1, 7)]
    assert failed == [401] * 5 + [429]
    assert (await sign_in(identity, "2001:db8:0:1::1")).status_code == 401


async def test_an_address_that_the_gateway_did_not_sign_is_not_believed(identity):
    body = {"email": MINH, "password": WRONG, "subject": "parent"}
    for n in range(6):
        forged = {"X-Preau-Client-Address": f"203.0.113.{n}", "X-Preau-Client-Signature": "0" * 64}
        forwarded = {"X-Forwarded-For": f"203.0.113.{n}"}
        answer = await identity.client.post("/public/sessions", json=body, headers=forged | forwarded)
    assert answer.status_code == 429


async def test_an_account_tried_from_everywhere_is_delayed_but_not_where_it_is_known(identity):
    assert (await sign_in(identity, VICTIM, password=DEMO_PASSWORD)).status_code == 201
    tried = Try(SIGN_IN, account_key("parent", MINH), "", known=False)
    await exhaust(identity, tried.account_key, SIGN_IN.account.each * SIGN_IN.account.burst)
    refused = await sign_in(identity, ATTACKER, password=DEMO_PASSWORD)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= SIGN_IN.account.each.total_seconds()
    assert (await sign_in(identity, VICTIM, password=DEMO_PASSWORD)).status_code == 201
    assert (await sign_in(identity, ATTACKER, "parent@jolieville.example")).status_code == 401


async def test_a_network_that_tries_everybody_is_delayed_but_not_who_is_known_there(identity):
    assert (await sign_in(identity, ATTACKER, password=DEMO_PASSWORD)).status_code == 201
    tried = Try(SIGN_IN, "", ATTACKER, known=False)
    await exhaust(identity, tried.network_key, SIGN_IN.network.each * SIGN_IN.network.burst)
    assert (await sign_in(identity, ATTACKER, "parent@jolieville.example")).status_code == 429
    assert (await sign_in(identity, VICTIM, "parent@jolieville.example")).status_code == 401
    assert (await sign_in(identity, ATTACKER, password=DEMO_PASSWORD)).status_code == 201


async def test_ones_own_success_gives_a_network_nothing_back_of_what_it_failed(identity):
    for n in range(8):
        await sign_in(identity, ATTACKER, f"victim-{n}@jolieville.example")
    key = Try(SIGN_IN, "", ATTACKER, known=False).network_key
    before = (await budgets(identity))[key]
    assert (await sign_in(identity, ATTACKER, password=DEMO_PASSWORD)).status_code == 201
    after = (await budgets(identity))[key]
    assert before - after < SIGN_IN.network.each * 4, "only time gives tries back"


async def test_a_refused_try_spends_nothing(identity):
    for _ in range(5):
        await sign_in(identity, ATTACKER)
    before = await budgets(identity)
    assert (await sign_in(identity, ATTACKER)).status_code == 429
    after = await budgets(identity)
    assert after.keys() == before.keys() and all(after[key] <= before[key] for key in before)


async def test_the_owner_asks_for_a_new_password_while_another_asks_for_it_too(identity):
    async def ask(address: str) -> int:
        body = {"email": MINH}
        path = "/public/password-resets"
        return (await identity.client.post(path, json=body, headers=identity.at(address))).status_code

    assert [await ask(ATTACKER) for _ in range(5)] == [202] * 3 + [429] * 2
    assert await ask(VICTIM) == 202


async def test_the_current_password_is_guessed_from_one_place_only(identity):
    signed_in = await identity.sign_in(MINH)
    token = {"Authorization": f"Bearer {signed_in['access_token']}"}

    async def change(address: str, current: str) -> int:
        body = {
            "current_password": current,
            "password": DEMO_PASSWORD,
            "password_confirmation": DEMO_PASSWORD,
        }
        headers = token | identity.at(address)
        return (
            await identity.client.post("/parent/account/password", json=body, headers=headers)
        ).status_code

    assert [await change(ATTACKER, WRONG) for _ in range(6)] == [422] * 5 + [429]
    assert await change(VICTIM, DEMO_PASSWORD) == 204
