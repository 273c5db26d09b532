"""Who may do what: one table of agents' roles, every route against every kind of visitor."""

from itertools import chain

import pytest

from preau.common.auth.subjects import ROLES
from preau.common.http.permissions import TECHNICAL_PATHS
from tests.fleet import SERVICES, Service, operations_of

ANY = frozenset(ROLES)
MAY = {
    ("admin",): [
        "PATCH /agent/commune",
        "PUT /agent/commune/lists",
        "PUT /agent/commune/logo",
        "DELETE /agent/commune/logo",
        "GET /agent/agents",
        "POST /agent/agents",
        "PATCH /agent/agents/{agent_id}",
    ],
    tuple(ROLES): [
        "GET /agent/commune",
        "GET /agent/commune/logo",
        "GET /agent/me",
        "GET /agent/colleagues",
        "GET /agent/changes",
        "DELETE /agent/sessions/current",
        "GET /agent/families",
        "GET /agent/families/{family_id}",
        "GET /agent/sites",
        "GET /agent/sites/{site_id}",
        "GET /agent/activities",
        "GET /agent/activities/{activity_id}",
        "GET /agent/activities/{activity_id}/deadline-preview",
        "GET /agent/activities/{activity_id}/slots",
        "GET /agent/closures",
        "GET /agent/regies",
        "GET /agent/regies/{regie_id}",
    ],
    ("admin", "reservations"): [
        "POST /agent/families",
        "PATCH /agent/families/{family_id}",
        "POST /agent/families/{family_id}/guardians",
        "PATCH /agent/families/{family_id}/guardians/{guardian_id}",
        "POST /agent/families/{family_id}/guardians/{guardian_id}/invitation",
        "POST /agent/families/{family_id}/children",
        "PATCH /agent/families/{family_id}/children/{child_id}",
        "POST /agent/families/{family_id}/quotients",
        "DELETE /agent/families/{family_id}/quotients/{effective_from}",
        "DELETE /agent/families/{family_id}/residencies/{effective_from}",
        "DELETE /agent/families/{family_id}/payers/{effective_from}",
        "DELETE /agent/families/{family_id}/children/{child_id}/schoolings/{effective_from}",
        "POST /agent/families/{family_id}/children/{child_id}/custodies",
        "POST /agent/families/{family_id}/children/{child_id}/custody/preview",
        "DELETE /agent/families/{family_id}/children/{child_id}/custodies/{effective_from}",
        "POST /agent/sites",
        "PATCH /agent/sites/{site_id}",
        "POST /agent/activities",
        "PATCH /agent/activities/{activity_id}",
        "POST /agent/activities/{activity_id}/change-preview",
        "PUT /agent/activities/{activity_id}/slots/{day}",
        "POST /agent/closures",
        "POST /agent/closures/preview",
        "DELETE /agent/closures/{closure_id}",
        "POST /agent/bookings",
        "POST /agent/bookings/{booking_id}/decision",
        "POST /agent/bookings/{booking_id}/cancellation",
    ],
    ("admin", "reservations", "attendance"): [
        "GET /agent/bookings",
        "GET /agent/attendance",
        "POST /agent/attendance",
    ],
    ("admin", "billing"): [
        "POST /agent/regies",
        "PATCH /agent/regies/{regie_id}",
        "GET /agent/tariffs",
        "POST /agent/tariffs",
        "POST /agent/tariffs/quote",
        "POST /agent/tariffs/simulations",
        "POST /agent/runs",
        "GET /agent/runs",
        "GET /agent/runs/{run_id}",
        "GET /agent/runs/{run_id}/invoices",
        "GET /agent/runs/{run_id}/progress",
        "GET /agent/runs/{run_id}/review",
        "POST /agent/runs/{run_id}/issue",
        "POST /agent/runs/{run_id}/pause",
        "POST /agent/runs/{run_id}/resume",
        "GET /agent/runs/{run_id}/families/{family_id}",
        "PUT /agent/runs/{run_id}/families/{family_id}/set-aside",
        "DELETE /agent/runs/{run_id}/families/{family_id}/set-aside",
        "POST /agent/runs/{run_id}/recompute",
        "POST /agent/runs/{run_id}/discard",
        "GET /agent/invoices",
        "GET /agent/invoices/{invoice_id}",
        "GET /agent/invoices/{invoice_id}/pdf",
        "POST /agent/invoices/{invoice_id}/cancellation",
        "GET /agent/prints",
        "POST /agent/prints",
        "GET /agent/prints/counts",
        "GET /agent/prints/{print_id}",
        "GET /agent/prints/{print_id}/pdf",
        "POST /agent/invoices/{invoice_id}/write-off",
        "POST /agent/invoices/{invoice_id}/write-off/undoing",
        "GET /agent/regies/{regie_id}/years",
        "POST /agent/regies/{regie_id}/years/{year}/closing",
        "POST /agent/regies/{regie_id}/years/{year}/reopening",
        "POST /agent/families/{family_id}/manual-invoices",
        "POST /agent/families/{family_id}/manual-invoices/preview",
        "GET /agent/carried-months",
        "GET /agent/reminders",
        "POST /agent/reminders/handed-over",
        "GET /agent/invoices/{invoice_id}/reminders",
        "GET /agent/invoices/{invoice_id}/instalments",
        "PUT /agent/invoices/{invoice_id}/instalments",
        "POST /agent/invoices/{invoice_id}/instalments/cancellation",
        "GET /agent/debt-rule",
        "PUT /agent/debt-rule",
        "GET /agent/families/{family_id}/debt",
        "PUT /agent/families/{family_id}/debt-exemption",
        "DELETE /agent/families/{family_id}/debt-exemption",
        "GET /agent/credits",
        "GET /agent/unpaid",
        "GET /agent/families/{family_id}/accounts",
        "GET /agent/families/{family_id}/tax-certificate",
        "GET /agent/families/{family_id}/tax-certificate/pdf",
        "GET /agent/accounts/{account_id}/statement",
        "GET /agent/regies/{regie_id}/journal",
        "GET /agent/regies/{regie_id}/pes",
        "POST /agent/credits/{account_id}/refunds",
        "POST /agent/credits/{account_id}/set-off",
        "GET /agent/payments",
        "GET /agent/payments/{payment_id}",
        "POST /agent/payments/{payment_id}/decision",
        "GET /agent/payments/{payment_id}/refunds/plan",
        "POST /agent/payments/{payment_id}/refunds",
        "GET /agent/regies/{regie_id}/provider",
        "PUT /agent/regies/{regie_id}/provider",
    ],
    ("admin", "requests"): [
        "GET /agent/categories",
        "POST /agent/categories",
        "PATCH /agent/categories/{category_id}",
        "GET /agent/documents/{document_id}",
        "GET /agent/requests",
        "GET /agent/requests/{request_id}",
        "POST /agent/requests/{request_id}/review",
        "POST /agent/requests/{request_id}/info-request",
        "POST /agent/requests/{request_id}/decision",
        "POST /agent/requests/{request_id}/messages",
    ],
}
"""The decision of record: a new operation of agents has to be placed here."""
ROLES_OF = {operation: frozenset(roles) for roles, operations in MAY.items() for operation in operations}
ALL = [(service, operation) for service in SERVICES for operation in operations_of(service)]
OF_AGENTS = [(service, operation) for service, operation in ALL if " /agent/" in operation]
OF_PARENTS = [(service, operation) for service, operation in ALL if " /parent/" in operation]
FORGED = {
    "X-Forwarded-User": "admin@jolieville.example",
    "X-Account-Id": "{account_id}",
    "X-Agent-Id": "{account_id}",
    "X-Commune-Id": "{commune_id}",
    "X-Family-Id": "{family_id}",
    "X-Roles": "admin",
    "X-Subject": "agent",
    "X-Internal": "true",
    "X-Original-Authorization": "{authorization}",
    "Proxy-Authorization": "{authorization}",
    "Cookie": "__Host-session={authorization}; access_token={authorization}",
    "X-Forwarded-For": "127.0.0.1",
    "X-Preau-Client-Address": "127.0.0.1",
    "X-Preau-Client-Signature": "0" * 64,
}


def each(cases: list[tuple[Service, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("service", "operation"), [pytest.param(*case, id=case[1]) for case in cases]
    )


def test_every_operation_of_agents_is_in_the_table_once() -> None:
    """Services that share a router have the operation in common."""
    assert sorted(chain.from_iterable(MAY.values())) == sorted({operation for _, operation in OF_AGENTS})


def test_what_is_open_to_anyone_is_known_by_name() -> None:
    audiences = (" /agent/", " /parent/")
    others = {operation for _, operation in ALL if not any(audience in operation for audience in audiences)}
    assert others == {
        "GET /public/communes",
        "GET /public/challenge",
        "POST /public/accounts",
        "POST /public/email-confirmations/{token}",
        "POST /public/password-resets",
        "GET /public/password-resets/{token}",
        "POST /public/password-resets/{token}",
        "POST /public/agent-password-resets",
        "GET /public/agent-password-resets/{token}",
        "POST /public/agent-password-resets/{token}",
        "GET /public/jwks",
        "POST /public/sessions",
        "POST /public/sessions/refresh",
        "GET /public/sessions/{session_id}/status",
        "GET /public/activations/{token}",
        "POST /public/activations/{token}",
        "GET /public/sandbox/mails",
        "POST /hooks/{provider}/{regie_id}",
        "GET /public/sandbox/bank/{transaction_ref}",
        "POST /public/sandbox/bank/{transaction_ref}",
    }
    assert len(TECHNICAL_PATHS) == 4


@each([case for case in OF_AGENTS if ROLES_OF[case[1]] != ANY])
async def test_an_agent_without_the_role_is_refused(town_of, service, operation) -> None:
    """All the other roles together do not make up for the one that is missing."""
    town = await town_of(service)
    others = sorted(ANY - ROLES_OF[operation])
    for roles in (others, ["operator"]):
        answer = await town.ask(operation, town.agent_with(*roles))
        assert answer.status_code == 403, answer.text
        assert answer.json()["type"].endswith("/forbidden")


@each([case for case in OF_AGENTS if case[1].startswith("GET")])
async def test_each_role_of_the_table_is_let_in(town_of, service, operation) -> None:
    town = await town_of(service)
    for role in sorted(ROLES_OF[operation]):
        answer = await town.ask(operation, town.agent_with(role))
        assert answer.status_code not in {401, 403}, (role, answer.text)


@each(OF_AGENTS)
async def test_a_parent_is_no_agent(town_of, service, operation) -> None:
    town = await town_of(service)
    assert (await town.ask(operation, town.parent)).status_code == 401


@each(OF_PARENTS)
async def test_an_agent_is_no_parent(town_of, service, operation) -> None:
    town = await town_of(service)
    assert (await town.ask(operation, town.agent)).status_code == 401


@each([*OF_PARENTS, *OF_AGENTS])
async def test_forged_headers_make_nobody(town_of, service, operation) -> None:
    """Around the gateway, with everything that it or a proxy could have set: still nobody."""
    town = await town_of(service)
    values = {
        "account_id": town.martin.account_id,
        "commune_id": town.martin.membership.commune_id,
        "family_id": town.martin.family_id,
        "authorization": town.parent["Authorization"],
    }
    headers = {name: value.format(**values) for name, value in FORGED.items()}
    assert (await town.ask(operation, headers)).status_code == 401
    assert (await town.ask(operation, {})).status_code == 401
