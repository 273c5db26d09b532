"""What providers do to us: notifications lost, repeated, forged, late; wrong amounts; answers that fail."""

import asyncio
from datetime import timedelta

from preau.common.http.unit_of_work import Tenant, UnitOfWork
from preau.payments.payments import repository
from preau.payments.providers.protocols import Charge, ProviderUnavailable
from preau.payments.providers.registry import Providers
from preau.payments.providers.sandbox.adapter import SIGNATURE_HEADER, notification_body, signature

SECRET = "banque d’essai: aucun argent réel"


async def notify(town, payment, *, secret=SECRET, body=None):
    body = body or notification_body((await town.row(payment))["provider_ref"])
    return await town.service.client.post(
        f"/hooks/sandbox/{payment['regie_id']}",
        content=body,
        headers={SIGNATURE_HEADER: signature(secret, body)},
    )


async def let_expire(town, payment):
    """Five days go by, and the bank never gives a last word."""
    await town.execute(
        "UPDATE payment SET created_at = created_at - interval '5 days', next_check_at = now()"
        " WHERE payment_id = :id",
        id=payment["payment_id"],
    )
    await town.until(payment, "expired")


async def test_the_banks_notification_settles_without_the_parents_return(town):
    payment = await town.start(await town.issue())
    await town.at_bank(payment, "pay")
    await town.until(payment, "settled")
    assert len(await town.settled()) == 1
    kept = await town.execute(
        "SELECT deliveries, body FROM webhook WHERE payment_id = :id", id=payment["payment_id"]
    )
    assert kept.one().deliveries == 1


async def test_a_lost_notification_is_made_up_for_by_asking_on_schedule(town_with):
    town = await town_with(
        sandbox_notification_copies=0,
        recheck_after=(timedelta(seconds=5), *(timedelta(milliseconds=500),) * 30),
    )
    payment = await town.start(await town.issue())
    await town.at_bank(payment, "pay")
    await town.until(payment, "settled")
    assert len(await town.settled()) == 1


async def test_a_notification_five_times_has_one_effect(town_with):
    town = await town_with(sandbox_notification_copies=5)
    payment = await town.start(await town.issue())
    await town.at_bank(payment, "pay")
    await town.until(payment, "settled")
    await town.eventually("SELECT count(*) = 0 FROM sandbox_notification")
    kept = await town.execute("SELECT deliveries FROM webhook")
    assert kept.one().deliveries == 5
    assert len(await town.settled()) == 1


async def test_a_notification_that_comes_late_settles_what_had_expired(town_with):
    town = await town_with(sandbox_notification_copies=0)
    payment = await town.start(await town.issue())
    await let_expire(town, payment)
    assert [event.reason for event in await town.failed()] == ["expired"]
    await town.at_bank(payment, "pay")
    assert (await notify(town, payment)).status_code == 204
    await town.until(payment, "settled")
    (event,) = await town.settled()
    assert event.aggregate_version > (await town.failed())[0].aggregate_version


async def test_a_second_success_on_a_settled_invoice_is_told_and_not_dropped(town_with):
    town = await town_with(sandbox_notification_copies=0)
    invoice = await town.issue()
    first = await town.start(invoice)
    await let_expire(town, first)
    second = await town.start(invoice)
    for payment in (second, first):
        await town.at_bank(payment, "pay")
        await notify(town, payment)
        await town.until(payment, "settled")
    events = await town.settled()
    assert [event.amount_cents for event in events] == [1380, 1380]
    assert len({event.receipt_number for event in events}) == 2


async def test_another_amount_than_asked_goes_to_review(town):
    payment = await town.start(await town.issue(1380))
    await town.at_bank(payment, "pay")
    await town.execute(
        "UPDATE sandbox_transaction SET paid_cents = 1000 WHERE merchant_ref = :id", id=payment["payment_id"]
    )
    await town.until(payment, "review")
    assert (await town.row(payment))["received_cents"] == 1000
    assert await town.settled() == []
    assert await town.failed() == []


async def test_forged_and_odd_notifications_change_nothing(town):
    payment = await town.start(await town.issue())
    assert (await notify(town, payment, secret="guess")).status_code == 401
    assert (await notify(town, payment, body=b"{}")).status_code == 400
    assert (await notify(town, payment, body=notification_body("unknown"))).status_code == 404
    assert (await notify(town, payment, body=b"x" * 70_000)).status_code == 413
    assert (
        await town.service.client.post(f"/hooks/nobody/{payment['regie_id']}", content=b"{}")
    ).status_code == 404
    kept = await town.execute("SELECT count(*) FROM webhook WHERE payment_id = :id", id=payment["payment_id"])
    assert kept.scalar_one() == 0


async def test_a_notification_for_another_regie_is_not_ours(town):
    payment = await town.start(await town.issue())
    elsewhere = {**payment, "regie_id": str(town.leisure)}
    assert (await notify(town, elsewhere)).status_code == 404


async def test_a_signed_notification_alone_settles_nothing(town):
    payment = await town.start(await town.issue())
    assert (await notify(town, payment)).status_code == 204
    await town.eventually(
        "SELECT asked_at IS NOT NULL AND next_check_at > now() FROM payment WHERE payment_id = :id",
        id=payment["payment_id"],
    )
    assert (await town.row(payment))["status"] == "redirected"


async def paid_at_bank(town):
    payment = await town.start(await town.issue())
    await town.at_bank(payment, "pay")
    return payment


async def fifty_at_once(town, payment):
    """Fifty notifications, and eight questions to the provider at the same time: what went wrong."""
    calls = town.service.app.state.provider_calls
    work = UnitOfWork(town.service.database, Tenant(town.commune_id))
    answers = await asyncio.gather(
        *(notify(town, payment) for _ in range(50)),
        *(calls.ask(work, payment["payment_id"]) for _ in range(8)),
        return_exceptions=True,
    )
    await town.until(payment, "settled")
    return [answer for answer in answers if answer and getattr(answer, "status_code", 500) != 204]


async def test_fifty_notifications_have_one_effect(town_with):
    town = await town_with(sandbox_notification_copies=0)
    assert await fifty_at_once(town, await paid_at_bank(town)) == []
    assert len(await town.settled()) == 1
    taken = await town.execute("SELECT last, (SELECT count(*) FROM receipt) FROM receipt_series")
    assert tuple(taken.one()) == (1, 1)


async def test_without_the_lock_the_fifty_collide(town_with, unlocked, monkeypatch):
    """The guard removed, the test above fails: what it guards is real."""
    town = await town_with(sandbox_notification_copies=0)
    payment = await paid_at_bank(town)
    monkeypatch.setattr(repository, "payment_to_change", unlocked)
    assert await fifty_at_once(town, payment) != []


class Silent(Charge):
    """A provider that is away."""

    one_invoice_a_transaction = False

    async def charge(self, agreement, order):
        await asyncio.sleep(60)

    async def look_up(self, agreement, provider_ref):
        raise ProviderUnavailable("away")


async def test_a_provider_that_is_away_is_503_and_the_same_key_goes_on_later(town_with):
    town = await town_with(provider_timeout=timedelta(seconds=1))
    calls = town.service.app.state.provider_calls
    sandbox = calls.providers.named("sandbox")
    providers: Providers = calls.providers
    providers._adapters["sandbox"] = Silent()
    invoice = await town.issue()
    answer = await town.post_payment(invoice, key="click")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"

    providers._adapters["sandbox"] = sandbox
    answer = await town.post_payment(invoice, key="click")
    assert answer.status_code == 201
    (payment,) = answer.json()["payments"]
    assert payment["status"] == "redirected"
    await town.at_bank(payment, "pay")
    assert (await town.read(payment))["status"] == "settled"


async def test_a_payment_whose_provider_was_never_reached_ends_quietly(town_with):
    town = await town_with(
        provider_timeout=timedelta(milliseconds=50), recheck_after=(timedelta(milliseconds=300),)
    )
    town.service.app.state.provider_calls.providers._adapters["sandbox"] = Silent()
    invoice = await town.issue()
    assert (await town.post_payment(invoice)).status_code == 503
    (found,) = (await town.service.client.get(town.path, headers=town.parent)).json()["items"]
    await town.until(found, "cancelled")
    assert await town.failed() == []  # nobody had an address to pay at: no failure is emitted


async def test_while_the_provider_is_away_a_payment_stays_as_it_is(town_with):
    town = await town_with(sandbox_notification_copies=0)
    payment = await town.start(await town.issue())
    providers = town.service.app.state.provider_calls.providers
    sandbox = providers._adapters["sandbox"]
    await town.at_bank(payment, "pay")
    providers._adapters["sandbox"] = Silent()
    assert (await town.read(payment))["status"] == "redirected"
    providers._adapters["sandbox"] = sandbox
    assert (await town.read(payment))["status"] == "settled"
