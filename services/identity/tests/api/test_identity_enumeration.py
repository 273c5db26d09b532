"""Whether an address is known shows in nothing: the same answer, and the same statements to find it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from preau.common.context import correlation_id
from preau.common.ids import new_id
from preau.identity.accounts import links
from preau.identity.accounts.links import LinkPurpose
from preau.identity.credentials import bulkheads
from preau.identity.demo.people import PARENTS

Statements = defaultdict[str, list[str]]


@pytest.fixture
def statements() -> Iterator[Statements]:
    """The statements of each request, by its correlation id: the driver hears those of every kind."""
    heard: Statements = defaultdict(list)

    def hear(record: Any) -> None:
        heard[correlation_id.get()].append(" ".join(record.query.split()))

    def listen(connection: Any, *_: Any) -> None:
        connection.driver_connection.add_query_logger(hear)

    def leave(connection: Any, *_: Any) -> None:
        connection.driver_connection.remove_query_logger(hear)

    event.listen(Pool, "checkout", listen)
    event.listen(Pool, "checkin", leave)
    yield heard
    event.remove(Pool, "checkout", listen)
    event.remove(Pool, "checkin", leave)


@pytest.mark.parametrize(
    ("path", "known", "body"),
    [
        ("password-resets", "parent@jolieville.example", {}),
        ("agent-password-resets", "admin@jolieville.example", {}),
        ("agent-password-resets", "admin@jolieville.example", {"commune_slug": "jolieville"}),
        ("accounts", "parent@jolieville.example", {}),
        ("sessions", "parent@jolieville.example", {"password": "x", "subject": "parent"}),
        ("sessions", "admin@jolieville.example", {"password": "x", "subject": "agent"}),
    ],
)
async def test_a_known_and_an_unknown_address_are_the_same_work(
    identity, account_form, fresh_email, statements, path, known, body
):
    seen = []
    for email in (known, fresh_email):
        form = account_form(email, altcha=await identity.solved_challenge()) if path == "accounts" else body
        correlation = new_id().hex
        before = {
            name: bulkhead.begun
            for name, bulkhead in vars(bulkheads).items()
            if isinstance(bulkhead, bulkheads.Bulkhead)
        }
        answer = await identity.client.post(
            f"/public/{path}",
            json={**form, "email": email},
            headers=identity.at("203.0.113.9") | {"X-Correlation-Id": correlation},
        )
        hashes = {name: getattr(bulkheads, name).begun - count for name, count in before.items()}
        shape = sorted(answer.json()) if answer.json() else answer.json()
        seen.append((answer.status_code, shape, statements[correlation], hashes))
    assert seen[0] == seen[1]
    assert len(seen[0][2]) > 3, "the statements were heard"


async def test_a_link_that_no_longer_works_looks_like_one_that_never_was(identity, statements):
    """Used, expired, of another purpose or unknown: one answer, by the same statements."""
    (account,) = [person for person in PARENTS if person.email == "parent@jolieville.example"]
    async with identity.database.system_transaction() as session:
        used = await links.new_link(session, account.account_id, links.RESET_PASSWORD)
        await links.use(session, used, links.RESET_PASSWORD)
        expired = await links.new_link(
            session, account.account_id, LinkPurpose("reset_password", timedelta(hours=-1))
        )
        other = await links.new_link(session, account.account_id, links.CONFIRM_EMAIL)
    seen = []
    for token in (used, expired, other, "none"):
        correlation = new_id().hex
        answer = await identity.client.get(
            f"/public/password-resets/{token}",
            headers=identity.at("203.0.113.77") | {"X-Correlation-Id": correlation},
        )
        problem = {name: value for name, value in answer.json().items() if name != "instance"}
        seen.append((answer.status_code, problem, statements[correlation]))
    assert seen[0][0] == 404
    assert all(one == seen[0] for one in seen)
    assert len(seen[0][2]) >= 3, "the statements were heard"


@pytest.mark.parametrize("path", ["password-resets", "agent-password-resets"])
async def test_links_are_not_looked_at_without_end(identity, path):
    address = identity.at(f"2001:db8:77:{len(path)}::1")
    looks = [
        (await identity.client.get(f"/public/{path}/none-{n}", headers=address)).status_code
        for n in range(31)
    ]
    assert looks == [404] * 30 + [429]
