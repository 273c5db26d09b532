"""What happens elsewhere is told to the family's guardians by mail, once."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from preau.common.ids import new_id
from preau.common.messaging.broker import Outcome
from preau.contracts import billing, payments, requests, reservations, topology
from preau.contracts.event import Event
from preau.identity.demo.people import JOLIEVILLE, fixed_id

CLAIRE, JULIEN = "parent@jolieville.example", "julien.martin@jolieville.example"
MARTIN, LEA, TOM = fixed_id(1, 1), fixed_id(4, 1), fixed_id(5, 1)
NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)


def booking(child=LEA, day=12, status="confirmed", **changes: Any) -> reservations.BookingFacts:
    return reservations.BookingFacts(
        **{
            "booking_id": new_id(),
            "booking_version": 1,
            "family_id": MARTIN,
            "child_id": child,
            "activity_id": new_id(),
            "activity_label": "Repas",
            "service_date": date(2026, 3, day),
            "status": status,
            **changes,
        }
    )


def invoice(
    family=MARTIN,
    number="RS-2026-000001",
    kind="month_end",
    total_cents=3450,
    due_cents=None,
    delivery="mail",
) -> billing.InvoiceFacts:
    return billing.InvoiceFacts(
        invoice_id=new_id(),
        number=number,
        regie_id=new_id(),
        regie_label="Régie restauration scolaire",
        family_id=family,
        kind=kind,
        period="2026-03",
        total_cents=total_cents,
        due_cents=due_cents,
        issued_on=date(2026, 4, 2),
        due_date=date(2026, 5, 2),
        delivery=delivery,
    )


COMMON = {"commune_id": JOLIEVILLE, "family_id": MARTIN}
ALLOCATIONS = (payments.Allocation(invoice_id=new_id(), invoice_number="RS-2026-000001", amount_cents=3450),)
PAYMENT = {
    **COMMON,
    "regie_id": new_id(),
    "amount_cents": 3450,
    "provider": "sandbox",
    "allocations": ALLOCATIONS,
}


def event(kind: type, **facts: Any) -> Any:
    return kind(aggregate_id=new_id(), **facts)


EXPECTED = [
    (
        event(
            reservations.OrderPlacedV1,
            **COMMON,
            placed_at=NOW,
            status="confirmed",
            bookings=(booking(day=13), booking(), booking(TOM, status="requested")),
            cancellations=(booking(TOM, 19, "cancelled"),),
        ),
        "Réservations confirmées",
        [
            "Léa : Repas, jeudi 12 mars 2026\n- Léa : Repas, vendredi 13",
            "attente de la décision",
            "C’est annulé",
        ],
    ),
    (
        event(
            reservations.OrderPayableV1,
            **COMMON,
            held_until=NOW,
            bookings=(booking(status="awaiting_payment"),),
        ),
        "Réservation à payer",
        ["mardi 3 mars 2026 à 11\u00a0h", "http://front/factures"],
    ),
    (
        event(
            reservations.OrderPlacedV1,
            **COMMON,
            placed_at=NOW,
            status="awaiting_payment",
            held_until=NOW,
            bookings=(booking(day=12, status="awaiting_payment"), booking(day=13)),
            cancellations=(booking(TOM, 19, "cancelled"),),
        ),
        "Réservations confirmées",
        ["- Léa : Repas, vendredi 13 mars 2026\n\n", "C’est annulé"],
    ),
    (
        event(reservations.OrderClosedV1, **COMMON, status="confirmed", bookings=(booking(),)),
        "Réservations confirmées",
        ["jeudi 12 mars"],
    ),
    (
        event(reservations.OrderClosedV1, **COMMON, status="expired", bookings=(booking(status="expired"),)),
        "Réservation abandonnée faute de paiement",
        ["jeudi 12 mars"],
    ),
    (
        event(
            reservations.BookingChangedV1,
            commune_id=JOLIEVILLE,
            booking=booking(status="refused"),
            cause="agent",
            message="Le groupe est complet.",
        ),
        "Réservation refusée : Léa : Repas, jeudi 12 mars 2026",
        ["Le groupe est complet."],
    ),
    (
        event(billing.InvoiceIssuedV1, commune_id=JOLIEVILLE, invoices=(invoice(),)),
        "Facture RS-2026-000001 : 34,50\N{NO-BREAK SPACE}€ à régler avant le samedi 2 mai 2026",
        ["Régie restauration scolaire"],
    ),
    (
        event(billing.InvoiceIssuedV1, commune_id=JOLIEVILLE, invoices=(invoice(due_cents=1450),)),
        "Facture RS-2026-000001\u202f: 14,50\N{NO-BREAK SPACE}€ à régler avant le samedi 2 mai 2026",
        ["Réglé par votre crédit\u202f: 20,00"],
    ),
    (
        event(billing.InvoiceIssuedV1, commune_id=JOLIEVILLE, invoices=(invoice(due_cents=0),)),
        "Facture RS-2026-000001\u202f: réglée par votre crédit",
        ["Vous n’avez rien à payer."],
    ),
    (
        event(billing.InvoiceIssuedV1, commune_id=JOLIEVILLE, invoices=(invoice(total_cents=-260),)),
        "Avoir RS-2026-000001\u202f: 2,60\N{NO-BREAK SPACE}€ en votre faveur",
        ["Il est déduit de ce que vous devez à cette régie."],
    ),
    (
        event(
            billing.InvoiceCancelledV1, commune_id=JOLIEVILLE, invoice=invoice(), credit_note_number="AV-1"
        ),
        "Facture RS-2026-000001 annulée",
        ["avoir AV-1"],
    ),
    (
        event(
            billing.InvoiceDueChangedV1,
            commune_id=JOLIEVILLE,
            invoice=invoice(),
            due_cents=2000,
            received_cents=3450,
            due_again_cents=1500,
        ),
        "Facture RS-2026-000001 de nouveau à régler\u202f: 20,00\N{NO-BREAK SPACE}€",
        ["pour 15,00\N{NO-BREAK SPACE}€."],
    ),
    (
        event(
            payments.PaymentSettledV1,
            **PAYMENT,
            provider_reference="T-1",
            receipt_number="R-7",
            settled_at=NOW,
        ),
        "Reçu de paiement R-7 : 34,50\N{NO-BREAK SPACE}€",
        ["facture RS-2026-000001\u202f: 34,50", "T-1"],
    ),
    (
        event(payments.PaymentFailedV1, **PAYMENT, reason="refused"),
        "Paiement non abouti\u202f: 34,50\N{NO-BREAK SPACE}€",
        ["a été refusé"],
    ),
    (
        event(payments.PaymentRefundedV1, **PAYMENT, provider_reference="T-2", refunded_at=NOW),
        "Remboursement de 34,50\N{NO-BREAK SPACE}€",
        ["T-2"],
    ),
    (
        event(
            requests.RequestSubmittedV1,
            **COMMON,
            category_code="x",
            category_label="Autorisation",
            submitted_at=NOW,
        ),
        "Demande reçue : Autorisation",
        ["mardi 3 mars 2026 à 11\u00a0h"],
    ),
    (
        event(
            requests.RequestDecidedV1,
            **COMMON,
            category_code="x",
            category_label="Autorisation",
            decision="refused",
            message="Pièce illisible.",
            decided_at=NOW,
        ),
        "Demande refusée : Autorisation",
        ["Pièce illisible."],
    ),
]


async def written(identity) -> list[Any]:
    async with identity.database.system_transaction() as session:
        rows = await session.execute(text("SELECT * FROM notification ORDER BY created_at, recipient"))
        return list(rows.all())


@pytest.fixture(autouse=True)
async def empty_mailbox(identity):
    async with identity.database.system_transaction() as session:
        await session.execute(text("DELETE FROM notification"))


def queue_of(told: Event) -> str:
    """The queue that brings the event to the mails."""
    queues = (topology.IDENTITY_BOOKINGS, topology.IDENTITY_DUES, topology.IDENTITY_NOTIFICATIONS)
    return next(queue.name for queue in queues if type(told) in queue.events)


@pytest.mark.parametrize(("told", "subject", "lines"), EXPECTED, ids=lambda value: type(value).__name__)
async def test_both_guardians_are_told_once(identity, told, subject, lines):
    message_id = new_id()
    for _ in range(3):
        await identity.service.deliver(told, queue=queue_of(told), message_id=message_id)
    mails = await written(identity)
    assert [mail.recipient for mail in mails] == [JULIEN, CLAIRE]
    for mail in mails:
        assert (mail.sender_name, mail.subject) == ("Jolieville", subject)
        for line in lines:
            assert line in mail.text
        assert "Jolieville" in mail.html


@pytest.mark.parametrize(
    "quiet",
    [
        event(billing.InvoiceSettledV1, commune_id=JOLIEVILLE, invoice=invoice(), settled_at=NOW),
        event(
            billing.InvoiceDueChangedV1,
            commune_id=JOLIEVILLE,
            invoice=invoice(),
            due_cents=1000,
            received_cents=2450,
        ),
        event(billing.InvoiceIssuedV1, commune_id=JOLIEVILLE, invoices=(invoice(kind="prepaid"),)),
        event(billing.InvoiceIssuedV1, commune_id=JOLIEVILLE, invoices=(invoice(total_cents=0),)),
        event(billing.InvoiceIssuedV1, commune_id=JOLIEVILLE, invoices=(invoice(delivery="paper"),)),
        event(
            billing.InvoiceIssuedV1,
            commune_id=JOLIEVILLE,
            invoices=(invoice(delivery="paper", total_cents=-260),),
        ),
        event(billing.InvoiceCancelledV1, commune_id=JOLIEVILLE, invoice=invoice(delivery="paper")),
        event(billing.InvoiceCancelledV1, commune_id=JOLIEVILLE, invoice=invoice(kind="prepaid")),
        event(reservations.BookingChangedV1, commune_id=JOLIEVILLE, booking=booking(), cause="payment"),
        event(reservations.OrderClosedV1, **COMMON, status="expired"),
        event(
            reservations.OrderPlacedV1,
            **COMMON,
            placed_at=NOW,
            status="awaiting_payment",
            held_until=NOW,
            bookings=(booking(status="awaiting_payment"),),
        ),
        event(
            reservations.BookingChangedV1,
            commune_id=JOLIEVILLE,
            booking=booking(status="cancelled"),
            cause="rule",
            closure_id=new_id(),
        ),
        event(
            reservations.BookingChangedV1,
            commune_id=JOLIEVILLE,
            booking=booking(status="attended"),
            cause="agent",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_another_mail_tells_or_asks_for_nothing_is_not_mailed(identity, quiet):
    await identity.service.deliver(quiet, queue="identity.notifications")
    assert await written(identity) == []


async def test_a_batch_of_invoices_reaches_each_family_its_own(identity):
    numbers = {fixed_id(1, n): f"RS-2026-{n:06d}" for n in (1, 2, 3, 6)}
    told = event(
        billing.InvoiceIssuedV1,
        commune_id=JOLIEVILLE,
        invoices=tuple(invoice(family, number) for family, number in numbers.items()),
    )
    await identity.service.deliver(told)
    mails = {(mail.recipient, mail.subject.split()[1]) for mail in await written(identity)}
    assert mails == {
        (CLAIRE, "RS-2026-000001"),
        (JULIEN, "RS-2026-000001"),
        ("minh.nguyen@jolieville.example", "RS-2026-000002"),
        ("aissata.diallo@jolieville.example", "RS-2026-000003"),
    }  # family 6 has no e-mail


async def test_an_unknown_family_is_parked_and_nobody_is_told(identity):
    told = event(billing.InvoiceIssuedV1, commune_id=JOLIEVILLE, invoices=(invoice(), invoice(new_id())))
    (answer,) = await identity.service.hand_over(told)
    assert answer.outcome is Outcome.PARK
    assert await written(identity) == []


async def test_who_asked_not_to_be_notified_gets_only_what_is_essential(identity):
    headers = await identity.headers(JULIEN)
    await identity.client.patch("/parent/account", json={"notify_by": "none"}, headers=headers)
    told = [each for each, _, _ in EXPECTED]
    order = next(each for each in told if isinstance(each, reservations.OrderClosedV1))
    bill = next(each for each in told if isinstance(each, billing.InvoiceIssuedV1))
    await identity.service.deliver(order)
    assert [mail.recipient for mail in await written(identity)] == [CLAIRE]
    await identity.service.deliver(bill)
    assert sorted(mail.recipient for mail in await written(identity)) == sorted([CLAIRE, JULIEN, CLAIRE])
    await identity.client.patch("/parent/account", json={"notify_by": "email"}, headers=headers)


async def test_a_closure_is_told_once_a_family_with_all_that_it_freed(identity):
    """Also to who asked not to be notified: nobody looks after the child that day."""
    headers = await identity.headers(JULIEN)
    await identity.client.patch("/parent/account", json={"notify_by": "none"}, headers=headers)
    other = fixed_id(1, 2)
    freed = (booking(TOM, 13, "cancelled"), booking(status="cancelled"), booking(day=13, status="cancelled"))
    told = event(
        reservations.ClosureAppliedV1,
        commune_id=JOLIEVILLE,
        label="Grève",
        site_label="Cantine Jules-Ferry",
        first_day=date(2026, 3, 12),
        last_day=date(2026, 3, 13),
        families=(
            reservations.ClosedFamily(family_id=MARTIN, bookings=freed),
            reservations.ClosedFamily(family_id=other, bookings=(booking(family_id=other),)),
        ),
    )
    await identity.service.deliver(told)
    mails = await written(identity)
    assert sorted(mail.recipient for mail in mails) == sorted(
        [CLAIRE, JULIEN, "minh.nguyen@jolieville.example"]
    )
    mail = next(mail for mail in mails if mail.recipient == CLAIRE)
    days = "du jeudi 12 mars 2026 au vendredi 13 mars 2026"
    assert mail.subject == f"Fermeture {days} : Grève"
    for line in (
        f"Cantine Jules-Ferry : fermeture {days} (Grève).",
        "Léa : Repas, jeudi 12 mars 2026\n- Léa : Repas, vendredi 13 mars 2026\n- Tom : Repas, vendredi 13",
        "rien ne vous en sera facturé",
    ):
        assert line in mail.text
    await identity.client.patch("/parent/account", json={"notify_by": "email"}, headers=headers)


async def test_a_reminder_is_one_mail_a_family_of_all_that_is_due(identity):
    """Of what is due, not of what was billed; also to who asked not to be notified."""
    late = (invoice(due_cents=1000), invoice(number="RS-2026-000009", due_cents=2000))
    told = event(
        billing.InvoicesRemindedV1,
        commune_id=JOLIEVILLE,
        regie_id=new_id(),
        regie_label="Régie restauration scolaire",
        families=(billing.RemindedFamily(family_id=MARTIN, invoices=late),),
    )
    message_id = new_id()
    for _ in range(2):
        await identity.service.deliver(told, queue=topology.IDENTITY_REMINDERS.name, message_id=message_id)
    mails = await written(identity)
    assert [mail.recipient for mail in mails] == [JULIEN, CLAIRE]
    for mail in mails:
        assert mail.subject == "Rappel\u202f: 30,00\N{NO-BREAK SPACE}€ à régler"
        for line in ("facture RS-2026-000001", "10,00", "facture RS-2026-000009", "20,00"):
            assert line in mail.text
        assert "34,50" not in mail.text and "http://front/factures" in mail.text
