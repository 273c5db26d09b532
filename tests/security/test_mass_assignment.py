"""A client sets what the form says and nothing else: a status, a price or an owner in the body is refused."""

import pytest

from tests.fleet import SERVICES, Service

FORBIDDEN = {
    "status": "paid",
    "state": "confirmed",
    "price_cents": 0,
    "amount_cents": 1,
    "total_cents": 1,
    "paid_cents": 9_999,
    "family_id": "01900000-0000-7000-8000-000000000101",
    "commune_id": "01900000-0000-7000-8000-000000000002",
    "account_id": "01900000-0000-7000-8000-000000000101",
    "guardian_id": "01900000-0000-7000-8000-000000000101",
    "agent_id": "01900000-0000-7000-8000-000000000101",
    "roles": ["admin"],
    "version": 99,
    "created_at": "2020-01-01T00:00:00Z",
    "is_admin": True,
    "__proto__": {"status": "paid"},
}
DECLARED = {
    "POST /agent/agents": {"roles"},
    "PATCH /agent/agents/{agent_id}": {"roles", "status"},
    "POST /agent/bookings": {"family_id"},
    "PATCH /agent/activities/{activity_id}": {"status"},
    "POST /agent/families/{family_id}/children/{child_id}/custodies": {"family_id"},
    "POST /agent/families/{family_id}/children/{child_id}/custody/preview": {"family_id"},
    "PATCH /agent/families/{family_id}": {"status"},
    "PATCH /agent/sites/{site_id}": {"status"},
    "POST /agent/credits/{account_id}/refunds": {"amount_cents"},
    "POST /agent/payments/{payment_id}/refunds": {"amount_cents"},
}
"""What forms do ask for among these: agents set them, no parent does."""


def bodies() -> list:
    """Each operation that takes JSON, with the names that its form declares."""
    found = []
    for service in SERVICES:
        document = service.app().openapi()
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                content = operation.get("requestBody", {}).get("content", {}).get("application/json")
                if content:
                    name = content["schema"]["$ref"].rpartition("/")[2]
                    declared = document["components"]["schemas"][name]["properties"].keys()
                    text = f"{method.upper()} {path}"
                    found.append(pytest.param(service, text, frozenset(declared), id=text))
    return found


BODIES = bodies()


def test_only_agents_forms_ask_for_such_things() -> None:
    asked = {case.values[1]: set(case.values[2] & FORBIDDEN.keys()) for case in BODIES}
    assert {operation: names for operation, names in asked.items() if names} == DECLARED


@pytest.mark.parametrize(("service", "operation", "declared"), BODIES)
async def test_a_field_that_the_form_does_not_have_is_refused(
    town_of, service: Service, operation: str, declared: frozenset[str]
) -> None:
    town = await town_of(service)
    headers = town.agent if " /agent/" in operation else town.parent
    extra = {name: value for name, value in FORBIDDEN.items() if name not in declared}
    answer = await town.ask(operation, headers, extra)
    assert answer.status_code == 422, answer.text
    refused = {
        error["field"]
        for error in answer.json()["errors"]
        if error["message"] == "Ce champ n’est pas attendu."
    }
    assert refused == extra.keys()
