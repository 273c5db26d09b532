"""A form with one bad field is answered by its page: what is wrong is said, all else stays as typed."""

from urllib.parse import urlencode

from tests.security.pages.filling import Fields, filled
from tests.security.pages.markup import HtmlForm, read_page
from tests.security.pages.person import FORM, PEOPLE, Person
from tests.security.pages.site_map import SiteMap
from tests.security.pages.test_page_fuzzing import explored

WRITTEN = {"text", "search", "email", "tel", "textarea", "date", "number", "month", "color"}
UNREADABLE = "12\x00"
"""What no field of any page may hold; without the sign that cannot be shown, it comes back as ``12``."""
TOO_LONG = "1" * 6_000


def never_back(name: str) -> bool:
    """Passwords and what serves once: not written into a page again."""
    return "password" in name or name in {"csrf_token", "altcha", "cle", "key"}


def lost(form: HtmlForm, typed: Fields, bad: str, html: str) -> list[str]:
    """The fields that the answered page does not show as they were typed."""
    page = read_page(form.page, html)
    shown = next((each for each in page.forms if each.action == form.action), None)
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


async def test_a_refused_form_keeps_what_was_typed(portal, starts) -> None:
    people = [await Person(name, portal, email).sign_in() for name, email in PEOPLE.items()]
    site = await explored(people, starts)
    wrong: list[str] = []
    forms = list(to_refuse(site))
    by_name = {person.name: person for person in people}
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
