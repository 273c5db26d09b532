"""Reminder letters: one a family and régie, of what is still due, more firmly step by step."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from preau.billing import demo
from preau.billing.reminders import letters as letters_module
from preau.billing.reminders.letters import IN_EIGHT_DAYS, SOON, THEN_TREASURY, document
from preau.billing.reminders.periodic import remind_late
from preau.common.ids import new_id
from preau.testing.database_clock import moved_clock
from preau.testing.waiting import eventually

CALENDAR = {
    "is_on": True,
    "minimum_cents": 100,
    "steps": [
        {"days": 8, "means": "letter"},
        {"days": 20, "means": "letter"},
        {"days": 45, "means": "treasury"},
    ],
}


async def bill(town: Any, family: Any, cents: int = 500) -> dict[str, Any]:
    line = {"label": "Carte", "day": "2026-03-02", "quantity": 1, "unit_cents": cents}
    answer = await town.service.client.post(
        f"/agent/families/{family.family_id}/manual-invoices",
        json={"regie_id": str(demo.MEALS), "reason": "Carte perdue", "lines": [line]},
        headers=town.agent | {"Idempotency-Key": str(new_id())},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def late(town):
    """A function that lets days pass after the due date of what is billed now, and reminds."""
    url = f"/agent/regies/{demo.MEALS}"
    settings = {"reminders": CALENDAR}
    assert (await town.service.client.patch(url, json=settings, headers=town.agent)).status_code == 200
    async with moved_clock(town.service.database) as clock:

        async def pass_by(days: int) -> None:
            await clock.move_to(datetime.now(UTC) + timedelta(days=30 + days))
            while await remind_late(town.service.database):
                pass

        yield pass_by


async def begin(town: Any, **body: Any) -> Any:
    headers = town.agent | {"Idempotency-Key": str(new_id())}
    return await town.service.client.post(
        "/agent/prints", json={"document": "reminders", **body}, headers=headers
    )


async def printed(town: Any) -> pikepdf.Pdf:
    answer = await begin(town)
    assert answer.status_code == 202, answer.text
    url = f"/agent/prints/{answer.json()['print_id']}"

    async def ready() -> bool:
        return (await town.service.client.get(url, headers=town.agent)).json()["status"] == "ready"

    await eventually(ready, "the letters are ready")
    file = await town.service.client.get(f"{url}/pdf", headers=town.agent)
    assert "relances-" in file.headers["content-disposition"]
    return pikepdf.open(BytesIO(file.content))


async def written(town: Any, *invoices: dict[str, Any]) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        found = await letters_module.letters(
            session,
            [each["invoice_id"] for each in invoices],
            day=now.date(),
            now=now,
            public_url="https://famille.example",
        )
    return [document(each) for each in found]


async def test_one_letter_a_family_of_all_that_it_owes(town, late):
    martin, durand = await town.household("Martin"), await town.household("Durand")
    owed = [await bill(town, martin), await bill(town, martin, 300), await bill(town, durand)]
    await late(8)
    pdf = await printed(town)
    assert len(pdf.pages) == 2
    with pdf.open_metadata() as told:
        assert (told["pdfaid:part"], told["pdfaid:conformance"], told["pdfuaid:part"]) == ("3", "A", "1")
    of_durand, of_martin = await written(town, *owed)
    assert (of_durand["due"], of_martin["due"]) == ("5,00\u00a0€", "8,00\u00a0€")
    assert [each["number"] for each in of_martin["invoices"]] == [each["number"] for each in owed[:2]]
    assert "les factures ci-dessous n’ont pas été réglées" in of_martin["sentences"][0]
    assert "la facture ci-dessous n’a pas été réglée" in of_durand["sentences"][0]
    assert of_durand["link"].endswith(owed[2]["invoice_id"]) and of_martin["link"].endswith("/factures")
    assert of_martin["addressee"]["street"] == "3 rue des Lilas"


async def test_each_step_asks_more_firmly_and_the_last_names_the_treasury(town, late):
    invoice = await bill(town, await town.household("Martin"))
    await late(8)
    (first,) = await written(town, invoice)
    assert first["subject"] == "Relance – facture impayée" and SOON in first["sentences"]
    await late(20)
    (second,) = await written(town, invoice)
    assert second["subject"].startswith("Dernière relance")
    assert second["sentences"][0].startswith("Malgré notre précédente relance, la facture ci-dessous reste ")
    assert second["sentences"][1:] == [IN_EIGHT_DAYS, THEN_TREASURY]


async def test_what_is_no_longer_asked_for_is_not_written_of(town, late):
    """Paid, split or handed over: no letter, and nothing to print is told."""
    families = [await town.household(label) for label in ("Martin", "Durand", "Petit", "Blanc")]
    paid, split, sent, left = [await bill(town, family) for family in families]
    await late(8)
    await town.pay(paid["invoice_id"], 500, families[0])
    day = datetime.now(UTC).date()
    parts = [{"due_on": f"{day + timedelta(days=days)}", "cents": 250} for days in (60, 90)]
    plan = await town.service.client.put(
        f"/agent/invoices/{split['invoice_id']}/instalments",
        json={"parts": parts, "reason": "Demande"},
        headers=town.agent,
    )
    assert plan.status_code == 200, plan.text
    listed = await town.service.client.get("/agent/reminders?status=to_hand_over", headers=town.agent)
    waiting = {each["invoice_id"]: each["reminder_id"] for each in listed.json()["items"]}
    assert waiting.keys() == {sent["invoice_id"], left["invoice_id"]}
    handed = {"reminder_ids": [waiting[sent["invoice_id"]]]}
    await town.service.client.post("/agent/reminders/handed-over", json=handed, headers=town.agent)
    assert (await begin(town)).json()["invoices"] == 1
    assert (await begin(town, regie_id=str(demo.LEISURE))).status_code == 409
    await town.pay(left["invoice_id"], 500, families[3])
    nothing = await begin(town)
    assert nothing.status_code == 409 and "Aucune lettre" in nothing.json()["detail"]
