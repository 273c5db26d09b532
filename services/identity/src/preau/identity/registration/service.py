"""What a registration writes, and the mail about it.

Whether an e-mail has an account already is written to its owner by mail, never answered to who asks: the
request does the same for both, and the mail is written later.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import Conflict
from preau.common.ids import new_id
from preau.identity.accounts import links, repository
from preau.identity.accounts.tables import Account
from preau.identity.communes.repository import commune_by_id
from preau.identity.families.repository import find_family
from preau.identity.mail_requests import repository as mail_requests
from preau.identity.mail_requests.answering import Answer
from preau.identity.mail_requests.tables import MailRequest
from preau.identity.memberships import service as memberships
from preau.identity.memberships.tables import Invitation
from preau.identity.notifications import domain, outgoing
from preau.identity.registration.schemas import ActivationIn

REGISTERED = "registered"


class AccountExists(Conflict):
    """Answered only to the owner of the address, who has proven it by the link mailed to it."""

    type, title = "account-exists", "Vous avez déjà un compte"


async def add_account(
    session: AsyncSession,
    form: ActivationIn,
    password_hash: str,
    invitation: Invitation | None,
    *,
    confirmed: bool,
    by_code: bool,
) -> UUID:
    """Add the account and join the invitation's family; a mail says what became of it.

    Gives the new account's id, or one that leads nowhere. ``confirmed``: the e-mail was proven by a link, and
    ``AccountExists`` says so to its owner.
    """
    account_id = new_id()
    facts = form.model_dump(exclude={"password", "password_confirmation", "altcha", "code"})
    added = await repository.add_account(
        session,
        {
            **facts,
            "account_id": account_id,
            "password_hash": password_hash,
            "email_confirmed_at": await database_now(session) if confirmed else None,
        },
    )
    if added is None and confirmed:
        raise AccountExists("Cette adresse a déjà un compte : connectez-vous pour y rattacher votre foyer.")
    joined = invitation if added is not None else None
    await mail_requests.add(
        session,
        REGISTERED,
        form.email,
        account_id=account_id,
        family_id=joined.family_id if joined else None,
    )
    if joined is not None:
        await memberships.join(session, account_id, joined, by_code=by_code)
    return account_id


def mail_outcome(public_url: str) -> Answer:
    """Welcomes a new account with a link to confirm its e-mail, or writes to its present owner."""

    async def answer(session: AsyncSession, request: MailRequest) -> None:
        account = await repository.account_by_email(session, request.email_key)
        if account is None:  # erased this very moment
            return
        if account.account_id == request.account_id:
            await _welcome(session, account, request.family_id, public_url)
        else:
            await outgoing.queue(
                session,
                domain.ALREADY_REGISTERED,
                [domain.Recipient(account.email, account.first_name)],
                {"sign_in_link": f"{public_url}/connexion"},
                now=await database_now(session),
            )

    return answer


async def _welcome(session: AsyncSession, account: Account, family_id: UUID | None, public_url: str) -> None:
    link = ""
    if account.email_confirmed_at is None:
        token = await links.new_link(session, account.account_id, links.CONFIRM_EMAIL)
        link = f"{public_url}/confirmation/{token}"
    family = await find_family(session, family_id) if family_id else None
    await outgoing.queue(
        session,
        domain.WELCOME,
        [domain.Recipient(account.email, account.first_name)],
        {"email": account.email, "family_label": family.label if family else "", "link": link},
        commune=await commune_by_id(session, family.commune_id) if family else None,
        family_id=family.family_id if family else None,
        now=await database_now(session),
    )
