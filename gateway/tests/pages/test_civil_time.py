"""Days and instants are those of the commune, wherever it is: the same instant is two days overseas."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from preau.gateway.pages import civil_time

ZONE = re.compile(r"(Europe|Indian|America|Pacific)/[A-Z]")
ID = "01900000-0000-7000-8000-00000000000a"
COMMUNE = {"commune_id": ID, "slug": "la-commune", "accent_colour": "#1f5fa8"}
REASON = "Il fallait réserver avant le jeudi 26 novembre 2026 à 12\u00a0h."
BASKET = {
    "basket_id": ID,
    "children": [{"child_id": ID, "first_name": "Zoé"}],
    "lines": [],
    "groups": [],
    "restorable": 0,
}
SITE = {"site_id": ID, "label": "Cantine", "activities": []}
REUNION = ("Indian/Reunion", datetime(2026, 11, 26, 20, 30, tzinfo=UTC), "2026-11-27", "0 h 45")
"""It is 0:30 on the 27th there, 21:30 on the 26th in Paris."""
MARTINIQUE = ("America/Martinique", datetime(2026, 11, 27, 3, 30, tzinfo=UTC), "2026-11-26", "23 h 45")
"""It is 23:30 on the 26th there, 4:30 on the 27th in Paris."""


class Overseas:
    """The services of a commune: what they answer, and what days they are asked for."""

    def __init__(self, time_zone: str, now: datetime) -> None:
        self.time_zone = time_zone
        self.now = now
        self.asked: list[dict[str, str]] = []

    def app(self) -> Starlette:
        family = f"/parent/families/{ID}"
        answers: dict[str, Any] = {
            "/public/communes": {"items": [self.commune]},
            f"/public/sessions/{ID}/status": {"active": True},
            "/parent/account": self.account,
            family: self.record,
            f"{family}/sites": {"items": [SITE]},
            f"{family}/invoices": {"items": []},
            f"{family}/requests": {"items": []},
            f"{family}/basket": BASKET,
            f"{family}/bookings": {"items": []},
            f"{family}/orders/{ID}": self.order,
            "/agent/sites": {"items": []},
            "/agent/activities": {"items": []},
        }

        async def answer(request: Request) -> JSONResponse:
            self.asked.append(dict(request.query_params))
            if request.url.path == f"{family}/agenda":
                calendar = self.calendar_of(**request.query_params)
                return JSONResponse({"sites": [SITE], "calendar": calendar, "basket": BASKET})
            return JSONResponse(answers[request.url.path])

        return Starlette(
            routes=[
                Route("/public/sessions/refresh", self.refresh, methods=["POST"]),
                Route("/{rest:path}", answer),
            ]
        )

    async def refresh(self, request: Request) -> JSONResponse:
        subject = (await request.json())["refresh_token"]
        claims = {"sub": ID, "sid": ID, "commune_id": ID, "roles": ["admin"]}
        return JSONResponse(
            {
                "access_token": token_of(claims),
                "expires_in": 300,
                "refresh_token": subject,
                "session_id": ID,
                "subject": subject,
                "display_name": "Claire Martin",
            }
        )

    @property
    def commune(self) -> dict[str, Any]:
        contact = {"contact_email": "", "contact_phone": ""}
        return {**COMMUNE, **contact, "name": "La Commune", "time_zone": self.time_zone}

    @property
    def account(self) -> dict[str, Any]:
        names = ("first_name", "last_name", "phone", "second_phone", "second_email", "civility")
        membership = {
            **COMMUNE,
            "commune_name": "La Commune",
            "commune_slug": "la-commune",
            "family_id": ID,
            "family_label": "Famille Martin",
            "guardian_id": ID,
        }
        return {
            **dict.fromkeys(names, ""),
            "account_id": ID,
            "account_name": "Martin",
            "email": "claire@example.org",
            "email_confirmed_at": None,
            "purpose": "personal",
            "notify_by": "email",
            "memberships": [membership],
        }

    @property
    def record(self) -> dict[str, Any]:
        child = dict.fromkeys(("school", "class_name", "diet"), "")
        born = {"birth_date": "2018-03-01", "level": "elementary", "pickup_authorisations": []}
        names = {"child_id": ID, "first_name": "Zoé", "last_name": "Martin"}
        return {
            "family_id": ID,
            "commune_id": ID,
            "version": 1,
            "label": "Famille Martin",
            "status": "active",
            "residency": "resident",
            "address": {"street": "", "postal_code": "", "city": ""},
            "guardians": [],
            "children": [child | born | names],
            "quotients": [],
        }

    def calendar_of(self, **asked: str) -> dict[str, Any]:
        """The days asked for, of a week whose present day is too late; said in the commune's time."""
        today = self.now.astimezone(ZoneInfo(self.time_zone)).date()
        cut_off = datetime.combine(today, time(12), ZoneInfo(self.time_zone)).astimezone(UTC)
        refusal = {"rule": "booking-deadline", "reason": REASON, "cut_off": cut_off.isoformat()}
        nothing = dict.fromkeys(("in_basket", "booking_id", "remaining"))
        monday = today - timedelta(days=today.weekday())
        week = [monday + timedelta(days=n) for n in range(7)]
        acts = {"state": "locked", "can_book": False, "can_cancel": False}
        why = {day: refusal if day == today else {"rule": "weekday", "reason": "Fermé."} for day in week}
        days = [
            nothing | acts | {"date": day.isoformat(), "refusal": why[day]}
            for day in week
            if asked["from"] <= day.isoformat() <= asked["to"]
        ]
        return {
            "site_id": ID,
            "child_id": ID,
            "from": today.isoformat(),
            "to": today.isoformat(),
            "today": today.isoformat(),
            "contact": {"email": "", "phone": ""},
            "activities": [{"activity_id": ID, "label": "Repas", "payment_mode": "month_end", "days": days}],
        }

    @property
    def order(self) -> dict[str, Any]:
        held_until = self.now.replace(minute=45).isoformat()
        return {
            "order_id": ID,
            "status": "awaiting_payment",
            "held_until": held_until,
            "invoices": [],
            "bookings": [],
            "cancellations": [],
        }


def token_of(claims: dict[str, Any]) -> str:
    from base64 import urlsafe_b64encode

    return f"e30.{urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b'=').decode()}.c2ln"


@pytest.fixture(params=[REUNION, MARTINIQUE], ids=["reunion", "martinique"])
async def overseas(request, serving_app, start):
    """The services, a way to open a page, the day and the time of the end of the hold there."""
    time_zone, now, today, held_until = request.param
    services = Overseas(time_zone, now)
    root = await serving_app(services.app())
    names = ("identity", "reservations", "billing", "payments", "requests")
    running = await start(**{f"{name}_url": root for name in names})
    jar = "__Host-preau_session=parent; __Host-preau_agent=agent"

    async def open_page(path: str) -> Any:
        with time_machine.travel(now):
            page = await running.client.get(path, headers={"cookie": jar})
        assert page.status_code == 200, page.text
        return page

    return services, open_page, today, held_until


async def test_the_days_to_come_begin_with_the_communes_day(overseas):
    services, open_page, today, _ = overseas
    await open_page("/reservations/liste")
    assert [query["from"] for query in services.asked if "from" in query] == [today]


async def test_an_instant_is_shown_in_the_communes_time(overseas):
    _, open_page, _, held_until = overseas
    page = await open_page(f"/commandes/{ID}")
    assert f"gardées jusqu’à {held_until.replace(' ', chr(0xA0))}." in page.text


async def test_a_cut_off_is_told_once_in_the_communes_time(overseas):
    _, open_page, today, _ = overseas
    await open_page("/reservations")
    page = await open_page(f"/reservations/jour?prestation={ID}&jour={today}")
    assert REASON in page.text
    words = re.sub(r"<[^>]+>", " ", page.text)
    assert re.findall(r"\b\d{1,2}\u00a0h\b", words) == ["12\u00a0h"]


async def test_agents_work_on_the_communes_day(overseas):
    _, open_page, today, _ = overseas
    page = await open_page("/agent/pointage")
    assert f'value="{today}"' in page.text


def test_the_gateway_names_no_time_zone_of_its_own():
    source = Path(civil_time.__file__).parents[1]
    named = [str(path) for path in source.rglob("*.py") if ZONE.search(path.read_text())]
    assert named == [str(Path(civil_time.__file__).parent / "civil_time.py")]  # In its docstring.
