"""What belongs to another family or commune does not exist: every operation with an id answers 404."""

from datetime import UTC, datetime

import pytest

from preau.billing import demo
from preau.common.ids import new_id
from tests.fleet import SERVICES, operations_of
from tests.security.town import MERCREDI, TILLEULS

FAMILY = "/parent/families/{family_id}"
PARENT_OPERATIONS = [
    pytest.param(service, operation, id=operation)
    for service in SERVICES
    for operation in operations_of(service)
    if FAMILY in operation
]
AGENT_OPERATIONS = [
    pytest.param(service, operation, id=operation)
    for service in SERVICES
    for operation in operations_of(service)
    if " /agent/" in operation and "{" in operation
]
MANUAL = {
    "regie_id": f"{demo.MEALS}",
    "reason": "Parce que",
    "lines": [{"label": "Carte", "day": "2026-05-04", "quantity": 1, "unit_cents": 100}],
}
BODIES = {
    f"PUT {FAMILY}/delivery": {"delivery": "paper"},
    "PUT /agent/runs/{run_id}/families/{family_id}/set-aside": {"reason": "Garde à éclaircir"},
    f"POST {FAMILY}/requests/{{request_id}}/messages": {"text": "Bonjour"},
    f"PATCH {FAMILY}/requests/{{request_id}}": {"answers": {}},
    "POST /agent/families/{family_id}/guardians": {"first_name": "Max", "last_name": "Intrus"},
    "POST /agent/families/{family_id}/children": {
        "first_name": "Max",
        "last_name": "Intrus",
        "birth_date": "2019-01-01",
    },
    "POST /agent/families/{family_id}/quotients": {"value": 1, "effective_from": "2026-01-01"},
    "POST /agent/families/{family_id}/children/{child_id}/custodies": {"kind": "none"},
    "POST /agent/families/{family_id}/children/{child_id}/custody/preview": {"kind": "none"},
    "POST /agent/bookings/{booking_id}/decision": {"decision": "refuse", "message": "Non"},
    "POST /agent/activities/{activity_id}/change-preview": {
        "change": {},
        "first": "2026-05-01",
        "last": "2026-05-02",
    },
    "PUT /agent/activities/{activity_id}/slots/{day}": {"capacity": 0},
    "POST /agent/invoices/{invoice_id}/cancellation": {"reason": "Parce que"},
    "POST /agent/invoices/{invoice_id}/write-off": {"reason": "Parce que"},
    "POST /agent/invoices/{invoice_id}/write-off/undoing": {"reason": "Parce que"},
    "POST /agent/regies/{regie_id}/years/{year}/reopening": {"reason": "Parce que"},
    "POST /agent/families/{family_id}/manual-invoices": MANUAL,
    "POST /agent/families/{family_id}/manual-invoices/preview": MANUAL,
    "PUT /agent/invoices/{invoice_id}/instalments": {
        "parts": [{"due_on": "2030-01-01", "cents": 1}, {"due_on": "2030-02-01", "cents": 1}],
        "reason": "Parce que",
    },
    "POST /agent/invoices/{invoice_id}/instalments/cancellation": {"reason": "Parce que"},
    "PUT /agent/families/{family_id}/debt-exemption": {"until": "2030-01-01", "reason": "Parce que"},
    "POST /agent/credits/{account_id}/refunds": {"amount_cents": 1, "means": "cash", "note": "Rendu"},
    "POST /agent/payments/{payment_id}/decision": {"decision": "accept", "reason": "Parce que"},
    "POST /agent/payments/{payment_id}/refunds": {"reason": "Parce que"},
    "POST /agent/requests/{request_id}/info-request": {"message": "Il manque une pièce"},
    "POST /agent/requests/{request_id}/decision": {"decision": "accepted", "message": ""},
    "POST /agent/requests/{request_id}/messages": {"text": "Bonjour"},
}
"""Bodies that are valid, so that the id alone decides; ``{}`` for the others."""
PERIODS = {
    "GET /agent/activities/{activity_id}/deadline-preview": "?from=2026-05-01&to=2026-05-02",
    "GET /agent/regies/{regie_id}/pes": f"?period={datetime.now(UTC):%Y-%m}&kind=cash&number=1",
    "GET /agent/activities/{activity_id}/slots": "?from=2026-05-01&to=2026-05-02",
    f"GET {FAMILY}/bookings": "?from=2026-05-01&to=2026-05-02",
    f"GET {FAMILY}/calendar": f"?site_id={TILLEULS}&child_id={{child_id}}&from=2026-05-01&to=2026-05-02",
    f"GET {FAMILY}/agenda": f"?site_id={TILLEULS}&child_id={{child_id}}&from=2026-05-01&to=2026-05-02",
}
OF_ONE_COMMUNE_EACH = {"GET /agent/regies/{regie_id}/provider", "PUT /agent/regies/{regie_id}/provider"}
"""Keyed by commune and régie: a stranger sees and writes a row of the own commune, tested below."""


def body_of(operation: str):
    if operation.startswith(("GET", "DELETE")):
        return None
    return BODIES.get(operation, {})


@pytest.mark.parametrize(("service", "operation"), PARENT_OPERATIONS)
async def test_a_parent_reaches_nothing_on_the_path_of_another_family(town_of, service, operation) -> None:
    town = await town_of(service)
    answer = await town.ask(operation, town.neighbour, body_of(operation))
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(
    ("service", "operation"), [case for case in PARENT_OPERATIONS if case.values[1].count("{") > 1]
)
async def test_a_parent_reaches_nothing_of_another_family_on_their_own_path(
    town_of, service, operation
) -> None:
    town = await town_of(service)
    answer = await town.ask(
        operation, town.neighbour, body_of(operation), family_id=str(town.durand.family_id)
    )
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(
    ("service", "operation"),
    [case for case in AGENT_OPERATIONS if case.values[1] not in OF_ONE_COMMUNE_EACH],
)
async def test_an_agent_reaches_nothing_of_another_commune(town_of, service, operation) -> None:
    town = await town_of(service)
    answer = await town.ask(operation + PERIODS.get(operation, ""), town.stranger, body_of(operation))
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        case
        for case in [*PARENT_OPERATIONS, *AGENT_OPERATIONS]
        if case.values[1].startswith("GET") and "receipt" not in case.values[1]
    ],
)
async def test_the_family_and_its_commune_do_see_all_of_that(town_of, service, operation) -> None:
    """The other side of the matrix: its ids are those of things that exist."""
    town = await town_of(service)
    headers = town.parent if FAMILY in operation else town.agent
    query = PERIODS.get(operation, "").replace("{child_id}", str(town.martin.child_id))
    answer = await town.ask(operation + query, headers)
    assert answer.status_code == 200, answer.text


def line(child_id: object) -> dict[str, str]:
    return {"child_id": str(child_id), "activity_id": str(MERCREDI), "date": "2026-12-02"}


PICKUP = {
    "person_name": "Jeanne Petit",
    "relation": "Grand-parent",
    "phone": "06 12 34 56 78",
    "valid_from": "2026-12-01",
}
IN_BODIES = {
    "reservations": [
        ("POST", "basket/lines", lambda town: {"lines": [{**line(town.martin.child_id), "action": "book"}]}),
        (
            "POST",
            "period",
            lambda town: {
                "site_id": str(TILLEULS),
                "child_ids": [str(town.martin.child_id)],
                "activity_ids": [str(MERCREDI)],
                "from": "2026-12-02",
                "to": "2026-12-09",
                "weekdays": [2],
                "action": "book",
            },
        ),
    ],
    "billing": [("POST", "quotes", lambda town: {"lines": [line(town.martin.child_id)]})],
    "payments": [("POST", "payments", lambda town: {"invoice_ids": [town.ids["invoice_id"]]})],
    "requests": [
        (
            "POST",
            "requests",
            lambda town: {
                "category_id": town.ids["category_id"],
                "answers": {**PICKUP, "child": str(town.martin.child_id)},
            },
        ),
        (
            "POST",
            "requests",
            lambda town: {
                "category_id": town.ids["category_id"],
                "answers": {**PICKUP, "child": str(town.durand.child_id)},
                "documents": {"identity": town.ids["document_id"]},
            },
        ),
    ],
}


@pytest.mark.parametrize(
    ("service", "case"),
    [
        pytest.param(service, case, id=f"{service.name} {case[1]} {number}")
        for service in SERVICES
        for number, case in enumerate(IN_BODIES.get(service.name, ()))
    ],
)
async def test_an_id_of_another_family_in_a_body_does_not_exist_either(town_of, service, case) -> None:
    method, path, make_body = case
    town = await town_of(service)
    answer = await town.ask(
        f"{method} {FAMILY}/{path}", town.neighbour, make_body(town), family_id=str(town.durand.family_id)
    )
    fresh = await town.ask(
        f"{method} {FAMILY}/{path}",
        town.neighbour,
        _with_fresh_ids(make_body(town)),
        family_id=str(town.durand.family_id),
    )
    assert answer.status_code in {404, 422}, answer.text
    if service.name != "payments":  # an invoice that nobody knows may be on its way: 409
        assert (fresh.status_code, fresh.json()["type"]) == (answer.status_code, answer.json()["type"]), (
            "what another family has cannot be told from what nobody has"
        )


def _with_fresh_ids(body):
    """The body with an id that nobody has in place of each of Martin's."""
    fresh = {"child_id", "child_ids", "invoice_ids", "child", "identity"}
    if isinstance(body, dict):
        return {
            key: ([str(new_id())] if isinstance(value, list) else str(new_id()))
            if key in fresh
            else _with_fresh_ids(value)
            for key, value in body.items()
        }
    return [_with_fresh_ids(item) for item in body] if isinstance(body, list) else body


async def test_the_provider_of_a_regie_is_one_communes_own(town_of) -> None:
    town = await town_of(next(service for service in SERVICES if service.name == "payments"))
    path = "/agent/regies/{regie_id}/provider"
    await town.made(f"PUT {path}", town.agent, {"provider": "sandbox", "options": {"client": "ours"}})
    await town.ask(f"PUT {path}", town.stranger, {"provider": "sandbox", "options": {"client": "666"}})
    assert (await town.made(f"GET {path}", town.agent))["options"] == {"client": "ours"}
    assert (await town.ask(f"GET {path}", town.stranger)).json()["options"] != {"client": "ours"}
