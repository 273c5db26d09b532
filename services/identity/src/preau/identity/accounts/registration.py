"""Making an account: freely, with an adhesion code, or with an activation link.

Whether an e-mail has an account already is told to its owner by mail, never to who asks.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import Conflict, FieldErrors
from preau.common.ids import new_id
from preau.identity.accounts import human_check, links, repository
from preau.identity.accounts.domain import email_key, password_weakness
from preau.identity.accounts.passwords import hash_password
from preau.identity.accounts.schemas import ActivationIn, RegistrationIn
from preau.identity.accounts.tables import Account
from preau.identity.memberships import service as memberships
from preau.identity.memberships.repository import family_and_commune
from preau.identity.memberships.tables import Invitation
from preau.identity.notifications import domain, outgoing


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


async def register(database: Database, form: RegistrationIn, *, public_url: str, max_cost: int) -> UUID:
    """Make an account, joined to a family if there is a code; the answer is the same if the e-mail has one.

    The human check is spent first and for good, so that each guess of a code costs one.
    Raises ``FieldErrors``, ``HumanCheckFailed``, ``CodeNotValid``.
    """
    check_new_password(form.password, form.password_confirmation, form.email)
    async with database.system_transaction() as session:
        await human_check.spend_solution(session, form.altcha, max_cost=max_cost)
    password_hash = await hash_password(form.password)
    async with database.system_transaction() as session:
        invitation = await memberships.invitation_by_code(session, form.code) if form.code else None
        account = await _add(session, form, password_hash, confirmed=False)
        if account is None:
            await _tell_owner(session, form.email, public_url)
            return new_id()
        await _welcome(session, account, invitation, public_url, by_code=True)
        return account.account_id


async def activate(database: Database, token: str, form: ActivationIn, *, public_url: str) -> UUID:
    """Make an account with an activation link, joined to the link's family.

    The link proves the address that it was mailed to.
    Raises ``FieldErrors``, ``InvitationNotValid``, ``AccountExists``.
    """
    check_new_password(form.password, form.password_confirmation, form.email)
    async with database.system_transaction() as session:
        await memberships.invitation_by_token(session, token)
    password_hash = await hash_password(form.password)
    async with database.system_transaction() as session:
        invitation = await memberships.invitation_by_token(session, token)
        proven = email_key(form.email) == email_key(invitation.email)
        account = await _add(session, form, password_hash, confirmed=proven)
        if account is None:
            if proven:
                raise AccountExists(
                    "Cette adresse a déjà un compte : connectez-vous pour y rattacher votre foyer."
                )
            await _tell_owner(session, form.email, public_url)
            return new_id()
        await _welcome(session, account, invitation, public_url, by_code=False)
        return account.account_id


async def _add(
    session: AsyncSession, form: ActivationIn, password_hash: str, *, confirmed: bool
) -> Account | None:
    facts = form.model_dump(exclude={"password", "password_confirmation", "altcha", "code"})
    return await repository.add_account(
        session,
        {
            **facts,
            "account_id": new_id(),
            "password_hash": password_hash,
            "email_confirmed_at": await database_now(session) if confirmed else None,
        },
    )


async def _welcome(
    session: AsyncSession,
    account: Account,
    invitation: Invitation | None,
    public_url: str,
    *,
    by_code: bool,
) -> None:
    """Join the family of the invitation, and write the mail of welcome, with a link to confirm the e-mail."""
    link = ""
    if account.email_confirmed_at is None:
        token = await links.new_link(session, account.account_id, links.CONFIRM_EMAIL)
        link = f"{public_url}/confirmation/{token}"
    family = commune = None
    if invitation is not None:
        await memberships.join(session, account.account_id, invitation, by_code=by_code)
        family, _, commune = await family_and_commune(session, invitation.family_id, invitation.guardian_id)
    await outgoing.queue(
        session,
        domain.WELCOME,
        [outgoing.Recipient(account.email, account.first_name)],
        {"email": account.email, "family_label": family.label if family else "", "link": link},
        commune=commune,
        family_id=family.family_id if family else None,
        now=await database_now(session),
    )


async def _tell_owner(session: AsyncSession, email: str, public_url: str) -> None:
    owner = await repository.account_by_email(session, email)
    if owner is None:  # erased this very moment
        return
    await outgoing.queue(
        session,
        domain.ALREADY_REGISTERED,
        [outgoing.Recipient(owner.email, owner.first_name)],
        {"sign_in_link": f"{public_url}/connexion"},
        now=await database_now(session),
    )
