"""A lost password and an unconfirmed e-mail: links that are mailed and work once.

The token is looked at before anything is computed, and a network that tries links out must wait.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.identity.accounts import links, repository, service
from preau.identity.credentials import bulkheads
from preau.identity.credentials.passwords import check_new_password, hash_password
from preau.identity.credentials.schemas import NewPasswordIn
from preau.identity.mail_requests import repository as mail_requests
from preau.identity.mail_requests.answering import Answer
from preau.identity.mail_requests.tables import MailRequest
from preau.identity.notifications import domain, outgoing
from preau.identity.throttles import known_network_repository as known_networks
from preau.identity.throttles import network_limits
from preau.identity.throttles.guards import PASSWORD_RESET, begin_try
from preau.identity.throttles.keys import account_key
from preau.identity.throttles.turns import turn_of

PARENT_RESET = "parent_reset"


async def ask_for_reset(database: Database, email: str, *, address: str) -> None:
    """Ask for a link to choose a new password; nothing shows whether the e-mail has an account.

    Raises ``TooManyRequests``.
    """
    async with turn_of(address), database.system_transaction() as session:
        await begin_try(session, PASSWORD_RESET, account_key("parent", email), address)
        await mail_requests.add(session, PARENT_RESET, email)


def mail_reset_link(public_url: str) -> Answer:
    """Mails the link, if the e-mail has an account."""

    async def answer(session: AsyncSession, request: MailRequest) -> None:
        account = await repository.account_by_email(session, request.email_key)
        if account is None:
            return
        token = await links.new_link(session, account.account_id, links.RESET_PASSWORD)
        await outgoing.queue(
            session,
            domain.PASSWORD_RESET,
            [domain.Recipient(account.email, account.first_name)],
            {"link": f"{public_url}/mot-de-passe/{token}"},
            now=await database_now(session),
        )

    return answer


async def check_link(database: Database, token: str, *, address: str) -> None:
    """Whether a mailed link to choose a new password still works, as it does afterwards.

    Raises ``LinkNotValid`` when it does not, ``TooManyRequests``.
    """
    await network_limits.consume(database, network_limits.LINK, address)
    async with database.system_transaction() as session:
        await links.look_at(session, token, links.RESET_PASSWORD)
    await network_limits.give_back(database, network_limits.LINK, address)


async def reset_password(
    database: Database, token: str, form: NewPasswordIn, *, address: str, sign_in_link: str
) -> None:
    """Set a new password with a mailed link, which also proves the e-mail; every session ends.

    Raises ``TooManyRequests``, ``LinkNotValid``, ``BulkheadFull``, ``FieldErrors`` (the link then works on).
    """
    await network_limits.consume(database, network_limits.LINK, address)
    async with database.system_transaction() as session:
        account_id = await links.look_at(session, token, links.RESET_PASSWORD)
        account = await repository.account_by_id(session, account_id)
    check_new_password(form.password, form.password_confirmation, account.email)
    password_hash = await hash_password(form.password, bulkheads.NEW_PASSWORD)
    async with database.system_transaction() as session:
        await links.use(session, token, links.RESET_PASSWORD)
        await service.set_password(session, account, password_hash, keep=None, sign_in_link=sign_in_link)
        await service.confirm_email(session, account_id)
        login = account_key("parent", account.email)
        await known_networks.forget_all(session, login)
        await known_networks.remember(session, login, address)
    await network_limits.give_back(database, network_limits.LINK, address)


async def confirm_email(database: Database, token: str, *, address: str) -> None:
    """The e-mail is its owner's. Raises ``TooManyRequests``, ``LinkNotValid``."""
    await network_limits.consume(database, network_limits.LINK, address)
    async with database.system_transaction() as session:
        await service.confirm_email(session, await links.use(session, token, links.CONFIRM_EMAIL))
    await network_limits.give_back(database, network_limits.LINK, address)
