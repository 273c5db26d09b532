"""Whether an address is known shows in nothing: the same answer, and the same statements to find it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from preau.common.context import correlation_id
from preau.common.ids import new_id
from preau.identity.credentials import bulkheads

Statements = defaultdict[str, list[str]]


@pytest.fixture
def statements() -> Iterator[Statements]:
    """The statements of each request, by its correlation id."""
    heard: Statements = defaultdict(list)

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard[correlation_id.get()].append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


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
