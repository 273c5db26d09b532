"""The periodic job that answers requests for mails.

What a request does is thus the same to the statement, whether or not the address is known: it writes one row.
Whether there is anyone to write to is found out here, where nobody waits.
"""

from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import Database
from preau.common.db.failures import database_is_away, database_is_busy
from preau.common.logging import logger
from preau.identity.mail_requests import repository
from preau.identity.mail_requests.tables import MailRequest

log = logger(__name__)

BATCH = 20

Answer = Callable[[AsyncSession, MailRequest], Awaitable[None]]
"""Writes the mail of a request; the session sees every commune."""


def answering(answers: Mapping[str, Answer]) -> Callable[[Database], Awaitable[bool]]:
    """The periodic job: one batch a round; ``True`` while there may be more."""

    async def answer_requests(database: Database) -> bool:
        async with database.system_transaction() as session:
            taken = await repository.take(session, size=BATCH)
            for request in taken:
                await _answer(session, answers[request.kind], request)
        return len(taken) == BATCH

    return answer_requests


async def _answer(session: AsyncSession, answer: Answer, request: MailRequest) -> None:
    """One that cannot be answered is given up: it must not hold up the others."""
    try:
        async with session.begin_nested():
            await answer(session, request)
    except Exception as error:
        if database_is_away(error) or database_is_busy(error):
            raise
        log.exception("mail request given up", kind=request.kind, request_id=str(request.mail_request_id))
