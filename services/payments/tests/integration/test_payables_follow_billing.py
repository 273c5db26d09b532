"""Payables open and close as billing says, in whatever order its events come."""

import pytest
from sqlalchemy import text

from preau.contracts.billing import (
    InvoiceCancelledV1,
    InvoiceDueChangedV1,
    InvoiceIssuedV1,
    InvoiceSettledV1,
)


def issued(town, *invoices):
    return InvoiceIssuedV1(commune_id=town.commune_id, aggregate_id=invoices[0].invoice_id, invoices=invoices)


def closed(event, town, invoice, version, **more):
    return event(
        commune_id=town.commune_id,
        aggregate_id=invoice.invoice_id,
        aggregate_version=version,
        invoice=invoice,
        **more,
    )


def settled(town, invoice, version=2):
    return closed(InvoiceSettledV1, town, invoice, version, settled_at="2026-12-02T10:00:00Z")


def cancelled(town, invoice, version=2):
    return closed(InvoiceCancelledV1, town, invoice, version)


async def status(town, invoice):
    async with town.service.database.transaction(town.commune_id) as session:
        return await session.scalar(
            text("SELECT status FROM payable WHERE invoice_id = :id"), {"id": invoice.invoice_id}
        )


async def test_an_issued_invoice_opens_and_a_settled_one_closes(town):
    invoice = await town.issue()
    assert await status(town, invoice) == "open"
    await town.service.deliver(settled(town, invoice))
    assert await status(town, invoice) == "paid"
    assert (await town.post_payment(invoice)).json()["type"].endswith("/invoice-already-paid")


async def test_a_cancelled_invoice_is_refused(town):
    invoice = await town.issue()
    await town.service.deliver(cancelled(town, invoice))
    assert (await town.post_payment(invoice)).json()["type"].endswith("/invoice-cancelled")


def due_changed(town, invoice, version=2, *, due=500, received=0):
    return closed(InvoiceDueChangedV1, town, invoice, version, due_cents=due, received_cents=received)


async def test_what_was_set_off_is_not_asked_for(town):
    invoice = await town.issue(1380)
    await town.service.deliver(due_changed(town, invoice, 3, due=500))
    await town.service.deliver(due_changed(town, invoice, 2, due=900))  # older news
    assert (await town.start(invoice))["amount_cents"] == 500


async def test_a_payment_of_more_than_is_due_now_is_not_taken_up(town):
    """Guard: the amounts are compared, not the invoices alone."""
    invoice = await town.issue(1380)
    payment = await town.start(invoice)
    await town.service.deliver(due_changed(town, invoice, 2, due=500))
    await town.until(payment, "cancelled")
    again = await town.start(invoice)
    assert (again["payment_id"] != payment["payment_id"], again["amount_cents"]) == (True, 500)


def written_off(town, invoice, version=2):
    return closed(
        InvoiceDueChangedV1,
        town,
        invoice,
        version,
        due_cents=0,
        received_cents=0,
        written_off_cents=1380,
    )


async def test_what_was_written_off_is_not_asked_for_until_it_is_due_again(town):
    invoice = await town.issue(1380)
    await town.service.deliver(written_off(town, invoice))
    assert await status(town, invoice) == "written_off"
    assert (await town.post_payment(invoice)).json()["type"].endswith("/invoice-written-off")
    await town.service.deliver(due_changed(town, invoice, 3, due=1380))
    assert (await town.start(invoice))["amount_cents"] == 1380


async def test_a_write_off_that_comes_before_the_issue_is_not_undone(town):
    invoice = town.invoice(1380)
    await town.service.deliver(written_off(town, invoice))
    await town.service.deliver(issued(town, invoice))
    assert await status(town, invoice) == "written_off"


async def test_what_came_in_meanwhile_is_not_asked_for_again(town):
    """Billing says what is due before it has heard of our payment."""
    invoice = await town.issue(1380)
    payment = await town.start(invoice)
    await town.at_bank(payment, "pay")
    await town.read(payment)
    await town.service.deliver(due_changed(town, invoice, 2, due=1380, received=0))
    answer = await town.post_payment(invoice)
    assert answer.json()["type"].endswith("/invoice-already-paid")
    # Refunded, and billing has heard of the payment: it is due again.
    await town.service.deliver(due_changed(town, invoice, 3, due=1380, received=1380))
    assert (await town.start(invoice))["amount_cents"] == 1380


@pytest.mark.parametrize("event", [settled, cancelled, due_changed, written_off])
async def test_a_payment_under_way_for_a_closed_invoice_would_be_in_vain_and_is_closed(town, event):
    invoice = await town.issue()
    payment = await town.start(invoice)
    await town.service.deliver(event(town, invoice))
    await town.until(payment, "cancelled")


async def test_a_settlement_that_comes_before_the_issue_is_not_undone(town):
    invoice = town.invoice()
    await town.service.deliver(settled(town, invoice))
    await town.service.deliver(issued(town, invoice))
    assert await status(town, invoice) == "paid"


async def test_an_older_word_does_not_replace_a_newer_one(town):
    invoice = await town.issue()
    await town.service.deliver(cancelled(town, invoice, version=3))
    await town.service.deliver(settled(town, invoice, version=2))
    assert await status(town, invoice) == "cancelled"


async def test_credit_notes_and_invoices_of_nothing_open_nothing(town):
    note, nothing = town.invoice(-500, kind="credit_note"), town.invoice(0)
    await town.service.deliver(issued(town, note, nothing))
    assert await status(town, note) is None
    assert await status(town, nothing) is None


async def test_what_never_asked_for_money_ends_without_a_payable(town):
    avoir, note = town.invoice(-500, kind="complement"), town.invoice(500, kind="credit_note")
    again = closed(InvoiceDueChangedV1, town, note, 2, due_cents=12, received_cents=0)
    for told in (cancelled(town, avoir), settled(town, note), again):
        await town.service.deliver(told)
    assert [await status(town, each) for each in (avoir, note)] == [None, None]


async def test_a_commune_does_not_see_anothers_payables(town):
    from preau.common.ids import new_id

    invoice = await town.issue()
    async with town.service.database.transaction(new_id()) as session:
        assert await session.scalar(text("SELECT count(*) FROM payable")) == 0
    async with town.service.database.transaction(town.commune_id) as session:
        seen = await session.scalars(text("SELECT invoice_id FROM payable"))
        assert list(seen) == [invoice.invoice_id]


async def test_an_erased_account_is_forgotten_and_its_payments_stay(town):
    from preau.contracts.identity import AccountErasedV1

    payment = await town.start(await town.issue())
    await town.service.deliver(AccountErasedV1(commune_id=town.commune_id, aggregate_id=town.account_id))
    assert (await town.row(payment))["account_id"] is None


async def test_an_older_family_record_does_not_replace_a_newer_one(town):
    from preau.contracts.identity import FamilyUpdatedV1

    for version, label in ((3, "Famille Martin-Petit"), (2, "Famille Ancienne")):
        await town.service.deliver(
            FamilyUpdatedV1(
                commune_id=town.commune_id,
                aggregate_id=town.family_id,
                aggregate_version=version,
                label=label,
                guardians=(),
                children=(),
            )
        )
    async with town.service.database.transaction(town.commune_id) as session:
        assert await session.scalar(text("SELECT label FROM family_copy")) == "Famille Martin-Petit"


async def test_the_next_part_of_a_plan_is_paid_alone(town):
    """Guard: the amount is the service's own, whatever is asked."""
    invoice = await town.issue(1380)
    part = {"next_part_of": [str(invoice.invoice_id)]}
    refused = await town.post_payment(invoice, **part)
    assert refused.json()["type"].endswith("/no-part-to-pay")
    told = due_changed(town, invoice, due=1380)
    await town.service.deliver(told.model_copy(update={"next_part_cents": 400}))
    opened = (await town.post_payment(invoice, **part)).json()["payments"]
    assert [each["amount_cents"] for each in opened] == [400]
