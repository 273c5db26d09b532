"""The forms by which an agent edits: what two agents type at the same time, and what the API then says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from preau.operations.tour.calendar_days import today
from tests.security.pages.office import Office

Read = Callable[[], Any]


@dataclass(frozen=True)
class Edited:
    """An agents' form, the field that two of them change, what each types and what the API then says."""

    page: str
    action: str
    field: str
    typed: tuple[str, str]
    read: Read
    said: tuple[Any, Any]
    meanwhile: dict[str, str] | None = None
    """Another change of the record, where the field takes no text of any kind."""


def _edited(office: Office, page: str, action: str, field: str, typed: tuple[str, str], said: Any, *at: str):
    service, path, *place = at

    def read() -> Any:
        found = office.api("GET", service, path)
        for part in place:
            found = found[int(part)] if isinstance(found, list) else found[part]
        return found

    return Edited(page, action, field, typed, read, said)


def activity_settings(office: Office) -> Edited:
    page, at = f"/agent/activites/{office.meals}/reglages", f"activities/{office.meals}"
    places = "default_capacity"
    return _edited(office, page, page, places, ("131", "132"), (131, 132), "reservations", at, places)


def places_of_a_day(office: Office) -> Edited:
    page, day = f"/agent/activites/{office.meals}/places", today().isoformat()
    at = ("reservations", f"activities/{office.meals}/slots?from={day}&to={day}", "items", "0", "capacity")
    return _edited(office, page, page, "capacity", ("231", "232"), (231, 232), *at)


def commune(office: Office) -> Edited:
    page, typed = "/agent/commune", ("01 11 11 11 11", "02 22 22 22 22")
    return _edited(office, page, page, "contact_phone", typed, typed, "identity", "commune", "contact_phone")


def lists(office: Office) -> Edited:
    typed, page = ("Ici", "Chez nous"), "/agent/commune/listes"
    at = ("identity", "commune", "residency_classes", "0", "label")
    return _edited(office, page, page, "residency_classes.0.label", typed, typed, *at)


def family(office: Office) -> Edited:
    page, typed = f"/agent/familles/{office.family_id}", ("Leurville", "Notreville")
    at = ("identity", f"families/{office.family_id}", "address", "city")
    return _edited(office, page, page, "city", typed, typed, *at)


def _by_day(office: Office, page: str, action: str, field: str, typed: tuple[str, str], *at: str) -> Edited:
    """A form over a fact of the family by day: another day of it is changed meanwhile."""
    record, path = f"/agent/familles/{office.family_id}", f"families/{office.family_id}"
    case = _edited(office, record + page, record + action, field, typed, typed, "identity", path, *at)
    return replace(case, meanwhile={field: typed[0], "effective_from": "2098-01-01"})


def residency(office: Office) -> Edited:
    stands = office.api("GET", "identity", f"families/{office.family_id}")["residency"]
    other = {"resident": "non_resident", "non_resident": "resident"}[stands]
    return _by_day(office, "/residence", "/residence", "residency", (other, stands), "residency")


def payer(office: Office) -> Edited:
    """Of two guardians."""
    path = f"families/{office.family_id}"
    guardians = office.api("GET", "identity", path)["guardians"]
    if len(guardians) == 1:
        second = {"first_name": "Bo", "last_name": "Payeur"}
        guardians = office.api("POST", "identity", f"{path}/guardians", json=second, expect=201)["guardians"]
    stands = next(each["guardian_id"] for each in guardians if each["is_payer"])
    other = next(each["guardian_id"] for each in guardians if not each["is_payer"])
    typed, at = (other, stands), ("payers", "-1", "guardian_id")
    return _by_day(office, "/payeur", "/payeur", "guardian_id", typed, *at)


def schooling(office: Office) -> Edited:
    child = _child_page(office)
    typed, at = ("CM1 A", "CM1 B"), ("children", "0", "class_name")
    return _by_day(office, child, f"{child}/scolarite", "class_name", typed, *at)


def custody(office: Office) -> Edited:
    """Over what is shared from today on with a second family."""
    child, path = f"{_child_page(office)}/garde", f"families/{office.family_id}"
    own = office.api("GET", "identity", path)["children"][0]
    if today().isoformat() not in {each["effective_from"] for each in own["custodies"]}:
        found = office.api("GET", "identity", "families?status=active")["items"]
        other = next(each["family_id"] for each in found if each["family_id"] != office.family_id)
        body = {"kind": "share", "family_id": other, "percent": 50, "effective_from": today().isoformat()}
        office.api("POST", "identity", f"{path}/children/{own['child_id']}/custodies", json=body, expect=201)
    at = ("children", "0", "custodies", "0", "percent")
    return replace(_by_day(office, child, child, "percent", ("30", "40"), *at), said=(30, 40))


def siblings(office: Office) -> Edited:
    child = _child_page(office)
    typed, at = ("2040-01-01", "2041-01-01"), ("children", "0", "counts_to")
    case = _by_day(office, child, f"{child}/fratrie", "counts_to", typed, *at)
    return replace(case, meanwhile={"counts_to": "2042-01-01"})


def _child_page(office: Office) -> str:
    child = office.api("GET", "identity", f"families/{office.family_id}")["children"][0]
    return f"/enfants/{child['child_id']}"


def regie(office: Office) -> Edited:
    regie_id = office.api("GET", "billing", "regies")["items"][0]["regie_id"]
    page = f"/agent/regies/{regie_id}"
    at = ("billing", "regies", "items", "0", "due_days")
    return _edited(office, page, page, "due_days", ("5", "6"), (5, 6), *at)


def debt_rule(office: Office) -> Edited:
    page = "/agent/impayes/blocage"
    return _edited(office, page, page, "days", ("5", "6"), (5, 6), "billing", "debt-rule", "days")


def site(office: Office) -> Edited:
    found = office.api("GET", "reservations", "sites")["items"][0]
    page, typed = f"/agent/sites/{found['site_id']}", ("Accueil A", "Accueil B")
    return _edited(office, page, page, "label", typed, typed, "reservations", "sites", "items", "0", "label")


def tariff(office: Office) -> Edited:
    found = office.api("GET", "billing", "tariffs")["items"]
    others = [each for each in found if each["activity_id"] != office.meals]
    flat = next(each for each in others if each["definition"]["rows"][0]["price"]["kind"] == "flat")
    page = f"/agent/tarifs/{flat['activity_id']}/{flat['effective_from']}"
    price = ("definition", "rows", "0", "price", "amount_cents")
    at = ("billing", f"tariffs?activity_id={flat['activity_id']}", "items", "0", *price)
    return _edited(office, page, page, "rows.0.price.amount", ("2", "3"), (200, 300), *at)


def marks(office: Office) -> Edited:
    page = next(each for each in office.starts if each.startswith("/agent/pointage"))
    asked = {name: texts[0] for name, texts in parse_qs(urlsplit(page).query).items()}
    path = f"attendance?activity_id={asked['activity_id']}&date={asked['jour']}"
    booking_id = office.api("GET", "reservations", path)["items"][0]["booking_id"]
    at = ("reservations", path, "items", "0", "status")
    said = ("attended", "absent_justified")
    return _edited(office, page, "/agent/pointage", f"mark.{booking_id}", ("present", "justified"), said, *at)


EDITED: dict[str, Callable[[Office], Edited]] = {
    "/agent/activites/{activity_id}/reglages": activity_settings,
    "/agent/activites/{activity_id}/places": places_of_a_day,
    "/agent/commune": commune,
    "/agent/commune/listes": lists,
    "/agent/familles/{family_id}": family,
    "/agent/familles/{family_id}/enfants/{child_id}/fratrie": siblings,
    "/agent/familles/{family_id}/enfants/{child_id}/garde": custody,
    "/agent/familles/{family_id}/enfants/{child_id}/scolarite": schooling,
    "/agent/familles/{family_id}/payeur": payer,
    "/agent/familles/{family_id}/residence": residency,
    "/agent/impayes/blocage": debt_rule,
    "/agent/pointage": marks,
    "/agent/regies/{regie_id}": regie,
    "/agent/sites/{site_id}": site,
    "/agent/tarifs/{activity_id}/{effective_from}": tariff,
}
"""Each form by which an agent edits, opened by two of them."""
