"""Making an account: freely, with an adhesion code, or with an activation link.

Each check has a transaction of its own, and none is open while a password is hashed.
"""

from uuid import UUID

from preau.common.db.database import Database
from preau.identity.credentials import bulkheads
from preau.identity.credentials.domain import email_key
from preau.identity.credentials.passwords import check_new_password, hash_password
from preau.identity.human_check import service as human_check
from preau.identity.memberships import service as memberships
from preau.identity.registration import service
from preau.identity.registration.schemas import ActivationIn, RegistrationIn
from preau.identity.throttles import network_limits


async def register(database: Database, form: RegistrationIn, *, address: str, max_cost: int) -> UUID:
    """Make an account, joined to a family if there is a code; the answer is the same if the e-mail has one.

    The human check is spent first and for good, so that each guess of a code costs one.
    Raises ``FieldErrors``, ``TooManyRequests``, ``HumanCheckFailed``, ``CodeNotValid``, ``BulkheadFull``.
    """
    check_new_password(form.password, form.password_confirmation, form.email)
    await network_limits.consume(database, network_limits.REGISTRATION, address)
    async with database.system_transaction() as session:
        await human_check.spend_solution(session, form.altcha, max_cost=max_cost)
    code_hash = await memberships.hash_of_code(form.code) if form.code else None
    if code_hash is not None:
        async with database.system_transaction() as session:
            await memberships.invitation_by_code(session, code_hash)
    password_hash = await hash_password(form.password, bulkheads.REGISTRATION)
    async with database.system_transaction() as session:
        invitation = await memberships.invitation_by_code(session, code_hash) if code_hash else None
        return await service.add_account(
            session, form, password_hash, invitation, confirmed=False, by_code=True
        )


async def activate(database: Database, token: str, form: ActivationIn, *, address: str) -> UUID:
    """Make an account with an activation link, joined to the link's family.

    The link proves the address that it was mailed to.
    Raises ``FieldErrors``, ``TooManyRequests``, ``InvitationNotValid``, ``AccountExists``, ``BulkheadFull``.
    """
    check_new_password(form.password, form.password_confirmation, form.email)
    await network_limits.consume(database, network_limits.LINK, address)
    async with database.system_transaction() as session:
        await memberships.invitation_by_token(session, token)
    password_hash = await hash_password(form.password, bulkheads.REGISTRATION)
    async with database.system_transaction() as session:
        invitation = await memberships.invitation_by_token(session, token)
        proven = email_key(form.email) == email_key(invitation.email)
        account_id = await service.add_account(
            session, form, password_hash, invitation, confirmed=proven, by_code=False
        )
    await network_limits.give_back(database, network_limits.LINK, address)
    return account_id
