"""A parent's calendar as deployed: what a page costs, and how pages come when eight parents ask at once.

Services, gateway and load are processes of their own. Each parent has meals booked and in the basket. The
reference is what cannot be saved: the statements of the page on bare asyncpg, and its template over data that
are ready, compressed as it is sent.
"""

import asyncio
import gzip
import os
import re
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from measure import ROUNDS, record
from processes import CLIENTS, GATEWAY, MEMBERS, PARENTS

from preau.billing.quotes.repository import LOOK as QUOTE
from preau.billing.quotes.repository import asked
from preau.billing.tariffs.occasions import Occasion
from preau.common.db.driver import Connection, Statement, connect
from preau.common.settings import DEMO_PASSWORD
from preau.gateway.api.models.billing import QuoteOut
from preau.gateway.api.models.identity import AccountOut
from preau.gateway.api.models.reservations import AgendaOut
from preau.gateway.pages.compression import LEVEL
from preau.gateway.pages.forms import Form
from preau.gateway.pages.parents.reservations.basket import view_of
from preau.gateway.pages.parents.reservations.picture import context_of
from preau.gateway.pages.parents.reservations.place import AskedPlace, Place
from preau.gateway.pages.parents.reservations.weeks import WIDE_WEEKS, monday_of
from preau.gateway.pages.rendering import environment
from preau.identity.profile.repository import PROFILE
from preau.operations.tour.calendar_days import today
from preau.operations.tour.client import Client
from preau.reservations.basket.look_repository import LOOK
from preau.testing.deployment import Deployment
from preau.testing.scratch import scratch_folder

ASKED = ("gateway", "identity", "reservations", "billing")
"""Who has part in a calendar's page."""
PAGES = 40
"""Pages a client and round."""
MEALS = "01900000-0000-7000-8000-0000000000c1"
CANTEEN = "01900000-0000-7000-8000-0000000000b1"
CALENDAR = "/reservations"
SESSION_COOKIE = "__Host-preau_session"
RENEWED = re.compile(rb"set-cookie: __Host-preau_session=([^;]+)")


class Round(NamedTuple):
    """What one round of pages took."""

    milliseconds: Sequence[float]
    """Of each page."""
    a_second: float
    cpu_milliseconds: float
    """Of all our processes, a page."""

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.milliseconds, n=100)[percent - 1]


def cpu_seconds(pids: Sequence[int]) -> float:
    """What the processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Parent(Client):
    """A parent of the demonstration, with the family and the child that the calendar shows first."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url)
        self._url = url
        self.email = f"{name}@jolieville.example"
        self.sign_in(self.email, DEMO_PASSWORD)
        self.account = self.api("GET", "identity", "account")
        self.family_id: str = min(each["family_id"] for each in self.account["memberships"])

    def reservations(self, method: str, path: str, **options: Any) -> Any:
        return self.api(method, "reservations", f"families/{self.family_id}/{path}", **options)

    def agenda(self, **place: str) -> dict[str, Any]:
        """The four weeks that the page shows."""
        first = monday_of(today())
        span = {"from": f"{first}", "to": f"{first + timedelta(weeks=WIDE_WEEKS, days=-1)}"}
        return self.reservations("GET", "agenda", params={**place, **span})

    def fill(self) -> None:
        """Four meals booked, four more in the basket."""
        meals = self.agenda(site_id=CANTEEN)["calendar"]
        offered = next(each["days"] for each in meals["activities"] if each["activity_id"] == MEALS)
        days = [day["date"] for day in offered if day["can_book"]]
        for chosen in (days[:4], days[4:8]):
            named = {"child_id": meals["child_id"], "activity_id": MEALS, "action": "book"}
            lines = [{**named, "date": day} for day in chosen]
            self.reservations("POST", "basket/lines", json={"lines": lines})
            if chosen == days[:4]:
                self.once("reservations", f"families/{self.family_id}/orders", json={})

    def browsers(self, count: int) -> list[str]:
        """The session cookies of so many browsers."""
        sessions = [Client(self._url) for _ in range(count)]
        return [each.sign_in(self.email, DEMO_PASSWORD)["refresh_token"] for each in sessions]


class Load:
    """Browsers on connections of their own that open one page again and again."""

    def __init__(self, deployment: Deployment, sessions: Sequence[str]) -> None:
        self._address = urlsplit(deployment.url)
        self._sessions = list(sessions)
        self._pids = [pid for name in ASKED if (pid := deployment[name].pid)]

    async def round(self, path: str, clients: int, pages: int = PAGES) -> Round:
        took: list[float] = []
        cpu, started = cpu_seconds(self._pids), time.perf_counter()
        await asyncio.gather(*(self._browse(path, number, pages, took) for number in range(clients)))
        seconds = time.perf_counter() - started
        cpu = cpu_seconds(self._pids) - cpu
        return Round(took, len(took) / seconds, cpu * 1000 / len(took))

    async def _browse(self, path: str, number: int, pages: int, took: list[float]) -> None:
        reader, writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        for _ in range(pages):
            request = (
                f"GET {path} HTTP/1.1\r\nhost: bench\r\naccept-encoding: gzip\r\n"
                f"cookie: {SESSION_COOKIE}={self._sessions[number]}; __Host-preau_csrf={'x' * 43}\r\n\r\n"
            )
            started = time.perf_counter()
            writer.write(request.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            took.append((time.perf_counter() - started) * 1000)
            if b" 200 " not in head[:16] or length < 1000:
                raise RuntimeError(f"{path}: {head!r}")
            if renewed := RENEWED.search(head):
                self._sessions[number] = renewed[1].decode()
        writer.close()


class Reference:
    """What a calendar's page costs where nothing but its statements and its template is left."""

    def __init__(self, parent: Parent) -> None:
        self._account_id = UUID(parent.account["account_id"])
        memberships = parent.account["memberships"]
        membership = next(one for one in memberships if one["family_id"] == parent.family_id)
        self._commune_id, self._family_id = UUID(membership["commune_id"]), UUID(parent.family_id)
        account, agenda = AccountOut.model_validate(parent.account), AgendaOut.model_validate(parent.agenda())
        lines = [
            {"child_id": line.child_id, "activity_id": line.activity_id, "date": f"{line.date}"}
            for line in agenda.basket.lines
        ]
        quote = parent.api("POST", "billing", f"families/{parent.family_id}/quotes", json={"lines": lines})
        self._priced = [
            Occasion(UUID(line["child_id"]), UUID(line["activity_id"]), date.fromisoformat(line["date"]))
            for line in lines
        ]
        place = AskedPlace([], [], monday_of(today())).found(agenda)
        assert isinstance(place, Place) and agenda.calendar is not None
        self._place = place
        self._shown = [UUID(each.activity_id) for each in agenda.calendar.activities]
        view = view_of(agenda.basket, QuoteOut.model_validate(quote))
        self._context = {
            **context_of(place, agenda.calendar, view),
            "csrf_token": "x" * 43,
            "commune": None,
            "person": account.account_name,
            "families": account.memberships,
            "family": account.memberships[0],
            "flashes": [],
            "development": False,
            "basket_bar": True,
            "in_error": False,
            "form": Form(),
        }

    async def cpu_milliseconds(self, databases: dict[str, Connection], pages: int) -> float:
        """Of this process, a page."""
        started = time.process_time()
        for _ in range(pages):
            await self._statements(databases)
            content = environment().get_template("parents/reservations/calendar.html").render(self._context)
            gzip.compress(content.encode(), LEVEL)
        return (time.process_time() - started) * 1000 / pages

    async def _statements(self, databases: dict[str, Connection]) -> None:
        account, commune, family = self._account_id, self._commune_id, self._family_id
        monday = self._place.monday
        agenda = {
            "commune": commune,
            "family": family,
            "account": account,
            "wanted": [UUID(self._place.child.child_id)],
            "activities": self._shown,
            "first": monday,
            "last": monday + timedelta(weeks=WIDE_WEEKS, days=-1),
        }
        quote = asked(family, self._priced)
        await _read(databases["identity"], "", account, PROFILE, {"account": account})
        await _read(databases["reservations"], commune, "", LOOK, agenda)
        await _read(databases["billing"], commune, "", QUOTE, quote)


async def _read(
    connection: Connection, commune: object, account: object, statement: Statement, values: dict[str, Any]
) -> None:
    await connection.execute(
        f"BEGIN; SELECT set_config('preau.commune_id', '{commune}', true),"
        f" set_config('preau.account_id', '{account}', true)"
    )
    rows = await connection.fetch(statement.sql, *[values[name] for name in statement.names])
    assert len(rows) == 1 and rows[0][0] is not None, statement.sql
    await connection.execute("COMMIT")


async def medians(side: Callable[[], Awaitable[Sequence[float]]]) -> list[float]:
    """The medians of five rounds, of each thing that a round measures."""
    rounds = [await side() for _ in range(ROUNDS)]
    return [statistics.median(values) for values in zip(*rounds, strict=True)]


async def measure(deployment: Deployment, parents: Sequence[Parent]) -> None:
    each = CLIENTS // len(parents)
    load = Load(deployment, [cookie for parent in parents for cookie in parent.browsers(each)])
    reference = Reference(parents[0])
    async with AsyncExitStack() as stack:
        databases: dict[str, Connection] = {}
        for name, database in deployment.databases.items():
            databases[name] = await connect(database.url)
            stack.push_async_callback(databases[name].close)
        await load.round(CALENDAR, CLIENTS)
        await reference.cpu_milliseconds(databases, PAGES)

        async def once() -> Sequence[float]:
            bare = await reference.cpu_milliseconds(databases, PAGES * 2)
            alone = await load.round(CALENDAR, 1)
            together = await load.round(CALENDAR, CLIENTS)
            return (
                together.cpu_milliseconds,
                bare,
                together.percentile(95),
                alone.percentile(50),
                together.a_second,
            )

        cpu, bare, late, alone, a_second = await medians(once)
    record(
        "calendar page, CPU ÷ its SQL by asyncpg and its template",
        cpu,
        bare,
        floor=3,
        aim=1.8,
        unit="ms",
        at_most=True,
    )
    record(
        f"calendar page, p95 at {CLIENTS} clients ÷ p50 at 1",
        late,
        alone,
        floor=8,
        aim=6,
        unit="ms",
        at_most=True,
    )
    record(f"calendar pages/s, {CLIENTS} clients", a_second, 1, floor=60, aim=120, unit="p/s")


def main() -> None:
    with (
        scratch_folder() as folder,
        Deployment(folder, MEMBERS, gateway_settings=GATEWAY) as deployment,
    ):
        parents = [Parent(deployment.url, name) for name in PARENTS]
        for parent in parents:
            parent.fill()
        asyncio.run(measure(deployment, parents))


if __name__ == "__main__":
    main()
