"""Activation links and adhesion codes: what a link is about, and joining with an account that one has."""

from fastapi import APIRouter

from preau.common.http.client_address import ClientAddress
from preau.common.http.permissions import Account, Anyone
from preau.common.http.unit_of_work import Databases
from preau.identity.memberships import repository, service
from preau.identity.memberships.schemas import ActivationOut, JoinIn, MembershipOut
from preau.identity.throttles.guards import MEMBERSHIP_CODE, begin_try, end_try

router = APIRouter(tags=["memberships"])


@router.get("/public/activations/{token}")
async def read_activation(_anyone: Anyone, database: Databases, token: str) -> ActivationOut:
    """What the link is about; 404 when it no longer works."""
    async with database.system_transaction() as session:
        invitation = await service.invitation_by_token(session, token)
        family, guardian, commune = await repository.family_and_commune(
            session, invitation.family_id, invitation.guardian_id
        )
    return ActivationOut(
        family_label=family.label,
        commune_name=commune.name,
        first_name=guardian.first_name,
        last_name=guardian.last_name,
        email=invitation.email,
        expires_at=invitation.expires_at,
    )


@router.post("/parent/memberships", status_code=201)
async def join(account: Account, database: Databases, address: ClientAddress, body: JoinIn) -> MembershipOut:
    """Join a family with a code or a link; the next access token knows it."""
    async with database.system_transaction() as apart:  # the count stays when the request fails
        tried = await begin_try(apart, MEMBERSHIP_CODE, str(account.account_id), address)
    code_hash = None if body.code is None else await service.hash_of_code(body.code)
    async with database.system_transaction() as session:  # the invitation is of any commune
        if code_hash is not None:
            invitation = await service.invitation_by_code(session, code_hash)
        else:
            invitation = await service.invitation_by_token(session, body.activation_token or "")
        await service.join(session, account.account_id, invitation, by_code=code_hash is not None)
        await end_try(session, tried)
        rows = await repository.memberships_of(session, account.account_id)
    return MembershipOut.model_validate(
        next(row for row in rows if row.guardian_id == invitation.guardian_id)
    )
