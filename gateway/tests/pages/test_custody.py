"""A child between two families, as an agent enters, reads and corrects it."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from preau.common.ids import new_id
from preau.common.settings import DEMO_PASSWORD
from preau.testing.clients import client_of
from preau.wording.dates import full_date

from .conftest import Browser

MARTIN = "01900000-0000-7000-8000-000000000101"

TODAY = datetime.now(ZoneInfo("Europe/Paris")).date()
SOON = TODAY + timedelta(days=40)
SHOWN = re.compile(r'(?s)<td class="custody-(\w+)">')


class Child:
    """A child of one family, another family, and the page of the custody between them."""

    def __init__(self, office: Any, home: dict[str, Any], other: dict[str, Any]) -> None:
        self.office, self.home, self.other = office, home, other
        self.record = f"/agent/familles/{home['family_id']}"
        self.page = f"{self.record}/enfants/{home['children'][0]['child_id']}/garde"

    async def read(self) -> dict[str, Any]:
        return (await self.office.open(f"/api/agent/identity/families/{self.home['family_id']}")).json()

    async def custodies(self) -> list[dict[str, Any]]:
        return (await self.read())["children"][0]["custodies"]

    async def send(self, **fields: Any) -> Any:
        """The form with these fields, over the version that stands."""
        version = str((await self.read())["version"])
        weeks = {"kind": "weeks", "family_id": self.other["family_id"], "weeks": "even", "changes_on": "5"}
        await self.office.open(self.page)
        return await self.office.send(self.page, {"version": version} | weeks | fields)

    async def saved(self, **fields: Any) -> None:
        answer = await self.send(confirmed="yes", **fields)
        assert "La garde est enregistrée." in self.office.text, answer.text


async def registered(office: Any, first_name: str) -> dict[str, Any]:
    name = f"Garde{new_id().hex[-8:]}"
    await office.open("/agent/familles/nouvelle")
    page = await office.send(
        "/agent/familles/nouvelle",
        {
            "label": f"Famille {name}",
            "residency": "resident",
            "payer": "0",
            "city": "Ailleurs-sur-Mer",
            "guardians.0.first_name": "Ada",
            "guardians.0.last_name": name,
            "children.0.first_name": first_name,
            "children.0.last_name": name,
            "children.0.birth_date": "2018-05-04",
            "children.0.level": "elementary",
        },
    )
    assert "est enregistrée" in office.text
    family_id = page.url.path.rpartition("/")[2]
    return (await office.open(f"/api/agent/identity/families/{family_id}")).json()


@pytest.fixture
async def child(office: Any) -> Child:
    return Child(office, await registered(office, "Zoé"), await registered(office, "Tim"))


async def test_a_family_is_found_by_its_name_and_what_was_typed_is_kept(office, child):
    name = child.other["guardians"][0]["last_name"]
    answer = await child.send(action="search", family_search=name, family_id="", percent="35")
    assert answer.status_code == 200
    options = re.findall(r'name="family_id" value="([^"]+)"', answer.text)
    assert options == [child.other["family_id"]]
    assert f"Ada {name}" in office.text
    assert 'value="35"' in answer.text and f'value="{name}"' in answer.text
    own = child.home["guardians"][0]["last_name"]
    answer = await child.send(action="search", family_search=own, family_id="")
    assert "Aucune autre famille ne correspond." in office.text
    assert await child.custodies() == []


async def test_a_custody_is_told_before_it_is_saved_then_shown_in_both_families(office, child):
    home, other = (each["label"].replace("Famille", "famille") for each in (child.home, child.other))
    answer = await child.send(effective_from=str(TODAY))
    assert answer.status_code == 200 and "Rien n’est encore enregistré" in office.text
    said = f"Une semaine sur deux chez la {other} (semaines paires, du vendredi au jeudi)"
    paid = f"Paie : {other} les semaines paires, {home} les impaires"
    assert said in office.text and paid in office.text
    assert await child.custodies() == []
    await child.saved(effective_from=str(TODAY))
    (entry,) = await child.custodies()
    assert (entry["kind"], entry["changes_on"], entry["effective_from"]) == ("weeks", 5, str(TODAY))
    for page in (child.page, f"{child.record}/enfants", child.page.removesuffix("/garde")):
        await office.open(page)
        assert f"{said}. {paid}" in office.text, page
    answer = await office.open(f"/agent/familles/{child.other['family_id']}/enfants")
    assert "Enfants en garde partagée" in office.text and f"{said}. {paid}" in office.text
    assert f'href="{child.page}"' in answer.text and f'href="{child.record}/enfants"' in answer.text
    await office.open(child.record)
    assert "Garde enregistrée par" in office.text
    await office.open(f"/agent/familles/{child.other['family_id']}")
    assert "Enfant en garde partagée modifié par" in office.text


async def test_the_days_of_a_draft_are_shown_and_nothing_is_kept(office, child):
    answer = await child.send(action="preview", kind="share", percent="40")
    assert answer.status_code == 200
    monday = TODAY - timedelta(days=TODAY.weekday())
    shown = SHOWN.findall(answer.text)
    assert shown == ["home"] * (TODAY - monday).days + ["share"] * (35 - (TODAY - monday).days)
    assert "40 %" in office.text and f"{full_date(monday)}" in office.text
    answer = await child.send(action="preview", since_always="yes", changes_on="1")
    numbers = [(monday + timedelta(days=each)).isocalendar().week for each in range(35)]
    assert SHOWN.findall(answer.text) == ["home" if number % 2 else "other" for number in numbers]
    answer = await child.send(action="preview", kind="share", percent="140")
    assert answer.status_code == 422 and 'id="e-percent"' in answer.text and 'value="140"' in answer.text
    assert await child.custodies() == []


async def test_dates_are_rows_and_each_mistake_stands_by_its_field(office, child):
    first, last = TODAY + timedelta(days=10), TODAY + timedelta(days=20)
    rows = {"dates.0.first_day": str(first), "dates.0.last_day": str(last), "dates.0.side": "home"}
    answer = await child.send(**rows, add="dates")
    assert 'name="dates.1.first_day"' in answer.text and f'value="{first}"' in answer.text
    gap = {"dates.2.first_day": str(last), "dates.2.last_day": str(last), "dates.2.side": "other"}
    for wrong, where in (
        ({"dates.0.first_day": str(last), "dates.0.last_day": str(first)}, "dates-0-last_day"),
        ({"dates.0.last_day": ""}, "dates-0-last_day"),
        ({"dates.0.last_day": "2099-01-01"}, "dates-0-last_day"),
        (gap, "dates-2-first_day"),
        ({"kind": "weekdays"}, "weekdays"),
        ({"kind": "weekdays", "weekdays": ["1", "2", "3", "4", "5", "6", "7"]}, "weekdays"),
        ({"kind": "share", "percent": ""}, "percent"),
        ({"kind": "share", "percent": "0"}, "percent"),
        ({"kind": "dates"}, "dates"),
        ({"kind": "none"}, "kind"),
        ({"kind": "moon"}, "kind"),
        ({"family_id": ""}, "family_id"),
        ({"family_id": child.home["family_id"]}, "family_id"),
        ({"family_id": str(new_id())}, "family_id"),
        ({"family_id": "x"}, "family_id"),
        ({"effective_from": "31/02/2026"}, "effective_from"),
    ):
        answer = await child.send(**rows | {"confirmed": "yes"} | wrong)
        if wrong == {"kind": "none"}:  # what holds already is not entered again
            assert answer.status_code == 200
            continue
        assert answer.status_code == 422, wrong
        assert f'id="e-{where}"' in answer.text, (wrong, re.findall(r'id="e-[^"]+"', answer.text))
        assert f'href="#f-{where}"' in answer.text and f'id="f-{where}"' in answer.text, wrong
    assert await child.custodies() == []
    await child.saved(**rows | gap | {"dates.2.first_day": str(SOON), "dates.2.last_day": str(SOON)})
    (entry,) = await child.custodies()
    assert [each["side"] for each in entry["dates"]] == ["home", "other"]


async def test_an_entry_is_removed_once_confirmed_also_what_holds_since_always(office, child):
    await child.saved(since_always="yes")
    await child.saved(kind="none", effective_from=str(SOON))
    assert [each["kind"] for each in await child.custodies()] == ["weeks", "none"]
    answer = await office.open(child.page)
    forms = re.findall(rf'(?s)<form method="post" action="{child.record}/retrait"(.*?)</form>', answer.text)
    fields = [dict(re.findall(r'name="([^"]+)" value="([^"]*)"', each)) for each in forms]
    assert len(fields) == 2
    told = await office.send(f"{child.record}/retrait", fields[0])
    assert told.status_code == 200 and "Rien n’est encore enregistré" in office.text
    assert "Toujours dans sa famille" in office.text
    await office.send(f"{child.record}/retrait", fields[0] | {"confirmed": "yes"})
    assert f"Ce qui commençait le {full_date(SOON)} est retiré" in office.text
    version = str((await child.read())["version"])
    await office.send(f"{child.record}/retrait", fields[1] | {"version": version})
    assert "Retirer ce qui vaut depuis toujours" in office.text
    await office.send(f"{child.record}/retrait", fields[1] | {"confirmed": "yes", "version": version})
    assert "Ce qui valait depuis toujours est retiré" in office.text
    assert await child.custodies() == []
    wrong = {"version": version, "history": "residencies", "since_always": "yes", "confirmed": "yes"}
    await office.send(f"{child.record}/retrait", wrong)
    assert "Choisissez l’entrée à retirer" in office.text


async def test_of_two_agents_the_second_sees_what_stands(office, child):
    await child.saved(effective_from=str(TODAY))
    answer = await child.send(version="1", weeks="odd", effective_from=str(TODAY))
    assert answer.status_code == 409
    assert "semaines paires" in office.text and "semaines impaires" in office.text
    assert "Votre saisie est gardée" in office.text


async def test_who_may_not_change_a_family_reads_a_custody(office, child):
    await child.saved(effective_from=str(TODAY))
    await office.sign_in("animation@jolieville.example")
    answer = await office.open(child.page)
    assert answer.status_code == 200 and "Une semaine sur deux" in office.text
    assert child.record not in "".join(re.findall(r'action="([^"]*)"', answer.text))
    other = f"{child.record}/enfants/{new_id()}/garde"
    assert (await office.open(other)).status_code == 404


@pytest.fixture
async def parent(system: str) -> AsyncIterator[Any]:
    """A browser in which the demonstration's parent signed in."""
    async with client_of(system) as client:
        browser = Browser(client, system)
        await browser.open("/connexion")
        await browser.send("/connexion", email="parent@jolieville.example", password=DEMO_PASSWORD, suite="/")
        yield browser


async def test_parents_read_who_has_a_child_and_no_more_of_the_other_family(office, parent, child):
    """Their own child's other family by its name; another's child by its first name."""
    martin = (await office.open(f"/api/agent/identity/families/{MARTIN}")).json()
    theirs = child.home
    shared = Child(office, theirs, martin)
    await shared.saved(effective_from=str(TODAY - timedelta(days=9)))
    answer = await parent.open("/profil?onglet=enfants")
    assert "Enfants en garde partagée" in parent.text
    said = "Garde Une semaine sur deux chez vous (semaines paires, du vendredi au jeudi)"
    assert f"Zoé {said}" in parent.text
    for hidden in (theirs["label"], theirs["family_id"], "Ailleurs-sur-Mer"):
        assert hidden not in answer.text
    await shared.saved(kind="none", effective_from=str(TODAY))
    await Child(office, martin, theirs).saved(effective_from=str(SOON), kind="share", percent="40")
    answer = await parent.open("/profil?onglet=enfants")
    named = theirs["label"].replace("Famille", "famille")
    said = f"À compter du {full_date(SOON)}\u202f: Frais partagés avec la {named}, à hauteur de 40\u202f%"
    assert " ".join(said.split()) in parent.text
    assert "Enfants en garde partagée" not in parent.text
    assert theirs["family_id"] not in answer.text and "Ailleurs-sur-Mer" not in answer.text
