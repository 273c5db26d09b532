"""Mails leave over real SMTP, once; what does not leave is tried again, then given up."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.embedded.process import free_port
from preau.common.ids import new_id
from preau.identity.app import create_app
from preau.identity.notifications import repository
from preau.identity.notifications.mailers.sandbox import SandboxMailer
from preau.identity.notifications.mailers.smtp import SmtpMailer
from preau.identity.notifications.sender import sender
from preau.identity.settings import IdentitySettings
from preau.testing.databases import fresh_database


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with fresh_database("identity") as service_database:
        database = Database(service_database.url, system_url=service_database.system_url)
        yield database
        await database.close()


async def add(database: Database, recipient: str, **changes: Any) -> Any:
    values = {"id": new_id(), "recipient": recipient, "secret": False, "subject": "Été : à régler", **changes}
    async with database.system_transaction() as session:
        await session.execute(
            text(
                "INSERT INTO notification (notification_id, kind, sender_name, recipient, subject, text,"
                " html, holds_secret) VALUES (:id, 'welcome', 'Saint-Étienne, « Ville »', :recipient,"
                " :subject, 'Bonjour é', '<p>Bonjour é</p>', :secret)"
            ),
            values,
        )
    return values["id"]


async def state(database: Database, notification_id: Any) -> Any:
    async with database.system_transaction() as session:
        rows = await session.execute(
            text("SELECT *, next_attempt_at - now() AS wait FROM notification WHERE notification_id = :id"),
            {"id": notification_id},
        )
        return rows.one()


async def test_a_mail_arrives_whole(database, relay):
    mail_id = await add(database, "claire@jolieville.example")
    await sender(lambda _: SmtpMailer(relay.url, "portail@jolieville.example"))(database)
    (mail,) = relay.taken
    assert mail["From"] == '"Saint-Étienne, « Ville »" <portail@jolieville.example>'
    assert (mail["To"], mail["Subject"]) == ("claire@jolieville.example", "Été : à régler")
    assert mail["Message-ID"] == f"<{mail_id}@jolieville.example>"
    assert mail.get_body(("plain",)).get_content().strip() == "Bonjour é"
    assert mail.get_body(("html",)).get_content().strip() == "<p>Bonjour é</p>"
    assert (await state(database, mail_id)).status == "sent"


async def test_senders_at_once_send_each_mail_once(database, relay):
    for n in range(30):
        await add(database, f"p{n}@jolieville.example")
    send = sender(lambda _: SmtpMailer(relay.url, "portail@jolieville.example"))
    while any(await asyncio.gather(*(send(database) for _ in range(4)))):
        pass
    assert sorted(mail["To"] for mail in relay.taken) == sorted(f"p{n}@jolieville.example" for n in range(30))


async def test_a_sender_takes_what_another_does_not_hold_and_waits_for_nobody(database):
    held, free = [await add(database, f"p{n}@jolieville.example") for n in range(2)]
    async with database.system_transaction() as first, database.system_transaction() as second:
        (taken,) = await repository.claim(first, size=1, lease=timedelta(seconds=60))
        async with asyncio.timeout(30):
            others = await repository.claim(second, size=20, lease=timedelta(seconds=60))
    assert {taken.notification_id, *(each.notification_id for each in others)} == {held, free}
    assert len(others) == 1


async def test_the_mails_of_one_person_leave_in_the_order_in_which_they_were_written(database, relay):
    """Guard: mails are sent at once to several people, never to one; here the first takes its time."""
    for subject in ("Premier", "Deuxieme", "Troisieme"):
        await add(database, "claire@jolieville.example", subject=subject)
    await sender(lambda _: SmtpMailer(relay.url, "portail@jolieville.example"))(database)
    assert [mail["Subject"] for mail in relay.taken] == ["Premier", "Deuxieme", "Troisieme"]


async def test_a_refused_mail_is_given_up_and_a_delayed_one_is_tried_again(database, relay):
    refused = await add(database, "nobody@jolieville.example")
    delayed = await add(database, "busy@jolieville.example")
    broken = await add(database, "a@b.example, c@d.example")
    await sender(lambda _: SmtpMailer(relay.url, "portail@jolieville.example"))(database)
    assert ((await state(database, refused)).status, relay.taken) == ("failed", [])
    assert (await state(database, broken)).status == "failed"
    waiting = await state(database, delayed)
    assert (waiting.status, waiting.attempts, waiting.last_error) == ("pending", 1, "SMTP 451")
    assert timedelta(seconds=5) < waiting.wait <= timedelta(seconds=10)


async def test_a_relay_that_is_away_loses_nothing(database, relay):
    mail_id = await add(database, "claire@jolieville.example")
    away = SmtpMailer(f"smtp://127.0.0.1:{free_port()}", "portail@jolieville.example")
    await sender(lambda _: away)(database)
    assert (await state(database, mail_id)).status == "pending"
    async with database.system_transaction() as session:
        await session.execute(text("UPDATE notification SET next_attempt_at = now()"))
    await sender(lambda _: SmtpMailer(relay.url, "portail@jolieville.example"))(database)
    assert (await state(database, mail_id)).status == "sent"
    async with database.system_transaction() as session:
        await session.execute(
            text("UPDATE notification SET status = 'pending', attempts = 8, next_attempt_at = now()")
        )
    await sender(lambda _: away)(database)
    assert (await state(database, mail_id)).status == "failed"


async def test_a_mail_that_another_sender_sent_is_neither_given_up_nor_sent_again(database):
    """Two senders hold one mail when a lease ends under the first."""
    mail_id = await add(database, "claire@jolieville.example")
    async with database.system_transaction() as session:
        (mail,) = await repository.claim(session, size=20, lease=timedelta(0))
        await repository.mark_sent(session, mail, await database_now(session))
        await repository.mark_given_up(session, mail, error="too late")
        await repository.mark_delayed(
            session, mail, error="too late", next_attempt_at=await database_now(session)
        )
        assert await repository.claim(session, size=20, lease=timedelta(0)) == []
    kept = await state(database, mail_id)
    assert (kept.status, kept.last_error) == ("sent", None)


async def test_a_mail_given_up_by_one_sender_and_sent_by_another_is_sent(database):
    mail_id = await add(database, "claire@jolieville.example", secret=True)
    async with database.system_transaction() as session:
        (mail,) = await repository.claim(session, size=20, lease=timedelta(0))
        await repository.mark_given_up(session, mail, error="no such mailbox")
        await repository.mark_sent(session, mail, await database_now(session))
    kept = await state(database, mail_id)
    assert (kept.status, kept.last_error, kept.text) == ("sent", None, "")


async def test_a_secret_is_forgotten_once_sent(database):
    mail_id = await add(database, "claire@jolieville.example", secret=True)
    await sender(SandboxMailer)(database)
    sent = await state(database, mail_id)
    assert (sent.status, sent.text, sent.html) == ("sent", "", "")


def settings(**changes: Any) -> IdentitySettings:
    return IdentitySettings(
        **{
            "database_url": "postgresql://x@127.0.0.1/x",
            "system_database_url": "postgresql://x@127.0.0.1/x",
            "broker_url": "local:postgresql://x@127.0.0.1/x",
            **changes,
        }
    )


def test_a_service_without_a_way_for_mails_does_not_start_in_production():
    with pytest.raises(ValueError, match="PREAU_SMTP_URL"):
        create_app(settings(environment="production"))
    with pytest.raises(ValueError, match="SMTP address"):
        create_app(settings(environment="production", smtp_url="http://relay"))


async def test_the_sandbox_mailbox_does_not_exist_in_production(identity):
    configured = identity.service.app.state.settings
    identity.service.app.state.settings = configured.model_copy(update={"environment": "production"})
    try:
        assert (await identity.client.get("/public/sandbox/mails")).status_code == 404
    finally:
        identity.service.app.state.settings = configured
