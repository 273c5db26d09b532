"""The facts of a family by day, as an agent enters, reads and corrects them."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from preau.common.ids import new_id
from preau.wording.dates import full_date

PARENT = "01900000-0000-7000-8000-000000000101"


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Paris")).date()


SOON, BEFORE = today() + timedelta(days=40), today() - timedelta(days=40)


class Record:
    """A family of the commune with its page, and what the API says of it."""

    def __init__(self, office: Any, path: str) -> None:
        self.office, self.path = office, path

    async def read(self) -> dict[str, Any]:
        answer = await self.office.open(self.path.replace("/agent/familles", "/api/agent/identity/families"))
        return answer.json()

    async def form(self, page: str, action: str = "") -> dict[str, str]:
        """The hidden fields and texts of the form that is sent to ``action``."""
        await self.office.open(self.path + page)
        source = self.office.find(
            rf'(?s)<form method="post" action="{self.path}{action or page}"(.*?)</form>'
        )
        fields = dict(re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', source))
        for name, options in re.findall(r'(?s)<select[^>]* name="([^"]+)".*?>(.*?)</select>', source):
            fields[name] = re.findall(r'value="([^"]*)" selected', options)[0]
        fields.pop("since_always", None)
        return fields

    async def change(self, page: str, action: str = "", /, **changes: str) -> Any:
        """Send the form with ``changes``, up to the summary of what it changes."""
        fields = await self.form(page, action)
        return await self.office.send(self.path + (action or page), fields | changes)

    async def confirmed(self, page: str, action: str = "", /, **changes: str) -> None:
        answer = await self.change(page, action, confirmed="yes", **changes)
        assert "Le changement est enregistré." in self.office.text, answer.text

    async def retire(self, page: str, day: date) -> None:
        """Take away what begins on a day, and confirm."""
        await self.office.open(self.path + page)
        forms = re.findall(
            rf'(?s)<form method="post" action="{self.path}/retrait"(.*?)</form>', self.office.page.text
        )
        fields = next(
            found
            for each in forms
            if (found := dict(re.findall(r'name="([^"]+)" value="([^"]*)"', each)))["effective_from"]
            == str(day)
        )
        told = await self.office.send(f"{self.path}/retrait", fields)
        assert told.status_code == 200 and "Rien n’est encore enregistré" in self.office.text
        await self.office.send(f"{self.path}/retrait", fields | {"confirmed": "yes"})
        assert f"Ce qui commençait le {full_date(day)} est retiré" in self.office.text


@pytest.fixture
async def record(office: Any) -> Record:
    """Ada, who pays, Bo and their child Zoé, pupil of CE2."""
    name = f"Date{new_id().hex[-8:]}"
    await office.open("/agent/familles/nouvelle")
    page = await office.send(
        "/agent/familles/nouvelle",
        {
            "label": name,
            "residency": "resident",
            "payer": "0",
            "guardians.0.first_name": "Ada",
            "guardians.0.last_name": name,
            "guardians.1.first_name": "Bo",
            "guardians.1.last_name": name,
            "children.0.first_name": "Zoé",
            "children.0.last_name": name,
            "children.0.birth_date": "2018-05-04",
            "children.0.school": "Jules-Ferry",
            "children.0.class_name": "CE2",
            "children.0.level": "elementary",
            "quotients.0.value": "859,99",
            "quotients.0.effective_from": "2026-01-01",
        },
    )
    assert "est enregistrée" in office.text
    return Record(office, page.url.path)


async def test_a_residency_to_come_is_told_and_kept(office, record):
    answer = await record.change("/residence", residency="non_resident", effective_from=str(SOON))
    assert answer.status_code == 200
    assert f"Ce changement vaut à compter du {full_date(SOON)}." in office.text
    assert "déjà facturé" not in office.text
    await record.confirmed("/residence", residency="non_resident", effective_from=str(SOON))
    stands = await record.read()
    assert stands["residency"] == "resident"
    assert stands["residencies"][-1] == {
        "residency": "non_resident",
        "effective_from": str(SOON),
        "effective_to": None,
    }
    for page in ("", "/residence"):
        await office.open(record.path + page)
        assert f"Habite la commune À compter du {full_date(SOON)} : Hors commune" in office.text, page
    assert f"Depuis toujours jusqu’au {full_date(SOON)} exclu Habite la commune aujourd’hui" in office.text
    assert f"{full_date(SOON)} Hors commune à venir" in office.text
    await record.retire("/residence", SOON)
    assert len((await record.read())["residencies"]) == 1


async def test_a_change_in_the_past_says_what_becomes_of_what_is_billed(office, record):
    answer = await record.change("/residence", residency="non_resident", effective_from=str(BEFORE))
    assert answer.status_code == 200
    assert "Ce qui est déjà facturé ne change pas" in office.text
    await record.confirmed("/residence", residency="non_resident", effective_from=str(BEFORE))
    assert (await record.read())["residency"] == "non_resident"


async def test_without_a_day_a_change_holds_from_today_and_ticked_since_always(office, record):
    await record.confirmed("/residence", residency="non_resident", effective_from="")
    stands = await record.read()
    assert [each["effective_from"] for each in stands["residencies"]] == [None, str(today())]
    await record.retire("/residence", today())
    await record.confirmed("/residence", residency="non_resident", since_always="yes")
    stands = await record.read()
    assert [(each["residency"], each["effective_from"]) for each in stands["residencies"]] == [
        ("non_resident", None)
    ]


async def test_another_pays_from_a_day_on(office, record):
    bo = (await record.read())["guardians"][1]
    answer = await record.change("/payeur", guardian_id=bo["guardian_id"], effective_from=str(SOON))
    assert f"Bo {bo['last_name']}" in office.text and answer.status_code == 200
    await record.confirmed("/payeur", guardian_id=bo["guardian_id"], effective_from=str(SOON))
    stands = await record.read()
    assert [person["is_payer"] for person in stands["guardians"]] == [True, False]
    assert stands["payers"][-1]["guardian_id"] == bo["guardian_id"]
    await record.retire("/payeur", SOON)
    assert len((await record.read())["payers"]) == 1


async def test_a_form_over_what_holds_on_its_day_changes_what_it_changes(office, record):
    """The class is CM1 from a day on: a form opened on CE2 that is sent for that day changes what differs."""
    child = f"/enfants/{(await record.read())['children'][0]['child_id']}"
    form = f"{child}/scolarite"
    await record.confirmed(child, form, class_name="CM1", effective_from=str(SOON))
    await record.confirmed(child, form, class_name="CM1", category="pai", effective_from=str(SOON))
    await record.confirmed(child, form, school="Les Lilas", since_always="yes")
    schoolings = (await record.read())["children"][0]["schoolings"]
    assert [(each["school"], each["class_name"], each["category"]) for each in schoolings] == [
        ("Les Lilas", "CE2", ""),
        ("Jules-Ferry", "CM1", "pai"),
    ]
    await office.open(f"{record.path}/enfants")
    assert (
        f"Les Lilas, CE2, élémentaire À compter du {full_date(SOON)} : Jules-Ferry, CM1, élémentaire,"
        " catégorie pai" in office.text
    )
    await record.retire(child, SOON)
    assert len((await record.read())["children"][0]["schoolings"]) == 1


async def test_a_child_counts_no_more_among_the_siblings_from_a_day_on(office, record):
    child = f"/enfants/{(await record.read())['children'][0]['child_id']}"
    form = f"{child}/fratrie"
    await record.confirmed(child, form, counts_to=str(SOON))
    assert (await record.read())["children"][0]["counts_to"] == str(SOON)
    await office.open(f"{record.path}/enfants")
    assert f"ne compte plus à compter du {full_date(SOON)}" in office.text
    answer = await record.change(child, form, counts_from=str(SOON), confirmed="yes")
    assert answer.status_code == 422 and 'id="e-counts_to"' in answer.text
    await record.confirmed(child, form, counts_to="")
    assert (await record.read())["children"][0]["counts_to"] is None


async def test_a_quotient_has_two_decimals_and_its_mistakes_are_told(office, record):
    await office.open(f"{record.path}/quotients")
    assert "859,99" in office.text
    answer = await record.office.send(f"{record.path}/quotients", value="612,5", effective_from=str(SOON))
    assert "Le quotient de 612,50 est enregistré." in office.text, answer.text
    assert f"859,99 À compter du {full_date(SOON)} : 612,50" in office.text
    assert [each["cents"] for each in (await record.read())["quotients"]] == [85999, 61250]
    for typed in ("612,555", "-1", "x"):
        answer = await office.send(f"{record.path}/quotients", value=typed, effective_from=str(SOON))
        assert answer.status_code == 422 and 'id="e-value"' in answer.text, typed
        assert f'value="{typed}"' in answer.text
    await record.retire("/quotients", SOON)
    assert [each["cents"] for each in (await record.read())["quotients"]] == [85999]


async def test_an_entry_is_removed_once_and_not_over_another_change(office, record):
    await record.confirmed("/residence", residency="non_resident", effective_from=str(SOON))
    seen = str((await record.read())["version"])
    fields = {"history": "residencies", "effective_from": str(SOON), "version": seen, "confirmed": "yes"}
    await record.confirmed("/residence", residency="non_resident", effective_from=str(BEFORE))
    await office.send(f"{record.path}/retrait", fields)
    assert "Cette fiche a été modifiée entre-temps" in office.text
    assert len((await record.read())["residencies"]) == 3
    for wrong in (
        {"effective_from": "2019-01-01"},
        {"effective_from": ""},
        {"history": "x"},
        {"version": ""},
    ):
        answer = await office.send(f"{record.path}/retrait", fields | wrong)
        assert answer.status_code == 200 and "est retiré" not in office.text


async def test_who_may_not_change_a_family_reads_its_histories(office, record):
    child = f"/enfants/{(await record.read())['children'][0]['child_id']}"
    await office.sign_in("animation@jolieville.example")
    for page in ("/residence", "/payeur", child, "/quotients"):
        answer = await office.open(record.path + page)
        assert answer.status_code == 200
        assert record.path not in "".join(re.findall(r'action="([^"]*)"', answer.text)), page
    assert (await office.open(f"{record.path}/enfants/{PARENT}")).status_code == 404
