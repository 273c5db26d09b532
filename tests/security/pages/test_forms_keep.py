"""A form keeps what it does not show.

Saved as it was opened it changes nothing; with one field changed, it changes one thing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from preau.identity.demo import DEMO_PASSWORD
from preau.operations.tour.calendar_days import today
from preau.operations.tour.cast import SCHOOL_MEALS, Cast
from tests.security.pages.markup import HtmlForm, read_page
from tests.security.pages.person import FORM, PEOPLE, Person
from tests.security.pages.site_map import addresses_of
from tests.security.pages.stage import PARENT
from tests.security.pages.test_page_fuzzing import gateway

EDITS = {
    "/agent/activites/{activity_id}",
    "/agent/activites/{activity_id}/places",
    "/agent/commune",
    "/agent/familles/{family_id}",
    "/agent/pointage",
    "/demandes/{request_id}/completer",
    "/profil",
}
"""The forms that show something of a record and change it: each has a test below."""
ACTS = {
    "/activation/{token}",
    "/activation/{token}/rattachement",
    "/adhesion",
    "/agent/avoirs/{credit_id}/traitement",
    "/agent/connexion",
    "/agent/deconnexion",
    "/agent/demandes/prises-en-charge",
    "/agent/demandes/{request_id}",
    "/agent/facturation",
    "/agent/facturation/{run_id}/abandon",
    "/agent/facturation/{run_id}/emission",
    "/agent/factures/{invoice_id}/annulation",
    "/agent/familles/nouvelle",
    "/agent/familles/{family_id}/enfants",
    "/agent/familles/{family_id}/quotients",
    "/agent/familles/{family_id}/reserver",
    "/agent/familles/{family_id}/responsables/{guardian_id}/invitation",
    "/agent/mot-de-passe-oublie",
    "/agent/mot-de-passe/{token}",
    "/agent/paiements/{payment_id}/decision",
    "/agent/regies",
    "/agent/reservations/decisions",
    "/agent/reservations/{booking_id}/annulation",
    "/agent/reservations/{booking_id}/decision",
    "/agent/sites",
    "/agent/tarifs",
    "/commandes/{order_id}/paiement",
    "/confirmation/{token}",
    "/connexion",
    "/deconnexion",
    "/demandes/nouvelle/{category_id}",
    "/demandes/{request_id}/messages",
    "/demandes/{request_id}/retrait",
    "/factures/payer",
    "/foyer",
    "/inscription",
    "/mot-de-passe-oublie",
    "/mot-de-passe/{token}",
    "/profil/mot-de-passe",
    "/reservations/panier/bascule",
    "/reservations/panier/retirer",
    "/reservations/panier/valider",
    "/reservations/panier/vider",
    "/reservations/periode",
    "/reservations/{booking_id}/annuler",
    "/sandbox/bank/{transaction_ref}",
}
"""The forms that make, decide or send something, and show nothing that stands already."""
DEADLINES = {
    "days": {
        "kind": "days_before",
        "days": 2,
        "at": "09:30",
        "day_type": "working",
        "skip_weekdays": [2, 5],
        "on_holiday": "roll_back",
    },
    "weekday": {
        "kind": "weekday_before",
        "weekday": 3,
        "at": "12:00",
        "weeks": 2,
        "week_type": "school",
        "on_holiday": "roll_back",
    },
    "hours": {"kind": "hours_before", "hours": 48, "starts_at": "11:30"},
    "same day": {"kind": "same_day", "at": "08:15"},
    "none": {"kind": "none"},
    "batch": {
        "kind": "batch",
        "lines": [{"service_weekdays": [0, 1, 2, 3, 4, 5, 6], "weekday": 4, "at": "09:00"}],
        "on_holiday": "roll_back",
    },
    "month": {"kind": "month_before", "day": 20, "at": "24:00", "months": 1, "on_holiday": "keep"},
}
"""A declaration of each kind, with what the form of an activity does not show."""


def test_a_form_that_edits_is_told_from_one_that_acts() -> None:
    """A new form stands in one of the two lists, and one that edits is looked at below."""
    sent_to = {address.path for address in addresses_of(gateway().pages) if address.method == "POST"}
    assert sent_to == EDITS | ACTS
    assert not EDITS & ACTS


@dataclass
class Office:
    """Those who open forms, and the API that says what became of it."""

    cast: Cast
    agent: Person
    parent: Person
    starts: list[str]
    meals: str = ""
    family_id: str = ""

    def api(self, method: str, service: str, path: str, **options: Any) -> Any:
        return self.cast.admin.api(method, service, path, **options)

    def find(self) -> "Office":
        """Ask for the ids that addresses are made of."""
        sites = self.api("GET", "reservations", "sites")["items"]
        site = next(each["site_id"] for each in sites if each["label"] == SCHOOL_MEALS)
        found = self.api("GET", "reservations", "activities")["items"]
        self.meals = next(each["activity_id"] for each in found if each["site_id"] == site)
        families = self.api("GET", "identity", "families", params={"q": "benali"})["items"]
        self.family_id = families[0]["family_id"]
        return self


@pytest.fixture(scope="module")
async def office(portal, starts) -> Office:
    url = str(portal.base_url).rstrip("/")
    cast = Cast(url)
    await asyncio.to_thread(cast.sign_agents_in)
    await asyncio.to_thread(cast.family.parent.sign_in, PARENT, DEMO_PASSWORD)
    agent = await Person("agent admin", portal, PEOPLE["agent admin"]).sign_in()
    parent = await Person("parent", portal, PEOPLE["parent"]).sign_in()
    return await asyncio.to_thread(Office(cast, agent, parent, starts).find)


Read = Callable[[], Any]


async def saved(person: Person, page: str, action: str, **changes: str) -> None:
    """Open the page and send its form, with the fields named here changed."""
    opened = await person.ask("GET", page, keep=True)
    assert opened.status_code == 200, f"{page}: {opened.status_code}"
    forms: list[HtmlForm] = read_page(page, opened.text).forms
    form = next(each for each in forms if each.method == "post" and each.action == action)
    fields = form.sent()
    assert set(changes) <= {name for name, _ in fields}, f"{action} shows {fields}"
    body = urlencode([(name, changes.get(name, value)) for name, value in fields])
    answer = await person.ask("POST", action, [FORM], body.encode(), keep=True)
    assert answer.status_code == 303, f"{action}: {answer.status_code} {read_page(page, answer.text)}"


def differences(before: Any, after: Any, at: str = "") -> dict[str, Any]:
    """What is not as it was, by its place; versions aside."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted((before.keys() | after.keys()) - {"version"})
        pairs = [(f"{at}.{name}", before.get(name), after.get(name)) for name in names]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = [(f"{at}.{place}", *both) for place, both in enumerate(zip(before, after, strict=True))]
    else:
        return {} if before == after else {at.lstrip("."): after}
    return {place: value for pair in pairs for place, value in differences(pair[1], pair[2], pair[0]).items()}


async def keeps(
    read: Read, person: Person, page: str, action: str, changed: dict[str, Any], **changes: str
) -> None:
    """Save the form unchanged, then with ``changes``; the API says ``changed`` and nothing else."""
    before = await asyncio.to_thread(read)
    await saved(person, page, action)
    assert differences(before, await asyncio.to_thread(read)) == {}, f"{action} saved unchanged"
    if changes:
        await saved(person, page, action, **changes)
        assert differences(before, await asyncio.to_thread(read)) == changed


async def test_the_familys_record(office: Office) -> None:
    path = f"families/{office.family_id}"

    def read() -> Any:
        return office.api("GET", "identity", path)

    page = f"/agent/familles/{office.family_id}"
    street = {"address.street": "3 rue Neuve"}
    await keeps(read, office.agent, page, page, street, street="3 rue Neuve")


async def test_the_commune(office: Office) -> None:
    def read() -> Any:
        return office.api("GET", "identity", "commune")

    phone = {"contact_phone": "01 02 03 04 05"}
    await keeps(read, office.agent, "/agent/commune", "/agent/commune", phone, **phone)


@pytest.mark.parametrize("kind", DEADLINES)
async def test_an_activity_with_each_kind_of_deadline(office: Office, kind: str) -> None:
    activity_id = office.meals
    path, page = f"activities/{activity_id}", f"/agent/activites/{activity_id}"
    declared = {"booking_deadline": DEADLINES[kind], "cancellation_deadline": DEADLINES[kind]}
    holidays = {"holiday_weekdays": [0, 2], "hold_seconds": 600, "label": "Repas"}
    span = {"from": today().isoformat(), "to": (today() + timedelta(days=60)).isoformat()}

    def read() -> Any:
        slots = office.api("GET", "reservations", f"{path}/slots", params=span)
        return {**office.api("GET", "reservations", path), "slots": slots}

    def prepare() -> None:
        office.api("PATCH", "reservations", path, json=declared | holidays)

    await asyncio.to_thread(prepare)
    renamed = {"label": f"Repas {kind}"}
    await keeps(read, office.agent, page, page, renamed, **renamed)


async def test_a_deadline_of_the_same_kind_keeps_what_the_form_does_not_show(office: Office) -> None:
    activity_id = office.meals
    path, page = f"activities/{activity_id}", f"/agent/activites/{activity_id}"

    def prepare() -> None:
        office.api("PATCH", "reservations", path, json={"booking_deadline": DEADLINES["days"]})

    def read() -> Any:
        return office.api("GET", "reservations", path)

    await asyncio.to_thread(prepare)
    days = {"booking_deadline.days": 3}
    await keeps(read, office.agent, page, page, days, booking_days="3")
    await saved(office.agent, page, page, booking_kind="none")
    after = await asyncio.to_thread(read)
    assert after["booking_deadline"] == {"kind": "none"}


async def test_the_places_of_a_day(office: Office) -> None:
    activity_id, day = office.meals, today().isoformat()
    path, page = f"activities/{activity_id}/slots", f"/agent/activites/{activity_id}"

    def prepare() -> None:
        office.api("PUT", "reservations", f"{path}/{day}", json={"capacity": 77})

    def read() -> Any:
        return office.api("GET", "reservations", path, params={"from": day, "to": day})

    before = await asyncio.to_thread(read)
    await saved(office.agent, page, f"{page}/places")
    assert differences(before, await asyncio.to_thread(read)) == {}
    await asyncio.to_thread(prepare)
    await keeps(read, office.agent, page, f"{page}/places", {"items.0.capacity": 78}, capacity="78")


async def test_the_marking_of_a_day(office: Office) -> None:
    page = next(each for each in office.starts if each.startswith("/agent/pointage"))
    asked = {name: texts[0] for name, texts in parse_qs(urlsplit(page).query).items()}
    params = {"activity_id": asked["activity_id"], "date": asked["jour"]}

    def read() -> Any:
        return office.api("GET", "reservations", "attendance", params=params)

    booking_id = (await asyncio.to_thread(read))["items"][0]["booking_id"]

    def prepare() -> None:
        mark = {"booking_id": booking_id, "present": True, "units": 7}
        office.api("POST", "reservations", "attendance", json={"marks": [mark]})

    await asyncio.to_thread(prepare)
    absent = {"items.0.status": "absent_unjustified"}
    await keeps(read, office.agent, page, "/agent/pointage", absent, **{f"mark.{booking_id}": "absent"})


async def test_a_parents_profile(office: Office) -> None:
    def read() -> Any:
        return office.cast.family.parent.api("GET", "identity", "account")

    name = {"account_name": "Famille d’essai"}
    await keeps(read, office.parent, "/profil", "/profil", name, **name)


async def test_a_request_to_complete(office: Office) -> None:
    def waiting() -> Any:
        params = {"status": "info_needed"}
        return office.api("GET", "requests", "requests", params=params)["items"][0]

    found = await asyncio.to_thread(waiting)
    path = f"families/{found['family_id']}/requests/{found['request_id']}"

    def read() -> Any:
        given = office.cast.family.parent.api("GET", "requests", path)
        return {"answers": given["answers"], "documents": given["documents"]}

    page = f"/demandes/{found['request_id']}/completer"
    await keeps(read, office.parent, page, page, {})
