"""A form keeps what it does not show.

Saved as it was opened it changes nothing; with one field changed, it changes one thing.
"""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from preau.identity.demo import DEMO_PASSWORD
from preau.operations.tour.calendar_days import today
from preau.operations.tour.cast import Cast
from preau.wording import happenings
from tests.security.pages.edited import EDITED, Edited, Read
from tests.security.pages.filling import Fields
from tests.security.pages.office import (
    Office,
    changed,
    confirmed,
    opened,
    saved,
    sent,
    sent_and_confirmed,
    shown,
)
from tests.security.pages.person import PEOPLE, Person
from tests.security.pages.site_map import addresses_of
from tests.security.pages.stage import PARENT
from tests.security.pages.test_page_fuzzing import gateway

EDITS = {
    "/agent/activites/{activity_id}/places",
    "/agent/activites/{activity_id}/reglages",
    "/agent/commune",
    "/agent/commune/listes",
    "/agent/familles/{family_id}",
    "/agent/familles/{family_id}/enfants/{child_id}/fratrie",
    "/agent/familles/{family_id}/enfants/{child_id}/garde",
    "/agent/familles/{family_id}/enfants/{child_id}/scolarite",
    "/agent/familles/{family_id}/payeur",
    "/agent/familles/{family_id}/residence",
    "/agent/impayes/blocage",
    "/agent/pointage",
    "/agent/regies/{regie_id}",
    "/agent/sites/{site_id}",
    "/agent/tarifs/{activity_id}/{effective_from}",
    "/demandes/{request_id}/completer",
    "/profil",
    "/profil/factures",
}
"""The forms that show something of a record and change it: each has a test below."""
ACTS = {
    "/activation/{token}",
    "/activation/{token}/rattachement",
    "/adhesion",
    "/agent/activites/{activity_id}/apercu",
    "/agent/commune/logo",
    "/agent/commune/logo/retrait",
    "/agent/comptes/{account_id}/deduction",
    "/agent/impressions",
    "/agent/impressions/relances",
    "/agent/journal/pes",
    "/agent/comptes/{account_id}/remboursement",
    "/agent/connexion",
    "/agent/deconnexion",
    "/agent/demandes/prises-en-charge",
    "/agent/demandes/{request_id}",
    "/agent/facturation",
    "/agent/facturation/{run_id}/abandon",
    "/agent/facturation/{run_id}/emission",
    "/agent/facturation/{run_id}/familles/{family_id}",
    "/agent/facturation/{run_id}/familles/{family_id}/retour",
    "/agent/facturation/{run_id}/pause",
    "/agent/facturation/{run_id}/recalcul",
    "/agent/facturation/{run_id}/reprise",
    "/agent/factures/{invoice_id}/annulation",
    "/agent/factures/{invoice_id}/echeancier",
    "/agent/factures/{invoice_id}/echeancier/annulation",
    "/agent/factures/{invoice_id}/non-valeur",
    "/agent/factures/{invoice_id}/non-valeur/annulation",
    "/agent/familles/nouvelle",
    "/agent/fermetures",
    "/agent/fermetures/{closure_id}/retrait",
    "/agent/familles/{family_id}/enfants",
    "/agent/familles/{family_id}/exception",
    "/agent/familles/{family_id}/exception/fin",
    "/agent/familles/{family_id}/facture-manuelle",
    "/agent/familles/{family_id}/quotients",
    "/agent/familles/{family_id}/reserver",
    "/agent/familles/{family_id}/responsables/{guardian_id}/invitation",
    "/agent/familles/{family_id}/retrait",
    "/agent/mot-de-passe-oublie",
    "/agent/mot-de-passe/{token}",
    "/agent/paiements/{payment_id}/decision",
    "/agent/paiements/{payment_id}/remboursement",
    "/agent/raccourcis",
    "/agent/regies",
    "/agent/regies/{regie_id}/exercices/{year}/cloture",
    "/agent/regies/{regie_id}/exercices/{year}/reouverture",
    "/agent/relances/remises",
    "/agent/reservations/decisions",
    "/agent/reservations/{booking_id}/annulation",
    "/agent/reservations/{booking_id}/decision",
    "/agent/sites",
    "/agent/tarifs/nouveau",
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
    "/paiements/{payment_id}/abandon",
    "/profil/mot-de-passe",
    "/reservations/panier/bascule",
    "/reservations/panier/pareil",
    "/reservations/panier/plusieurs",
    "/reservations/panier/retablir",
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
    "windows": {
        "kind": "windows",
        "windows": [
            {
                "first_day": "2027-02-08",
                "last_day": "2027-02-19",
                "opens_on": "2027-01-04",
                "closes_on": "2027-01-22",
                "at": "17:00",
            },
            {
                "first_day": "2027-04-05",
                "last_day": "2027-04-16",
                "opens_on": None,
                "closes_on": "2027-03-19",
                "at": "24:00",
            },
        ],
    },
    "month": {"kind": "month_before", "day": 20, "at": "24:00", "months": 1, "on_holiday": "keep"},
    "holidays": {"kind": "holiday_window", "opens_days": 40, "closes_days": 10, "at": "12:00"},
    "never": {"kind": "never"},
    "opening in weeks": {
        "kind": "none",
        "opens": {"kind": "weekday_before", "weekday": 0, "weeks": 2, "at": "08:30"},
    },
    "opening on a date": {"kind": "same_day", "at": "09:00", "opens": {"kind": "on", "day": "2026-06-01"}},
    "table of weeks": {
        "kind": "batch",
        "lines": [
            {"service_weekdays": [0, 1, 2, 3], "weekday": 4, "at": "09:00", "weeks": 2},
            {"service_weekdays": [4, 5, 6], "weekday": 1, "at": "24:00", "weeks": 1},
        ],
        "on_weekend": "roll_back",
        "on_school_holiday": "roll_back",
        "opens": {"kind": "days_before", "days": 60, "at": "07:00"},
    },
    "what does not count": {
        "kind": "days_before",
        "days": 3,
        "at": "10:00",
        "skip": ["public_holidays", "closures"],
        "on_holiday": "roll_back",
        "on_weekend": "keep",
    },
}
"""A declaration of each kind, with all that it may say."""


def test_a_form_that_edits_is_told_from_one_that_acts() -> None:
    """A new form stands in one of the two lists, and one that edits is looked at below."""
    sent_to = {address.path for address in addresses_of(gateway().pages) if address.method == "POST"}
    assert sent_to == EDITS | ACTS
    assert not EDITS & ACTS
    assert {each for each in EDITS if each.startswith("/agent/")} == set(EDITED)


@pytest.fixture(scope="module")
async def office(portal, starts) -> Office:
    url = str(portal.base_url).rstrip("/")
    cast = Cast(url)
    await asyncio.to_thread(cast.sign_agents_in)
    await asyncio.to_thread(cast.family.parent.sign_in, PARENT, DEMO_PASSWORD)
    agent = await Person("agent admin", portal, PEOPLE["agent admin"]).sign_in()
    parent = await Person("parent", portal, PEOPLE["parent"]).sign_in()
    return await asyncio.to_thread(Office(cast, agent, parent, starts).find)


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


async def test_the_familys_facts_by_day(office: Office) -> None:
    """Opened on what holds today, a form changes one fact from today on."""
    path, record = f"families/{office.family_id}", f"/agent/familles/{office.family_id}"

    def read() -> Any:
        return office.api("GET", "identity", path)

    before = await asyncio.to_thread(read)
    other = {"resident": "non_resident", "non_resident": "resident"}[before["residency"]]
    child = f"{record}/enfants/{before['children'][0]['child_id']}"
    for page, action, changes in (
        (f"{record}/residence", f"{record}/residence", {"residency": other}),
        (child, f"{child}/scolarite", {"category": "pai"}),
        (child, f"{child}/fratrie", {"counts_to": "2031-09-01"}),
    ):
        stood = await asyncio.to_thread(read)
        await keeps(read, office.agent, page, action, {})
        await saved(office.agent, page, action, **changes)
        after = await asyncio.to_thread(read)
        [(name, value)] = changes.items()
        facts = [after, after["children"][0]]
        assert [each[name] for each in facts if name in each] == [value]
        apart = {"residencies", "schoolings", name}
        assert {place.rpartition(".")[2] for place in differences(stood, after)} <= apart


async def test_a_childs_custody(office: Office) -> None:
    """Opened on what holds today, the form changes it by its day, dates and all."""
    path = f"families/{office.family_id}"

    def read() -> Any:
        return office.api("GET", "identity", path)

    def prepare() -> str:
        """The second child of the family at another's in the even weeks, with its holidays halved."""
        child_id = read()["children"][1]["child_id"]
        found = office.api("GET", "identity", "families?status=active")["items"]
        dates = [
            {"first_day": "2027-07-01", "last_day": "2027-07-31", "side": "home"},
            {"first_day": "2027-08-01", "last_day": "2027-08-31", "side": "other"},
        ]
        body = {
            "kind": "weeks",
            "family_id": next(each["family_id"] for each in found if each["family_id"] != office.family_id),
            "changes_on": 5,
            "dates": dates,
            "effective_from": today().isoformat(),
        }
        office.api("POST", "identity", f"{path}/children/{child_id}/custodies", json=body, expect=201)
        return f"/agent/familles/{office.family_id}/enfants/{child_id}/garde"

    page = await asyncio.to_thread(prepare)
    at = "children.1.custodies.0"
    await keeps(read, office.agent, page, page, {f"{at}.weeks": "odd"}, weeks="odd")
    await keeps(read, office.agent, page, page, {f"{at}.changes_on": 1}, changes_on="1")
    first = {"dates.0.first_day": "2027-07-02"}
    await keeps(read, office.agent, page, page, {f"{at}.dates.0.first_day": "2027-07-02"}, **first)


async def test_the_commune(office: Office) -> None:
    def read() -> Any:
        return office.api("GET", "identity", "commune")

    phone = {"contact_phone": "01 02 03 04 05"}
    await keeps(read, office.agent, "/agent/commune", "/agent/commune", phone, **phone)


async def test_the_communes_lists(office: Office) -> None:
    """A row renamed keeps its code; a row more has one from its name; a row emptied goes."""

    def read() -> Any:
        return office.api("GET", "identity", "commune")

    page, first = "/agent/commune/listes", "residency_classes.0.label"
    await keeps(read, office.agent, page, page, {first: "De la commune"}, **{first: "De la commune"})
    fields = await opened(office.agent, page, page, {})
    new = [
        ("residency_classes.7.label", "Conventionnée – été"),
        ("residency_classes.7.is_resident", "yes"),
        ("child_categories.3.label", "Repas fourni (PAI)"),
    ]
    answer = await sent_and_confirmed(office.agent, page, [*fields, *new])
    assert answer.status_code == 303
    lists = await asyncio.to_thread(read)
    added = {"code": "conventionnee_ete", "label": "Conventionnée – été", "is_resident": True}
    assert lists["residency_classes"][2:] == [added]
    assert lists["child_categories"] == [{"code": "repas_fourni_pai", "label": "Repas fourni (PAI)"}]
    emptied = {"residency_classes.2.label": "", "child_categories.0.label": ""}
    await saved(office.agent, page, page, **emptied)
    lists = await asyncio.to_thread(read)
    assert (len(lists["residency_classes"]), lists["child_categories"]) == (2, [])
    answer = await sent(office.agent, page, changed(await opened(office.agent, page, page, {}), {first: ""}))
    told = confirmed(page, answer.text)
    assert told is not None
    refusal = await sent(office.agent, page, told)
    assert refusal.status_code == 422 and "seul son nom peut changer" in refusal.text


@pytest.mark.parametrize("kind", DEADLINES)
async def test_an_activity_with_each_kind_of_deadline(office: Office, kind: str) -> None:
    activity_id = office.meals
    path, page = f"activities/{activity_id}", f"/agent/activites/{activity_id}/reglages"
    declared = {
        "booking_deadline": DEADLINES[kind],
        "cancellation_deadline": {name: each for name, each in DEADLINES[kind].items() if name != "opens"},
    }
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
    path, page = f"activities/{activity_id}", f"/agent/activites/{activity_id}/reglages"

    def prepare() -> None:
        office.api("PATCH", "reservations", path, json={"booking_deadline": DEADLINES["days"]})

    def read() -> Any:
        return office.api("GET", "reservations", path)

    await asyncio.to_thread(prepare)
    days = {"booking_deadline.days": 3}
    await keeps(read, office.agent, page, page, days, **{"booking.days": "3"})
    await saved(office.agent, page, page, **{"booking.kind": "none"})
    after = await asyncio.to_thread(read)
    assert after["booking_deadline"] == {"kind": "none", "opens": None}


async def test_the_places_of_a_day(office: Office) -> None:
    activity_id, day = office.meals, today().isoformat()
    path, page = f"activities/{activity_id}/slots", f"/agent/activites/{activity_id}/places"

    def prepare() -> None:
        office.api("PUT", "reservations", f"{path}/{day}", json={"capacity": 77})

    def read() -> Any:
        return office.api("GET", "reservations", path, params={"from": day, "to": day})

    before = await asyncio.to_thread(read)
    await saved(office.agent, page, page)
    assert differences(before, await asyncio.to_thread(read)) == {}
    await asyncio.to_thread(prepare)
    await keeps(read, office.agent, page, page, {"items.0.capacity": 78}, capacity="78")


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


async def test_a_regie(office: Office) -> None:
    def read() -> Any:
        return office.api("GET", "billing", "regies")["items"][0]

    page = f"/agent/regies/{(await asyncio.to_thread(read))['regie_id']}"
    await keeps(read, office.agent, page, page, {"due_days": 41}, due_days="41")


async def test_a_regie_that_carries(office: Office) -> None:
    def read() -> Any:
        return office.api("GET", "billing", "regies")["items"][0]

    page = f"/agent/regies/{(await asyncio.to_thread(read))['regie_id']}"
    await keeps(read, office.agent, page, page, {"carry_under_cents": 1250}, carry_under="12,50")
    await keeps(read, office.agent, page, page, {"carry_under_cents": None}, carry_under="")


async def test_the_rule_of_debts(office: Office) -> None:
    def read() -> Any:
        return office.api("GET", "billing", "debt-rule")

    page = "/agent/impayes/blocage"
    await keeps(read, office.agent, page, page, {"days": 41}, days="41")


async def test_a_site(office: Office) -> None:
    def read() -> Any:
        return office.api("GET", "reservations", "sites")["items"][0]

    page = f"/agent/sites/{(await asyncio.to_thread(read))['site_id']}"
    await keeps(read, office.agent, page, page, {"label": "Accueil du matin"}, label="Accueil du matin")


FLAT = {"kind": "flat", "amount_cents": 140}
BY_QUOTIENT = {
    "kind": "bands",
    "bands": [
        {"from": 0, "to": "859.99", "label": "A ; B", "amount_cents": 120},
        {"from": "859.99", "label": "B", "amount_cents": 260},
    ],
    "missing": {"kind": "band", "label": "B"},
}
BY_CHILDREN = {
    "kind": "bands",
    "of": "children",
    "bands": [
        {"from": 1, "to": 3, "label": "A", "amount_cents": 120},
        {"from": 3, "label": "B", "amount_cents": 90},
    ],
}
EFFORT = {"kind": "effort_rate", "rate": "0.00325", "floor_cents": 100, "ceiling_cents": 500}
WHEN = {
    "categories": ["elementary", "PAI, panier", "=élémentaire"],
    "residencies": ["non_resident"],
    "variants": ["sans repas"],
    "rank": {"from": 2, "to": 3},
    "children": {"from": 2},
    "regularity": "occasional",
    "booked": ["late", "unbooked"],
    "present": False,
    "also_booked": ["01900000-0000-7000-8000-00000000dead"],
}
"""Each condition; of an activity that is no longer there, and of a code that is one of our words."""
OVERRUN = {"kind": "slices", "minutes": 15, "of": "overrun", "closing": "18:30:00"}
TARIFFS: dict[str, dict[str, Any]] = {
    "rows": {
        "rows": [
            {"label": "enfants du personnel", "when": WHEN, "price": BY_QUOTIENT},
            {"when": {"categories": ["nursery"], "present": True}, "price": BY_CHILDREN},
            {"label": "au taux", "when": {"rank": {"from": 4}}, "price": EFFORT},
            {"price": FLAT},
        ],
    },
    "steps": {
        "rows": [{"price": BY_CHILDREN}],
        "steps": [
            {"kind": "shift", "bands": -1, "when": WHEN},
            {"kind": "multiply", "factor": "1.5", "label": "hors commune"},
            {"kind": "percent", "percent": "-12.50", "when": {"rank": {"from": 2}}},
            {"kind": "add", "amount_cents": -50},
            {"kind": "replace", "amount_cents": 700, "when": {"booked": ["late"]}},
            {"kind": "bounds", "floor_cents": 0, "ceiling_cents": 900},
        ],
    },
    "extras": {
        "rows": [{"price": FLAT}],
        "supplements": [
            {"label": "tardive", "amount_cents": 200, "when": {"booked": ["late"]}},
            {"label": "sans réservation", "percent": "50", "once": "family_day", "when": WHEN},
            {"label": "retard", "amount_cents": 500, "slices": OVERRUN, "once": "child_month"},
            {"label": "retard au prix", "percent": "12.50", "slices": OVERRUN},
        ],
        "free": [{"label": "PAI", "when": {"categories": ["PAI"]}}],
        "components": [
            {"code": "repas", "label": "Repas", "food": True, "percent": "40"},
            {"code": "garde", "label": "Garde", "amount_cents": 20},
            {"code": "reste", "label": "Animation"},
        ],
    },
    "quotient": {
        "quotient": {
            "counts": "next_month",
            "retroactive": False,
            "missing": {"kind": "price", "amount_cents": 0},
        },
        "quantity": OVERRUN,
        "siblings": "enrolled",
        "rows": [{"price": EFFORT}],
    },
    "month": {"quantity": {"kind": "month"}, "rows": [{"price": FLAT}]},
    "card": {"quantity": {"kind": "card"}, "rows": [{"price": FLAT}]},
    "booking": {"quantity": {"kind": "booking"}, "rows": [{"price": FLAT}]},
}
"""Tariffs with each part of the grammar, and below a change that the form makes of each."""
CHANGED = {
    "rows": ("rows.3.price.amount", "1,50", "definition.rows.3.price.amount_cents", 150),
    "steps": ("steps.3.amount", "−0,60", "definition.steps.3.amount_cents", -60),
    "extras": ("components.1.amount", "0,30", "definition.components.1.amount_cents", 30),
    "quotient": ("quotient.missing.amount", "1", "definition.quotient.missing.amount_cents", 100),
    "month": ("rows.0.label", "forfait", "definition.rows.0.label", "forfait"),
    "booking": ("rows.0.price.amount", "2", "definition.rows.0.price.amount_cents", 200),
    "card": ("rows.0.when.rank.from", "1", "definition.rows.0.when.rank", {"from": 1, "to": None}),
}


@pytest.mark.parametrize("kind", TARIFFS)
async def test_a_tariff_of_each_kind(office: Office, kind: str) -> None:
    day = "2098-09-01"
    stated = {"activity_id": office.meals, "effective_from": day, "definition": TARIFFS[kind]}

    def read() -> Any:
        found = office.api("GET", "billing", "tariffs", params={"activity_id": office.meals})["items"]
        tariff = next(each for each in found if each["effective_from"] == day)
        return {name: tariff[name] for name in ("effective_from", "definition")}

    await asyncio.to_thread(lambda: office.api("POST", "billing", "tariffs", json=stated, expect=201))
    page = f"/agent/tarifs/{office.meals}/{day}"
    field, typed, place, value = CHANGED[kind]
    await keeps(read, office.agent, page, page, {place: value}, **{field: typed})


NEW = "/agent/tarifs/nouveau"


async def test_a_new_tariff_replaces_none_that_stands(office: Office) -> None:
    def read() -> Any:
        return office.api("GET", "billing", "tariffs", params={"activity_id": office.meals})["items"]

    before = await asyncio.to_thread(read)
    typed = {"activity_id": office.meals, "effective_from": before[0]["effective_from"]}
    fields = await opened(office.agent, NEW, NEW, typed | {"rows.0.price.amount": "9,99"})
    answer = await sent(office.agent, NEW, fields)
    assert answer.status_code == 422 and 'id="e-effective_from"' in answer.text
    answer = await sent(office.agent, NEW, [*fields, ("confirmed", "yes")])
    assert answer.status_code == 422
    assert await asyncio.to_thread(read) == before


async def test_a_duplicated_tariff_has_the_terms_of_the_other(office: Office) -> None:
    def read() -> Any:
        found = office.api("GET", "billing", "tariffs", params={"activity_id": office.meals})["items"]
        return {each["effective_from"]: each["definition"] for each in found}

    stated = {"activity_id": office.meals, "effective_from": "2097-09-01", "definition": TARIFFS["rows"]}
    await asyncio.to_thread(lambda: office.api("POST", "billing", "tariffs", json=stated, expect=201))
    page = f"{NEW}?activity_id={office.meals}&effective_from=2097-09-01"
    fields = await opened(office.agent, page, NEW, {"effective_from": "2097-10-01"})
    assert (await sent_and_confirmed(office.agent, NEW, fields)).status_code == 303
    found = await asyncio.to_thread(read)
    assert found["2097-10-01"] == found["2097-09-01"]


async def test_a_period_more_keeps_what_was_typed(office: Office) -> None:
    page = f"/agent/activites/{office.meals}/reglages"
    typed = {"label": "Repas du midi", "booking.kind": "windows", "booking.windows.0.first_day": "2027-02-08"}
    fields = await opened(office.agent, page, page, typed)
    answer = await sent(office.agent, page, [*fields, ("add", "booking.windows")])
    assert answer.status_code == 200
    again = shown(page, answer.text, page)
    assert set(typed.items()) <= set(again)
    assert "booking.windows.1.first_day" in {name for name, _ in again}
    ends = {"booking.windows.0.last_day": "2027-02-01", "booking.windows.0.closes_on": "2027-01-22"}
    answer = await sent(office.agent, page, changed(again, ends))
    assert answer.status_code == 422 and 'id="e-booking-windows-0-last_day"' in answer.text


async def test_a_parents_profile(office: Office) -> None:
    def read() -> Any:
        return office.cast.family.parent.api("GET", "identity", "account")

    name = {"account_name": "Famille d’essai"}
    await keeps(read, office.parent, "/profil", "/profil", name, **name)


async def test_how_a_family_gets_its_invoices(office: Office) -> None:
    """Chosen by a parent for the family that the page shows, then by an agent; the journal tells who did."""
    parent = office.cast.family.parent
    account = await asyncio.to_thread(lambda: parent.api("GET", "identity", "account"))
    families = {each["commune_slug"]: each["family_id"] for each in account["memberships"]}
    here = families["jolieville"]

    def on_paper() -> list[str]:
        told = (parent.api("GET", "identity", f"families/{each}") for each in families.values())
        return [each["family_id"] for each in told if each["delivery"] == "paper"]

    def read() -> Any:
        return office.api("GET", "identity", f"families/{here}")

    def choose(way: str) -> None:
        parent.api("PUT", "identity", f"families/{here}/delivery", json={"delivery": way})

    assert await asyncio.to_thread(on_paper) == []
    await saved(office.parent, "/profil", "/profil/factures")
    assert await asyncio.to_thread(on_paper) == []
    await saved(office.parent, "/profil", "/profil/factures", delivery="paper")
    assert len(await asyncio.to_thread(on_paper)) == 1
    for way in ("mail", "paper"):
        await asyncio.to_thread(choose, way)
    page = f"/agent/familles/{here}"
    told = (await office.agent.ask("GET", page, keep=True)).text
    assert "Envoi des factures choisi par la famille" in told and "Sur papier" in told
    by_mail = {"delivery": "mail", "delivered_by": "mail"}
    await keeps(read, office.agent, page, page, by_mail, delivery="mail")


async def test_a_request_tells_which_agent_acted_on_it_last(office: Office) -> None:
    params = {"status": "info_needed"}
    found = await asyncio.to_thread(lambda: office.api("GET", "requests", "requests", params=params))
    page = await office.agent.ask("GET", f"/agent/demandes/{found['items'][0]['request_id']}", keep=True)
    assert "Précisions demandées par vous le" in page.text


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


@pytest.mark.parametrize("route", EDITED)
async def test_whoever_saves_over_another_agents_change_is_told_first(office: Office, route: str) -> None:
    case = await asyncio.to_thread(EDITED[route], office)
    theirs, ours = ({case.field: typed} for typed in case.typed)
    fields = await opened(office.agent, case.page, case.action, ours)
    await saved(office.agent, case.page, case.action, **theirs)
    answer = await sent(office.agent, case.action, fields)
    again = refused(case, answer, ours)
    assert await asyncio.to_thread(case.read) == case.said[0], "nothing was written over the other change"
    answer = await sent_and_confirmed(office.agent, case.action, again)
    assert answer.status_code == 303, "saved again, it is written over what was shown"
    assert await asyncio.to_thread(case.read) == case.said[1]


SAVED_AT_ONCE = {"/agent/activites/{activity_id}/places", "/agent/pointage"}
"""The forms of a single field, without a summary before they are saved."""


@pytest.mark.parametrize("route", sorted(EDITED.keys() - SAVED_AT_ONCE))
async def test_a_change_made_while_the_summary_is_read_is_told_too(office: Office, route: str) -> None:
    case = await asyncio.to_thread(EDITED[route], office)
    theirs, ours = ({case.field: typed} for typed in case.typed)
    answer = await sent(office.agent, case.action, await opened(office.agent, case.page, case.action, theirs))
    told = confirmed(case.action, answer.text)
    assert told is not None
    await saved(office.agent, case.page, case.action, **(case.meanwhile or {case.field: case.typed[1] + "0"}))
    stands = await asyncio.to_thread(case.read)
    answer = await sent(office.agent, case.action, told)
    refused(case, answer, theirs)
    assert any(f"{word} par" in answer.text for word in ("Modifié", happenings.CHANGED["custody.set"])), (
        "tells who"
    )
    assert await asyncio.to_thread(case.read) == stands
    await saved(office.agent, case.page, case.action, **ours)


def refused(case: Edited, answer: Any, typed: dict[str, str]) -> Fields:
    """The fields of the page that tells of a change made meanwhile: as they were typed."""
    assert answer.status_code == 409, f"{case.action}: {answer.status_code}"
    assert "Modifié entre-temps" in answer.text
    again = shown(case.page, answer.text, case.action)
    assert set(typed.items()) <= set(again)
    return again
