"""Those who open a form, send it, and ask the API what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from preau.operations.tour.cast import SCHOOL_MEALS, Cast
from tests.security.pages.filling import Fields
from tests.security.pages.markup import HtmlForm, read_page
from tests.security.pages.person import FORM, Person


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


async def opened(person: Person, page: str, action: str, changes: Mapping[str, str]) -> Fields:
    """Open the page: its form's fields, with those named here changed."""
    answer = await person.ask("GET", page, keep=True)
    assert answer.status_code == 200, f"{page}: {answer.status_code}"
    return changed(shown(page, answer.text, action), changes)


def shown(page: str, html: str, action: str) -> Fields:
    """The fields of the page's form."""
    forms: list[HtmlForm] = read_page(page, html).forms
    return next(each for each in forms if each.method == "post" and each.action == action).sent()


def changed(fields: Fields, changes: Mapping[str, str]) -> Fields:
    """The fields with some of them changed; all of these are there."""
    assert set(changes) <= {name for name, _ in fields}, f"the form shows {fields}"
    return [(name, changes.get(name, value)) for name, value in fields]


async def sent(person: Person, action: str, fields: Fields) -> Any:
    """The answer to a form."""
    return await person.ask("POST", action, [FORM], urlencode(fields).encode(), keep=True)


def confirmed(page: str, html: str) -> Fields | None:
    """The fields of the summary before saving, None where the page is another."""
    told = next((each for each in read_page(page, html).forms if "confirmed" in each.names), None)
    return told and told.sent()


async def sent_and_confirmed(person: Person, action: str, fields: Fields) -> Any:
    """The answer to a form and, where what it changes is told first, to the summary."""
    answer = await sent(person, action, fields)
    told = confirmed(action, answer.text) if answer.status_code == 200 else None
    return await sent(person, action, told) if told else answer


async def saved(person: Person, page: str, action: str, **changes: str) -> None:
    """Open the page and save its form, with the fields named here changed."""
    answer = await sent_and_confirmed(person, action, await opened(person, page, action, changes))
    assert answer.status_code == 303, f"{action}: {answer.status_code} {read_page(page, answer.text)}"
