"""Requests for mails: each answered once, and one that cannot be answered holds up nobody."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import Database
from preau.identity.mail_requests import repository
from preau.identity.mail_requests.answering import BATCH, answering
from preau.identity.mail_requests.tables import MailRequest
from preau.testing.databases import fresh_database


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with fresh_database("identity") as service_database:
        database = Database(service_database.url, system_url=service_database.system_url)
        yield database
        await database.close()


async def ask(database: Database, *emails: str) -> None:
    async with database.system_transaction() as session:
        for email in emails:
            await repository.add(session, "registered", email)


async def left(database: Database) -> int:
    async with database.system_transaction() as session:
        return (await session.execute(select(func.count()).select_from(MailRequest))).scalar_one()


async def test_jobs_at_once_answer_each_request_once(database: Database) -> None:
    emails = [f"p{n}@jolieville.example" for n in range(BATCH * 2 + 5)]
    await ask(database, *emails)
    answered: list[str] = []

    async def answer(session: AsyncSession, request: MailRequest) -> None:
        answered.append(request.email_key)
        await asyncio.sleep(0)

    job = answering({"registered": answer})
    while any(await asyncio.gather(*(job(database) for _ in range(3)))):
        pass
    assert sorted(answered) == sorted(emails)
    assert await left(database) == 0


async def test_one_that_cannot_be_answered_is_given_up_and_the_others_go_on(database: Database) -> None:
    await ask(database, "bad@jolieville.example", "good@jolieville.example")
    answered: list[str] = []

    async def answer(session: AsyncSession, request: MailRequest) -> None:
        if request.email_key.startswith("bad"):
            await session.execute(select(func.no_such_function()))
        answered.append(request.email_key)

    await answering({"registered": answer})(database)
    assert answered == ["good@jolieville.example"]
    assert await left(database) == 0


async def test_requests_come_back_when_their_job_dies(database: Database) -> None:
    await ask(database, "p@jolieville.example")

    async def answer(session: AsyncSession, request: MailRequest) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await answering({"registered": answer})(database)
    assert await left(database) == 1
