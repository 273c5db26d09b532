"""Jolieville with two families over each service, and real things of the first one."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
from sqlalchemy import text

from preau.billing.prints.rendering import work
from preau.common.ids import new_id
from preau.contracts.billing import InvoiceFacts, InvoiceIssuedV1, TariffUpdatedV1
from preau.contracts.payments import Allocation, PaymentSettledV1
from preau.contracts.reservations import ActivityUpdatedV1, BookingFacts, OrderPlacedV1
from preau.testing.services import ServiceUnderTest, running_service
from preau.testing.town import Household, commune_event
from tests.fleet import Service


def demonstration(kind: str) -> UUID:
    return UUID(f"01900000-0000-7000-8000-0000000000{kind}")


JOLIEVILLE, BEAUVAL = demonstration("01"), demonstration("02")
LEISURE_REGIE = demonstration("a2")
TILLEULS, MERCREDI = demonstration("b3"), demonstration("c4")


@dataclass
class Town:
    """A running service, what is Martin's in it by parameter name, and the headers of everyone."""

    name: str
    service: ServiceUnderTest
    martin: Household = field(default_factory=lambda: Household(JOLIEVILLE, "Martin"))
    durand: Household = field(default_factory=lambda: Household(JOLIEVILLE, "Durand"))
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parent, self.neighbour = (
            self._headers(self.service.parent(family.membership, account_id=family.account_id))
            for family in (self.martin, self.durand)
        )
        self.agent = self._headers(self.service.agent(JOLIEVILLE))
        self.stranger = self._headers(self.service.agent(BEAUVAL))

    @staticmethod
    def _headers(headers: dict[str, str]) -> dict[str, str]:
        return {**headers, "Idempotency-Key": str(new_id())}

    def agent_with(self, *roles: str) -> dict[str, str]:
        return self._headers(self.service.agent(JOLIEVILLE, *roles))

    def path(self, template: str, **other: str) -> str:
        """The path with Martin's ids; what Martin does not have is some fresh id."""
        for name, value in ({"family_id": str(self.martin.family_id)} | self.ids | other).items():
            template = template.replace(f"{{{name}}}", value)
        while "{" in template:
            before, _, rest = template.partition("{")
            template = f"{before}{new_id()}{rest.partition('}')[2]}"
        return template

    async def ask(self, operation: str, headers: dict[str, str], body: Any = None, **other: str) -> Any:
        """``ask("GET /parent/families/{family_id}/basket", headers)``."""
        method, _, template = operation.partition(" ")
        headers = {**headers, "Idempotency-Key": str(new_id())}
        return await self.service.client.request(
            method, self.path(template, **other), headers=headers, json=body
        )

    async def made(self, operation: str, headers: dict[str, str], body: Any = None) -> Any:
        answer = await self.ask(operation, headers, body)
        assert answer.status_code in {200, 201, 202}, answer.text
        return answer.json()


FAMILY = "/parent/families/{family_id}"


async def _identity(town: Town) -> None:
    for family in (town.martin, town.durand):
        record = await town.made(
            "POST /agent/families",
            town.agent,
            {
                "label": family.label,
                "guardians": [{"civility": "mme", "first_name": "Léa", "last_name": family.label}],
                "children": [{"first_name": "Zoé", "last_name": family.label, "birth_date": "2018-03-01"}],
            },
        )
        family.family_id = UUID(record["family_id"])
        family.guardian_id = UUID(record["guardians"][0]["guardian_id"])
        family.children = [UUID(record["children"][0]["child_id"])]
    agents = await town.made("GET /agent/agents", town.agent)
    town.ids = {
        "guardian_id": str(town.martin.guardian_id),
        "child_id": str(town.martin.child_id),
        "agent_id": agents["items"][0]["agent_id"],
        "effective_from": "2026-09-01",
    }
    september = {"effective_from": town.ids["effective_from"]}
    record = "/agent/families/{family_id}"
    await town.made(f"PATCH {record}", town.agent, {"residency": "non_resident", **september})
    await town.made(f"PATCH {record}/children/{{child_id}}", town.agent, {"class_name": "CM1", **september})
    await town.made(f"POST {record}/quotients", town.agent, {"value": "612.50", **september})
    custody = {"kind": "weeks", "family_id": str(town.durand.family_id), **september}
    await town.made(f"POST {record}/children/{{child_id}}/custodies", town.agent, custody)
    town.__post_init__()


async def _reservations(town: Town) -> None:
    stated = TariffUpdatedV1(commune_id=JOLIEVILLE, aggregate_id=MERCREDI, first_day=date(2025, 9, 1))
    await town.service.deliver(stated)
    first = datetime.now(UTC).date() + timedelta(days=8)
    calendar = await town.made(
        f"GET {FAMILY}/calendar?site_id={TILLEULS}&child_id={town.martin.child_id}"
        f"&from={first}&to={first + timedelta(days=40)}",
        town.parent,
    )
    days = [day["date"] for day in calendar["activities"][0]["days"] if day["can_book"]][:2]
    lines = [
        {"child_id": str(town.martin.child_id), "activity_id": str(MERCREDI), "date": day, "action": "book"}
        for day in days
    ]
    await town.made(f"POST {FAMILY}/basket/lines", town.parent, {"lines": lines[:1]})
    order = await town.made(f"POST {FAMILY}/orders", town.parent, {})
    basket = (await town.made(f"POST {FAMILY}/basket/lines", town.parent, {"lines": lines[1:]}))["basket"]
    closure = await town.made(
        "POST /agent/closures", town.agent, {"from": "2026-05-15", "to": "2026-05-15", "label": "Pont"}
    )
    town.ids = {
        "order_id": order["order_id"],
        "booking_id": order["bookings"][0]["booking_id"],
        "line_id": basket["lines"][0]["line_id"],
        "closure_id": closure["closure_id"],
        "site_id": str(TILLEULS),
        "activity_id": str(MERCREDI),
        "day": days[0],
    }


async def _billing(town: Town) -> None:
    await town.service.deliver(
        ActivityUpdatedV1(
            commune_id=JOLIEVILLE,
            aggregate_id=MERCREDI,
            site_id=TILLEULS,
            site_label="Les Tilleuls",
            label="Mercredi journée",
            regie_id=LEISURE_REGIE,
            payment_mode="prepaid",
        )
    )
    now = datetime.now(UTC)
    booking = BookingFacts(
        booking_id=new_id(),
        booking_version=1,
        family_id=town.martin.family_id,
        child_id=town.martin.child_id,
        activity_id=MERCREDI,
        service_date=now.date() + timedelta(days=20),
        status="awaiting_payment",
        payment_mode="prepaid",
    )
    await town.service.deliver(
        OrderPlacedV1(
            commune_id=JOLIEVILLE,
            aggregate_id=new_id(),
            family_id=town.martin.family_id,
            placed_at=now,
            status="awaiting_payment",
            held_until=now + timedelta(minutes=15),
            bookings=(booking,),
        )
    )
    [invoice] = (await town.made(f"GET {FAMILY}/invoices?status=all", town.parent))["items"]
    payment_id = new_id()
    for paid_by in (payment_id, new_id()):  # the second is one too many: a credit, and a task for an agent
        await town.service.deliver(
            PaymentSettledV1(
                commune_id=JOLIEVILLE,
                aggregate_id=paid_by,
                regie_id=LEISURE_REGIE,
                family_id=town.martin.family_id,
                amount_cents=invoice["total_cents"],
                provider="sandbox",
                provider_reference=str(new_id()),
                receipt_number="1",
                settled_at=now,
                allocations=(
                    Allocation(
                        invoice_id=invoice["invoice_id"],
                        invoice_number=invoice["number"],
                        amount_cents=invoice["total_cents"],
                    ),
                ),
            )
        )
    credits = (await town.made("GET /agent/credits", town.agent))["items"]
    run = await town.made(
        "POST /agent/runs", town.agent, {"regie_id": str(LEISURE_REGIE), "period": "2026-03"}
    )
    async with town.service.database.transaction(JOLIEVILLE) as session:
        await session.execute(
            text(
                "INSERT INTO run_family (run_id, family_id, commune_id, chunk_number, stage, label)"
                " VALUES (:run_id, :family_id, :commune_id, 1, 1, 'Martin')"
            ),
            {"run_id": run["run_id"], "family_id": town.martin.family_id, "commune_id": JOLIEVILLE},
        )
    codes = {
        "siret": "21380185500015",
        "accounting_post": "038012",
        "collectivity_code": "123",
        "budget_code": "00",
        "product_code": "0001",
        "revenue_account": "7067",
    }
    await town.ask("PATCH /agent/regies/{regie_id}", town.agent, codes, regie_id=str(LEISURE_REGIE))
    printed = await town.made("POST /agent/prints", town.agent, {"delivery": "all"})
    app = town.service.app
    while await work(
        town.service.database, app.state.prints, timedelta(minutes=1), "https://famille.example"
    ):
        pass
    town.ids = {
        "invoice_id": invoice["invoice_id"],
        "print_id": printed["print_id"],
        "account_id": credits[0]["account_id"],
        "payment_id": str(payment_id),
        "run_id": run["run_id"],
        "regie_id": str(LEISURE_REGIE),
        "year": "2025",
    }


async def _payments(town: Town) -> None:
    facts = [
        InvoiceFacts(
            invoice_id=new_id(),
            number=f"AL-2026-00000{number}",
            regie_id=LEISURE_REGIE,
            regie_label="Régie accueils et loisirs",
            family_id=town.martin.family_id,
            kind="month_end",
            period="2026-03",
            total_cents=1100,
            issued_on=date(2026, 4, 1),
            due_date=date(2026, 5, 1),
        )
        for number in (1, 2)
    ]
    await town.service.deliver(
        InvoiceIssuedV1(commune_id=JOLIEVILLE, aggregate_id=facts[0].invoice_id, invoices=tuple(facts))
    )
    started = await town.made(
        f"POST {FAMILY}/payments", town.parent, {"invoice_ids": [str(facts[0].invoice_id)]}
    )
    [payment] = started["payments"]
    town.ids = {
        "payment_id": payment["payment_id"],
        "transaction_ref": payment["redirect_url"].rpartition("/")[2],
        "invoice_id": str(facts[1].invoice_id),
        "regie_id": str(LEISURE_REGIE),
        "provider": "sandbox",
    }


async def _requests(town: Town) -> None:
    page = pikepdf.new()
    page.add_blank_page(page_size=(100, 100))
    written = BytesIO()
    page.save(written)
    uploaded = await town.service.client.post(
        town.path(f"{FAMILY}/documents"),
        headers=town.parent,
        files={"file": ("carte.pdf", written.getvalue(), "application/pdf")},
        data={"kind": "identity"},
    )
    assert uploaded.status_code == 201, uploaded.text
    document_id = uploaded.json()["document_id"]
    categories = (await town.made(f"GET {FAMILY}/categories", town.parent))["items"]
    category_id = next(item["category_id"] for item in categories if item["code"] == "pickup")
    answers = {
        "child": str(town.martin.child_id),
        "person_name": "Jeanne Petit",
        "relation": "Grand-parent",
        "phone": "06 12 34 56 78",
        "valid_from": "2026-12-01",
    }
    request = await town.made(
        f"POST {FAMILY}/requests",
        town.parent,
        {
            "category_id": category_id,
            "answers": answers,
            "documents": {"identity": document_id},
            "submit": True,
        },
    )
    town.ids = {
        "document_id": document_id,
        "category_id": category_id,
        "request_id": request["request_id"],
    }


_SETTLE = {
    "identity": _identity,
    "reservations": _reservations,
    "billing": _billing,
    "payments": _payments,
    "requests": _requests,
}


def _demonstration_of(service: Service) -> Any:
    """The seed of a service: a function of its module ``demo``, or of ``demo.seed``."""
    seed = import_module(f"preau.{service.name}.demo").seed
    return getattr(seed, "seed", seed)


@asynccontextmanager
async def open_town(service: Service, **settings: Any) -> AsyncGenerator[Town]:
    """Run the service with the demonstration's offer, two families, and something of each kind."""
    async with running_service(service.name, service.create_app, service.settings, **settings) as running:
        town = Town(service.name, running)
        if service.name == "identity":
            await _demonstration_of(service)(running.database)
        else:
            for commune_id, slug in ((JOLIEVILLE, "jolieville"), (BEAUVAL, "beauval")):
                await running.deliver(commune_event(commune_id, slug))
            for family in (town.martin, town.durand):
                await running.deliver(family.event())
            if service.name != "payments":
                await _demonstration_of(service)(running.database)
        await _SETTLE[service.name](town)
        yield town
