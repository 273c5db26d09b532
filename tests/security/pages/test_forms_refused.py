"""A form with one bad field is answered by its page: what is wrong is said, all else stays as typed."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest

from tests.security.pages.filling import Fields, filled
from tests.security.pages.markup import HtmlForm, read_page
from tests.security.pages.person import FORM, PEOPLE, Person
from tests.security.pages.site_map import SiteMap
from tests.security.pages.test_page_fuzzing import explored

WRITTEN = {"text", "search", "email", "tel", "textarea", "date", "number", "month", "color"}
UNREADABLE = "12\x00"
"""What no field of any page may hold; without the sign that cannot be shown, it comes back as ``12``."""
TOO_LONG = "1" * 6_000


Everybody = tuple[dict[str, Person], SiteMap]


@pytest.fixture(scope="module")
async def everybody(portal, starts) -> Everybody:
    """All people by their names, and the site as they found it: a form that is refused changes nothing."""
    people = [await Person(name, portal, email).sign_in() for name, email in PEOPLE.items()]
    return {person.name: person for person in people}, await explored(people, starts)


def never_back(name: str) -> bool:
    """Passwords and what serves once: not written into a page again."""
    return "password" in name or name in {"csrf_token", "altcha", "cle", "key"}


def lost(form: HtmlForm, typed: Fields, bad: str, html: str) -> list[str]:
    """The fields that the answered page does not show as they were typed."""
    page = read_page(form.page, html)
    where = (form.method, form.action)
    shown = next((each for each in page.forms if (each.method, each.action) == where), None)
    if shown is None:
        return [f"the form {form.action} is not there"]
    kept = shown.sent()
    buttons = {control.name for control in form.controls if control.kind == "button"}
    return [
        f"{name} was {value!r}"
        for name, value in typed
        if name != bad and not never_back(name) and name not in buttons and (name, value) not in kept
    ]


async def sent(person: Person, form: HtmlForm, typed: Fields):
    body = urlencode([pair for pair in typed if pair[0] != "csrf_token"] + [("csrf_token", person.token)])
    return await person.ask("POST", form.action, [FORM], body.encode())


def written(form: HtmlForm) -> list[str]:
    return [each.name for each in form.controls if each.kind in WRITTEN and not never_back(each.name)]


async def test_a_refused_form_keeps_what_was_typed(everybody: Everybody) -> None:
    by_name, site = everybody
    wrong: list[str] = []
    forms = list(to_refuse(site))
    for name, label, form in forms:
        for bad in written(form)[:3]:
            typed = [(each, UNREADABLE if each == bad else value) for each, value in filled(form)]
            answer = await sent(by_name[name], form, typed)
            said = f"{name} {label} with a bad {bad}"
            if answer.status_code != 422 or 'id="error-summary"' not in answer.text:
                wrong.append(f"{said}: {answer.status_code} and no summary of errors")
            elif missing := lost(form, typed, bad, answer.text):
                wrong.append(f"{said}: {missing}")
    assert wrong == [], "\n".join(wrong)
    assert len(forms) > 20, "the forms of all pages were there"
    for name, label, form in forms:
        for bad in written(form)[:2]:
            typed = [(each, TOO_LONG if each == bad else value) for each, value in filled(form)]
            answer = await sent(by_name[name], form, typed)
            if answer.status_code >= 400 and (missing := lost(form, typed, bad, answer.text)):
                wrong.append(f"{name} {label} refused by a service for {bad}: {answer.status_code} {missing}")
    assert wrong == [], "\n".join(wrong)


def to_refuse(site: SiteMap):
    """Each form with something to type in it, once: as the first of those who see it."""
    seen = set[str]()
    for (name, label), form in site.forms.items():
        if form.method == "post" and written(form) and label not in seen and "/sandbox/" not in label:
            seen.add(label)
            yield name, label, form


NOTHING_NEEDED = {
    "POST /agent/reservations/{booking_id}/annulation",
    "POST /agent/familles/{family_id}/enfants/{child_id}/fratrie",
}
"""Forms that may be sent with nothing written: a word to the family is as one likes, bounds need not be."""
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
SUMMARY = re.compile(r'<div class="notice notice-error" id="error-summary".*?</div>\s*</div>', re.DOTALL)


def emptied(form: HtmlForm) -> Fields:
    """The form with nothing written, chosen or pressed; what the page itself put in stays."""
    return [
        (control.name, control.value if control.kind == "hidden" and control.name != "altcha" else "")
        for control in form.controls
        if control.name and control.kind not in {"button", "radio", "checkbox", "file"}
    ]


def not_told(html: str) -> str:
    """What the page of a refused form lacks, "" when it tells all."""
    title = TITLE.search(html)
    if title is None or not unescape(title[1]).strip().startswith("Erreur\u202f: "):
        return "its title does not begin with the error"
    summary = SUMMARY.search(html)
    if summary is None or "autofocus" not in summary[0]:
        return "no summary that takes the focus"
    targets = re.findall(r'href="#([^"]+)"', summary[0])
    if not targets:
        return "the summary leads to no field"
    for target in targets:
        if (found := html.count(f'id="{target}"')) != 1:
            return f"the summary leads to {target}, which is there {found} times"
    return ""


async def test_a_form_sent_empty_tells_all_that_lacks_and_changes_nothing(everybody: Everybody) -> None:
    by_name, site = everybody
    wrong: list[str] = []
    for name, label, form in to_refuse(site):
        if label in NOTHING_NEEDED:
            continue
        before = await by_name[name].ask("GET", form.page)
        answer = await sent(by_name[name], form, emptied(form))
        if answer.status_code != 422:
            wrong.append(f"{name} {label}: {answer.status_code}")
            continue
        if lack := not_told(answer.text):
            wrong.append(f"{name} {label}: {lack}")
        after = await by_name[name].ask("GET", form.page)
        if steady(before.text) != steady(after.text):
            wrong.append(f"{name} {label}: the page is another afterwards")
    assert wrong == [], "\n".join(wrong)


def steady(html: str) -> str:
    """A page without what is new each time it is shown."""
    return re.sub(r'(name="(csrf_token|cle|key)" value=")[^"]*|data-now="[^"]*"|<li [^>]*>', "", html)
