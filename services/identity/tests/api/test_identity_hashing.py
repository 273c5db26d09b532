"""Slow hashing: after the check, within its bulkhead. Counted in hashes begun, not in time."""

import asyncio
import threading

import pytest

from preau.identity.credentials import bulkheads
from preau.identity.credentials.bulkheads import Bulkhead, BulkheadFull

ATTACKER, ELSEWHERE = "203.0.113.9", "198.51.100.7"
BULKHEADS = {name: bulkhead for name, bulkhead in vars(bulkheads).items() if isinstance(bulkhead, Bulkhead)}


def begun() -> dict[str, int]:
    return {name: bulkhead.begun for name, bulkhead in BULKHEADS.items()}


@pytest.mark.parametrize("path", ["password-resets", "agent-password-resets", "activations"])
async def test_links_that_are_none_cost_no_hash_and_slow_no_sign_in(
    identity, account_form, fresh_email, path
):
    before = begun()
    password = {"password": "encore-un-mot-secret", "password_confirmation": "encore-un-mot-secret"}
    body = account_form(fresh_email) if path == "activations" else password

    async def try_out(n: int) -> int:
        address = identity.at(f"2001:db8:{len(path)}::{n}")
        answer = await identity.client.post(f"/public/{path}/no-link-{n}", json=body, headers=address)
        return answer.status_code

    *statuses, _ = await asyncio.gather(
        *(try_out(n) for n in range(62)), identity.sign_in("parent@jolieville.example")
    )
    assert set(statuses) == {404, 429} and statuses.count(404) >= 30
    assert {name: count - before[name] for name, count in begun().items() if count != before[name]} == {
        "SIGN_IN": 1
    }
    elsewhere = identity.at(ELSEWHERE)
    assert (
        await identity.client.post(f"/public/{path}/none", json=body, headers=elsewhere)
    ).status_code == 404


async def test_a_code_that_is_none_costs_no_hash_of_a_password(identity, account_form, fresh_email):
    form = account_form(fresh_email, code="ZZZZ-ZZZZ", altcha=await identity.solved_challenge())
    before = begun()
    assert (await identity.client.post("/public/accounts", json=form)).status_code == 422
    assert begun() == before | {"CODE": before["CODE"] + 1, "HUMAN_CHECK": before["HUMAN_CHECK"] + 1}


async def test_a_full_bulkhead_says_when_to_come_back_and_leaves_the_others_free():
    bulkhead, other = Bulkhead("full", width=2, waiting=3), Bulkhead("other", width=1, waiting=0)
    release, most, inside = threading.Event(), 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal most, inside
        with lock:
            inside += 1
            most = max(most, inside)
        release.wait(30)
        with lock:
            inside -= 1

    busy = [asyncio.create_task(bulkhead.run(work)) for _ in range(5)]
    while bulkhead.begun < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    with pytest.raises(BulkheadFull) as full:
        await bulkhead.run(work)
    assert (full.value.status, full.value.retry_after) == (503, 2)
    assert await other.run(lambda: "done") == "done"
    release.set()
    await asyncio.gather(*busy)
    assert (most, bulkhead.begun) == (2, 5)
    await bulkhead.run(work)  # room again


async def test_a_flood_of_registrations_is_told_to_come_back_while_people_sign_in(identity, account_form):
    release = threading.Event()
    held = [asyncio.create_task(bulkheads.REGISTRATION.run(release.wait, 60)) for _ in range(33)]
    try:
        await asyncio.sleep(0)
        form = account_form("trop@jolieville.example", altcha=await identity.solved_challenge())
        refused = await identity.client.post("/public/accounts", json=form)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert refused.json()["type"].endswith("/unavailable")
        await identity.sign_in("parent@jolieville.example")
    finally:
        release.set()
        await asyncio.gather(*held)
