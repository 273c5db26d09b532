"""The forms by which an agent edits: what two agents type at the same time, and what the API then says."""

from collections.abc import Callable
from dataclasses import dataclass
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


def family(office: Office) -> Edited:
    page, typed = f"/agent/familles/{office.family_id}", ("Leurville", "Notreville")
    at = ("identity", f"families/{office.family_id}", "address", "city")
    return _edited(office, page, page, "city", typed, typed, *at)


def regie(office: Office) -> Edited:
    regie_id = office.api("GET", "billing", "regies")["items"][0]["regie_id"]
    page = f"/agent/regies/{regie_id}"
    at = ("billing", "regies", "items", "0", "due_days")
    return _edited(office, page, page, "due_days", ("5", "6"), (5, 6), *at)


def site(office: Office) -> Edited:
    found = office.api("GET", "reservations", "sites")["items"][0]
    page, typed = f"/agent/sites/{found['site_id']}", ("Accueil A", "Accueil B")
    return _edited(office, page, page, "label", typed, typed, "reservations", "sites", "items", "0", "label")


def tariff(office: Office) -> Edited:
    found = office.api("GET", "billing", "tariffs")["items"]
    flat = next(each for each in found if each["definition"]["kind"] == "flat")
    page = f"/agent/tarifs/{flat['activity_id']}/{flat['effective_from']}"
    at = ("billing", f"tariffs?activity_id={flat['activity_id']}", "items", "0", "definition", "amount_cents")
    return _edited(office, page, page, "amount", ("2", "3"), (200, 300), *at)


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
    "/agent/familles/{family_id}": family,
    "/agent/pointage": marks,
    "/agent/regies/{regie_id}": regie,
    "/agent/sites/{site_id}": site,
    "/agent/tarifs/{activity_id}/{effective_from}": tariff,
}
"""Each form by which an agent edits, opened by two of them."""
