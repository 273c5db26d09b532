"""Inviting a guardian, and joining a family with what the invitation brought."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import Conflict, FieldErrors, NotFound
from preau.identity.credentials.one_time import (
    hash_code,
    hash_token,
    normalised_code,
    random_code,
    random_token,
)
from preau.identity.families import service as families
from preau.identity.memberships import repository
from preau.identity.memberships.tables import Invitation
from preau.identity.notifications import domain, outgoing
from preau.wording.dates import as_instant

LIFETIME = timedelta(days=60)


class InvitationNotValid(NotFound):
    """The link is unknown, used, withdrawn or expired: the answer does not say which."""

    type, title = "invitation-not-valid", "Lien non valable"

    def __init__(self) -> None:
        super().__init__(
            "Ce lien n’est plus valable. Demandez à votre commune de vous en envoyer un nouveau."
        )


class CodeNotValid(FieldErrors):
    """The adhesion code is unknown, used, withdrawn or expired: the answer does not say which."""

    def __init__(self) -> None:
        super().__init__(
            {"code": "Ce code d’adhésion n’est pas valable. Vérifiez-le auprès de votre commune."}
        )


class AlreadyMember(Conflict):
    """An account stands for this guardian already."""

    type, title = "already-member", "Déjà rattaché"


class GuardianWithoutEmail(Conflict):
    """There is no address to send the invitation to."""

    type, title = "guardian-without-email", "Adresse e-mail manquante"


async def invite(
    session: AsyncSession, family_id: UUID, guardian_id: UUID, *, public_url: str
) -> tuple[str, str]:
    """Make a code and an activation link for a guardian and mail them; earlier ones no longer work.

    Gives (code, token), which nobody can read afterwards.
    Raises ``NotFound``, ``GuardianWithoutEmail``, ``AlreadyMember``.
    """
    guardian = await repository.guardian_of(session, family_id, guardian_id)
    if guardian is None:
        raise NotFound("Ce responsable est inconnu.")
    if not guardian.email:
        raise GuardianWithoutEmail("Ce responsable n’a pas d’adresse e-mail.")
    if await repository.has_account(session, guardian_id):
        raise AlreadyMember("Ce responsable a déjà un compte rattaché.")
    family, guardian, commune = await repository.family_and_commune(session, family_id, guardian_id)
    code, token = random_code(), random_token()
    now = await database_now(session)
    await repository.add_invitation(
        session,
        {
            "commune_id": commune.commune_id,
            "family_id": family_id,
            "guardian_id": guardian_id,
            "email": guardian.email,
            "code_hash": await hash_code(code),
            "token_hash": hash_token(token),
            "created_at": now,
            "expires_at": now + LIFETIME,
        },
        now,
    )
    await outgoing.queue(
        session,
        domain.INVITATION,
        [domain.Recipient(guardian.email, guardian.first_name)],
        {
            "family_label": family.label,
            "code": code,
            "link": f"{public_url}/activation/{token}",
            "expires_on": as_instant(now + LIFETIME, commune.time_zone).date(),
        },
        commune=commune,
        family_id=family_id,
        now=now,
    )
    return code, token


async def hash_of_code(typed: str) -> str:
    """What a code is looked up by, slow to compute. Raises ``CodeNotValid`` when it cannot be one."""
    code = normalised_code(typed)
    if code is None:
        raise CodeNotValid
    return await hash_code(code)


async def invitation_by_code(session: AsyncSession, code_hash: str) -> Invitation:
    """The open invitation with that code (``hash_of_code``); the session sees every commune.

    Raises ``CodeNotValid``.
    """
    found = await repository.open_invitation(session, now=await database_now(session), code_hash=code_hash)
    if found is None:
        raise CodeNotValid
    return found


async def invitation_by_token(session: AsyncSession, token: str) -> Invitation:
    """The open invitation with that link; the session sees every commune. Raises ``InvitationNotValid``."""
    found = await repository.open_invitation(
        session, now=await database_now(session), token_hash=hash_token(token)
    )
    if found is None:
        raise InvitationNotValid
    return found


async def join(session: AsyncSession, account_id: UUID, invitation: Invitation, *, by_code: bool) -> None:
    """Use the invitation up: the account stands for its guardian from now on, and the family is emitted anew.

    The session sees every commune: who joins does not belong to the family's yet.
    Raises ``CodeNotValid`` or ``InvitationNotValid`` when it was just used, ``AlreadyMember``.
    """
    if not await repository.use_invitation(session, invitation.invitation_id, await database_now(session)):
        raise CodeNotValid if by_code else InvitationNotValid
    added = await repository.add_membership(
        session,
        account_id=account_id,
        commune_id=invitation.commune_id,
        family_id=invitation.family_id,
        guardian_id=invitation.guardian_id,
    )
    if not added:
        raise AlreadyMember("Un compte est déjà rattaché à ce responsable.")
    await families.publish(session, invitation.family_id)
