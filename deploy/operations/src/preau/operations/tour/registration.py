"""Chapter 1: the commune registers families, parents register and enter their code."""

import re
from typing import Any

from preau.operations.tour.cast import Cast, Household
from preau.operations.tour.challenge import solve
from preau.operations.tour.story import Narrator, check

CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


def registration(narrator: Narrator, cast: Cast) -> None:
    """Two families of Jolieville with their mails, accounts and memberships."""
    narrator.step("The agents of both communes sign in", cast.sign_agents_in)
    narrator.step(
        "The agent registers the family, two children, quotient 612", lambda: _register(cast, cast.family, 2)
    )
    narrator.step("The family gets the activation link and the code", lambda: _mail(cast, cast.family))
    narrator.step("The other commune does not see this family", lambda: _not_for_strangers(cast))
    narrator.step("The parent opens an account and signs in", lambda: _open_account(cast, cast.family))
    narrator.step("The parent enters the code", lambda: _join(cast.family))
    narrator.step("The code works once", lambda: _code_is_spent(cast.family))
    narrator.step("A second family does the same", lambda: _whole_family(cast, cast.rivals))


def enrol(cast: Cast, household: Household, children: int) -> None:
    """Let the commune register a family, and wait for its invitation."""
    _register(cast, household, children)
    _mail(cast, household)


def _register(cast: Cast, household: Household, children: int) -> str:
    names = (("Lina", "2017-05-14", "CE2 B"), ("Noé", "2019-09-02", "CP A"))[:children]
    body: dict[str, Any] = {
        "label": household.label,
        "residency": "resident",
        "address": {"street": "12 rue des Écoles", "postal_code": "99000", "city": "Jolieville"},
        "guardians": [
            {
                "civility": "mme",
                "first_name": "Camille",
                "last_name": f"Tour{household.tag}",
                "email": household.email,
                "phone": "0600000000",
                "is_payer": True,
            }
        ],
        "children": [
            {
                "first_name": first_name,
                "last_name": f"Tour{household.tag}",
                "birth_date": born,
                "school": "École Jules-Ferry",
                "class_name": class_name,
                "level": "elementary",
                "diet": "",
            }
            for first_name, born, class_name in names
        ],
        "quotients": [{"value": 612, "effective_from": "2026-01-01"}],
    }
    household.record = cast.admin.api("POST", "identity", "families", json=body, expect=201)
    check(len(household.children) == children, "the record lacks a child")
    return f"{household.label}, {children} children"


def _mail(cast: Cast, household: Household) -> str:
    mail = cast.mail(household.email, "activez")
    found = CODE.search(mail["text"])
    check(found, "the mail holds no membership code")
    household.code = found.group() if found else ""
    household.activation = next((link for link in mail["links"] if "/activation/" in link), "")
    check(household.activation, "the mail holds no activation link")
    return mail["subject"]


def _not_for_strangers(cast: Cast) -> str:
    cast.stranger.api("GET", "identity", f"families/{cast.family.family_id}", expect=404)
    return "404 for the agent of Beauval"


def _open_account(cast: Cast, household: Household) -> str:
    challenge = cast.anyone.call("GET", "/api/public/identity/challenge")
    cast.anyone.call(
        "POST",
        "/api/public/identity/accounts",
        json={
            "account_name": household.label,
            "email": household.email,
            "password": household.password,
            "password_confirmation": household.password,
            "purpose": "personal",
            "civility": "mme",
            "first_name": "Camille",
            "last_name": f"Tour{household.tag}",
            "notify_by": "email",
            "phone": "0600000000",
            "second_phone": "",
            "second_email": "",
            "altcha": solve(challenge),
        },
        expect=(201, 202),
    )
    session = household.parent.sign_in(household.email, household.password)
    return f"signed in as {session['display_name']}"


def _join(household: Household) -> str:
    household.parent.api("POST", "identity", "memberships", json={"code": household.code}, expect=201)
    household.parent.renew()
    record = household.parent.api("GET", "identity", f"families/{household.family_id}")
    return ", ".join(child["first_name"] for child in record["children"])


def _code_is_spent(household: Household) -> str:
    problem = household.parent.api(
        "POST", "identity", "memberships", json={"code": household.code}, expect=(404, 409, 410, 422)
    )
    return problem["detail"]


def _whole_family(cast: Cast, household: Household) -> str:
    enrol(cast, household, 1)
    _open_account(cast, household)
    return _join(household)
