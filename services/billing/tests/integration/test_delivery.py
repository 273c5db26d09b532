"""How invoices reach their families: by mail or on paper, each as it was chosen when it was issued."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import make_url, text

from preau.billing import demo
from preau.billing.reminders.periodic import remind_late
from preau.common.db.driver import connect
from preau.contracts.billing import InvoiceIssuedV1, InvoicesRemindedV1
from preau.testing.database_clock import moved_clock
from preau.testing.infrastructure import postgres_admin_url

EVERY_WAY = [
    pytest.param({"delivery": "mail"}, True, "mail", id="chosen"),
    pytest.param({"delivery": "paper"}, True, "paper", id="on-paper"),
    pytest.param({}, True, "mail", id="not-said"),
    pytest.param({}, False, "paper", id="not-said-without-account"),
]


async def billed(town: Any, *families: Any, period: str = "2026-03") -> str:
    month = date.fromisoformat(f"{period}-02")
    for family in families:
        await town.order(family, town.booking(family, month))
    run_id = await town.run(period)
    assert (await town.issue(run_id)).status_code == 200
    return run_id


async def told(town: Any) -> dict[str, str]:
    """By number, how each invoice reaches its family, as its event says."""
    issued = await town.service.emitted(InvoiceIssuedV1)
    return {invoice.number: invoice.delivery for event in issued for invoice in event.invoices}


async def counts(town: Any, **asked: str) -> tuple[int, int]:
    answer = await town.service.client.get("/agent/prints/counts", params=asked, headers=town.agent)
    assert answer.status_code == 200, answer.text
    return answer.json()["paper"], answer.json()["mail"]


@pytest.mark.parametrize(("said", "has_account", "way"), EVERY_WAY)
async def test_an_invoice_goes_the_way_of_its_family(town, said, has_account, way):
    run_id = await billed(town, await town.household("Martin", has_account=has_account, **said))
    assert list((await told(town)).values()) == [way]
    assert await counts(town, run_id=run_id) == ((1, 0) if way == "paper" else (0, 1))


async def test_a_choice_holds_for_what_is_issued_afterwards(town):
    """In March by mail, then on paper: April's draft was made before, and goes on paper all the same."""
    martin = await town.household("Martin", delivery="mail")
    march = await billed(town, martin)
    await town.order(martin, town.booking(martin, date(2026, 4, 2)))
    april = await town.run("2026-04")
    await town.service.deliver(martin.event(delivery="paper"))
    assert (await town.issue(april)).status_code == 200
    assert list((await told(town)).values()) == ["mail", "paper"]
    assert await counts(town, run_id=march) == (0, 1)
    assert await counts(town, period="2026-04") == (1, 0)


async def test_what_was_issued_before_goes_as_its_family_does_now(town):
    run_id = await billed(town, await town.household("Martin", delivery="paper"))
    async with town.service.database.system_transaction() as session:
        name = (await session.execute(text("SELECT current_database()"))).scalar_one()
    owner = make_url(postgres_admin_url()).set(database=name).render_as_string(hide_password=False)
    connection = await connect(owner)
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE invoice SET delivery = NULL")
    await connection.close()
    assert await counts(town, run_id=run_id) == (1, 0)


async def test_whom_no_mail_may_reach_is_reminded_by_letter(town):
    calendar = {"is_on": True, "minimum_cents": 1, "steps": [{"days": 8, "means": "mail"}]}
    url = f"/agent/regies/{demo.MEALS}"
    await town.service.client.patch(url, json={"reminders": calendar}, headers=town.agent)
    families = [await town.household(label, delivery=way) for label, way in (("A", "paper"), ("B", "mail"))]
    await billed(town, *families)
    async with moved_clock(town.service.database) as clock:
        await clock.move_to(datetime.now(UTC) + timedelta(days=60))
        assert not await remind_late(town.service.database)
    listed = await town.service.client.get("/agent/reminders", headers=town.agent)
    means = {each["family_label"]: each["means"] for each in listed.json()["items"]}
    assert means == {"A": "letter", "B": "mail"}
    (reminded,) = await town.service.emitted(InvoicesRemindedV1)
    assert [each.family_id for each in reminded.families] == [families[1].family_id]
