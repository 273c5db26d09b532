"""Giving back by hand what a family is owed."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.credits import repository
from preau.billing.invoices.settlement import record, set_off_credit
from preau.billing.ledger import repository as ledger
from preau.billing.ledger.domain import Entry, Holder, Means, Posting
from preau.billing.ledger.tables import FamilyAccount
from preau.common.errors import Conflict, NotFound
from preau.common.ids import new_id
from preau.common.money import Cents
from preau.wording.amounts import euros


class BeyondCredit(Conflict):
    type, title = "beyond-credit", "Plus que le crédit"


class NothingToSetOff(Conflict):
    type, title = "nothing-to-set-off", "Rien à déduire"


async def give_back(
    session: AsyncSession, account_id: UUID, cents: Cents, *, means: Means, note: str, agent_id: UUID
) -> FamilyAccount:
    """Enter what an agent gave back of a family's credit. Raises `NotFound`, `BeyondCredit`."""
    holder = await _holder(session, account_id)
    credit_cents = await ledger.credit_of(session, holder)
    if cents > credit_cents:
        raise BeyondCredit(
            f"La famille n’a plus que {euros(credit_cents)} de crédit.",
            credit_cents=credit_cents,
        )
    postings = (Posting("credit", cents), Posting("cash", -cents, detail=means))
    day = await today(session, holder.commune_id)
    await record(
        session,
        [Entry("credit_refund", new_id(), holder, day, postings, agent_id=agent_id, memo=note)],
    )
    return await _account(session, account_id)


async def set_off(session: AsyncSession, account_id: UUID) -> tuple[FamilyAccount, Cents]:
    """Lay a family's credit on what it owes at the same régie; how much was laid.

    Raises `NotFound`, `NothingToSetOff`.
    """
    holder = await _holder(session, account_id)
    await ledger.lock(session, [holder])
    made = await set_off_credit(session, {holder: new_id()})
    if not made:
        raise NothingToSetOff("Cette famille ne doit rien à cette régie.")
    return await _account(session, account_id), -sum(entry.credit_change for entry in made)


async def _holder(session: AsyncSession, account_id: UUID) -> Holder:
    account = await _account(session, account_id)
    return Holder(account.commune_id, account.regie_id, account.family_id)


async def _account(session: AsyncSession, account_id: UUID) -> FamilyAccount:
    account = await repository.account(session, account_id)
    if account is None:
        raise NotFound("Ce crédit n’existe pas.")
    return account
