"""One's profile, with the families that one belongs to."""

from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import NotFound
from preau.common.http.answers import as_json
from preau.common.http.permissions import Account
from preau.common.http.unit_of_work import Transaction, Work
from preau.identity.accounts import repository
from preau.identity.accounts.repository import GONE
from preau.identity.memberships.repository import MembershipRow, memberships_of
from preau.identity.memberships.schemas import MembershipOut
from preau.identity.profile import repository as profile_repository
from preau.identity.profile.schemas import AccountOut, AccountPatch

router = APIRouter(prefix="/parent/account", tags=["accounts"])


@router.get("", response_model=AccountOut)
async def read_account(caller: Account, work: Work) -> Response:
    """One's profile and families."""
    row = await work.decide(lambda seen: profile_repository.profile(seen, caller.account_id))
    if row is None:
        raise NotFound(GONE)
    memberships = [MembershipOut.model_validate(MembershipRow(*each)) for each in row["memberships"]]
    return as_json(AccountOut.model_validate({**row, "memberships": memberships}))


@router.patch("")
async def change_account(caller: Account, session: Transaction, body: AccountPatch) -> AccountOut:
    """Change one's profile."""
    if changes := body.model_dump(exclude_unset=True, exclude_none=True):
        await repository.change_account(session, caller.account_id, changes)
    return await _profile(session, caller.account_id)


async def _profile(session: AsyncSession, account_id: UUID) -> AccountOut:
    account = await repository.account_by_id(session, account_id)
    facts = {name: getattr(account, name) for name in AccountOut.model_fields if name != "memberships"}
    families = await memberships_of(session, account_id)
    return AccountOut(**facts, memberships=[MembershipOut.model_validate(row) for row in families])
