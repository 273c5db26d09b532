"""Making an account: freely, with an adhesion code, or with an activation link.

Whether an e-mail has an account already is told to its owner by mail, never to who asks: the request does the
same for both, and the mail is written later.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import Conflict, FieldErrors
from preau.common.ids import new_id
from preau.identity.accounts import human_check, lanes, links, repository
from preau.identity.accounts.domain import email_key, password_weakness
from preau.identity.accounts.passwords import hash_password
from preau.identity.accounts.schemas import ActivationIn, RegistrationIn
from preau.identity.accounts.tables import Account
from preau.identity.communes.repository import commune_by_id
from preau.identity.families.tables import Family
from preau.identity.mail_requests import repository as mail_requests
from preau.identity.mail_requests.service import Answer
from preau.identity.mail_requests.tables import MailRequest
from preau.identity.memberships import service as memberships
from preau.identity.memberships.tables import Invitation
from preau.identity.notifications import domain, outgoing
from preau.identity.throttles.doors import LINK, REGISTRATION, knock, let_in

REGISTERED = "registered"


class AccountExists(Conflict):
    """Told only to the owner of the address, who has proven it by the link mailed to it."""

    type, title = "account-exists", "Vous avez déjà un compte"


def check_new_password(password: str, confirmation: str, email: str) -> None:
    """Raise ``FieldErrors`` for a weak password or a confirmation that differs."""
    errors: dict[str, str] = {}
    if weakness := password_weakness(password, email):
        errors["password"] = weakness
    if password != confirmation:
        errors |= {"password_confirmation": "Les deux mots de passe ne sont pas identiques."}
    if errors:
        raise FieldErrors(errors)


async def register(database: Database, form: RegistrationIn, *, address: str, max_cost: int) -> UUID:
    """Make an account, joined to a family if there is a code; the answer is the same if the e-mail has one.

    The human check is spent first and for good, so that each guess of a code costs one.
    Raises ``FieldErrors``, ``TooManyRequests``, ``HumanCheckFailed``, ``CodeNotValid``, ``LaneFull``.
    """
    check_new_password(form.password, form.password_confirmation, form.email)
    await knock(database, REGISTRATION, address)
    async with database.system_transaction() as session:
        await human_check.spend_solution(session, form.altcha, max_cost=max_cost)
    code_hash = await memberships.hash_of_code(form.code) if form.code else None
    if code_hash is not None:
        async with database.system_transaction() as session:
            await memberships.invitation_by_code(session, code_hash)
    password_hash = await hash_password(form.password, lanes.REGISTRATION)
    async with database.system_transaction() as session:
        invitation = await memberships.invitation_by_code(session, code_hash) if code_hash else None
        return await _add(session, form, password_hash, invitation, confirmed=False, by_code=True)


async def activate(database: Database, token: str, form: ActivationIn, *, address: str) -> UUID:
    """Make an account with an activation link, joined to the link's family.

    The link proves the address that it was mailed to.
    Raises ``FieldErrors``, ``TooManyRequests``, ``InvitationNotValid``, ``AccountExists``, ``LaneFull``.
    """
    check_new_password(form.password, form.password_confirmation, form.email)
    await knock(database, LINK, address)
    async with database.system_transaction() as session:
        await memberships.invitation_by_token(session, token)
    password_hash = await hash_password(form.password, lanes.REGISTRATION)
    async with database.system_transaction() as session:
        invitation = await memberships.invitation_by_token(session, token)
        proven = email_key(form.email) == email_key(invitation.email)
        account_id = await _add(session, form, password_hash, invitation, confirmed=proven, by_code=False)
    await let_in(database, LINK, address)
    return account_id


async def _add(
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
    ``AccountExists`` tells its owner so.
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
        raise AccountExists("Cette adresse a déjà un compte : connectez-vous pour y rattacher votre foyer.")
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
    """Welcomes a new account with a link to confirm its e-mail, or tells the owner of the one there is."""

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
                [outgoing.Recipient(account.email, account.first_name)],
                {"sign_in_link": f"{public_url}/connexion"},
                now=await database_now(session),
            )

    return answer


async def _welcome(session: AsyncSession, account: Account, family_id: UUID | None, public_url: str) -> None:
    link = ""
    if account.email_confirmed_at is None:
        token = await links.new_link(session, account.account_id, links.CONFIRM_EMAIL)
        link = f"{public_url}/confirmation/{token}"
    family = await session.get(Family, family_id) if family_id else None
    await outgoing.queue(
        session,
        domain.WELCOME,
        [outgoing.Recipient(account.email, account.first_name)],
        {"email": account.email, "family_label": family.label if family else "", "link": link},
        commune=await commune_by_id(session, family.commune_id) if family else None,
        family_id=family.family_id if family else None,
        now=await database_now(session),
    )
