"""SQL of the ledger: locking a family's account, writing entries, changing what is owed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.ledger.domain import Entry, EntryKind, Holder, Posting
from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.common.money import Cents

_HOLDERS = "unnest(CAST(:regie_ids AS uuid[]), CAST(:family_ids AS uuid[])) AS h (regie_id, family_id)"
_OPEN = Statement(f"""
INSERT INTO family_account (account_id, commune_id, regie_id, family_id)
SELECT new_id(), CAST(:commune_id AS uuid), h.regie_id, h.family_id FROM {_HOLDERS}
ORDER BY h.family_id, h.regie_id ON CONFLICT DO NOTHING
""")  # noqa: S608
_LOCK = Statement(f"""
WITH locked AS (
    SELECT a.account_id FROM {_HOLDERS} JOIN family_account a USING (family_id, regie_id)
    ORDER BY a.family_id, a.regie_id FOR UPDATE OF a
)
SELECT count(*) AS accounts FROM locked
""")  # noqa: S608
_IN_CREDIT = Statement(f"""
SELECT a.account_id, a.commune_id, a.regie_id, a.family_id, a.credit_cents
FROM {_HOLDERS} JOIN family_account a USING (family_id, regie_id) WHERE a.credit_cents > 0
ORDER BY a.family_id, a.regie_id
""")  # noqa: S608
_WRITE_ENTRIES = Statement("""
INSERT INTO entry (cause_id, kind, commune_id, regie_id, family_id, day, payment_id, agent_id, memo)
SELECT * FROM unnest(CAST(:cause_id AS uuid[]), CAST(:kind AS text[]), CAST(:commune_id AS uuid[]),
    CAST(:regie_id AS uuid[]), CAST(:family_id AS uuid[]), CAST(:day AS date[]), CAST(:payment_id AS uuid[]),
    CAST(:agent_id AS uuid[]), CAST(:memo AS text[]))
ON CONFLICT DO NOTHING RETURNING cause_id, kind
""")
_WRITE_POSTINGS = Statement("""
INSERT INTO posting (cause_id, kind, position, commune_id, account, detail, invoice_id, amount_cents)
SELECT * FROM unnest(CAST(:cause_id AS uuid[]), CAST(:kind AS text[]), CAST(:position AS smallint[]),
    CAST(:commune_id AS uuid[]), CAST(:account AS text[]), CAST(:detail AS text[]),
    CAST(:invoice_id AS uuid[]), CAST(:amount_cents AS integer[]))
""")
_CHANGE_CREDIT = text("""
UPDATE family_account a SET credit_cents = a.credit_cents + c.cents,
    credit_since = CASE WHEN a.credit_cents = 0 THEN clock_timestamp()
        WHEN a.credit_cents + c.cents > 0 THEN a.credit_since END
FROM (
    SELECT * FROM unnest(CAST(:regie_ids AS uuid[]), CAST(:family_ids AS uuid[]), CAST(:cents AS integer[]))
) AS c (regie_id, family_id, cents) WHERE a.regie_id = c.regie_id AND a.family_id = c.family_id
""")
_POSTINGS_OF = text("""
SELECT account, amount_cents, invoice_id, detail FROM posting WHERE cause_id = :cause_id AND kind = :kind
ORDER BY position
""")


class Account(NamedTuple):
    """A family's account at a régie, locked: what it is owed."""

    account_id: UUID
    holder: Holder
    credit_cents: Cents


async def lock(session: AsyncSession, holders: Collection[Holder]) -> None:
    """Lock the accounts until the transaction ends; those that are not there are opened.

    Whoever moves money of a family takes its account first, then invoices, then a number: nobody waits for
    who waits for him.
    """
    if not holders:
        return
    names = _names(holders)
    [found] = await hot(session).rows(_LOCK, names)
    if found["accounts"] < len(holders):
        opened = names | {"commune_id": next(iter(holders)).commune_id}
        await hot(session).rows(_OPEN, opened)
        await hot(session).rows(_LOCK, names)


async def in_credit(session: AsyncSession, holders: Collection[Holder]) -> dict[Holder, Account]:
    """Those of the accounts, which are locked, on which the family is owed something."""
    rows = await hot(session).rows(_IN_CREDIT, _names(holders))
    accounts = [Account(row[0], Holder(row[1], row[2], row[3]), row[4]) for row in rows]
    return {account.holder: account for account in accounts}


async def credit_of(session: AsyncSession, holder: Holder) -> Cents:
    """What a family is owed, its account locked until the transaction ends."""
    await lock(session, [holder])
    account = (await in_credit(session, [holder])).get(holder)
    return account.credit_cents if account else 0


async def write(session: AsyncSession, entries: Sequence[Entry]) -> list[Entry]:
    """Write the entries of which the ledger knows no cause, and what they change of the families' credit.

    The accounts are locked. Returns those that are new.
    """
    fresh = [entry for entry in entries if entry.postings]
    if not fresh:
        return []
    rows = await hot(session).rows(_WRITE_ENTRIES, _entries(fresh))
    known = {(row["cause_id"], row["kind"]) for row in rows}
    fresh = [entry for entry in fresh if (entry.cause_id, entry.kind) in known]
    if fresh:
        await hot(session).rows(_WRITE_POSTINGS, _postings(fresh))
        await change_credits(session, credit_changes(fresh))
    return fresh


def credit_changes(entries: Iterable[Entry]) -> dict[Holder, Cents]:
    """How much more, or less, each family is owed."""
    changes: dict[Holder, Cents] = {}
    for entry in entries:
        changes[entry.holder] = changes.get(entry.holder, 0) + entry.credit_change
    return {holder: cents for holder, cents in changes.items() if cents}


async def change_credits(session: AsyncSession, changes: Mapping[Holder, Cents]) -> None:
    """Keep the balance of what families are owed; below zero the database refuses."""
    if changes:
        await session.execute(_CHANGE_CREDIT, _names(changes) | {"cents": list(changes.values())})


async def postings_of(session: AsyncSession, cause_id: UUID, kind: EntryKind) -> list[Posting]:
    """What an entry moved; nothing when the ledger does not know it."""
    found = await session.execute(_POSTINGS_OF, {"cause_id": cause_id, "kind": kind})
    return [Posting(*row) for row in found]


def _names(holders: Collection[Holder]) -> dict[str, object]:
    return {
        "regie_ids": [holder.regie_id for holder in holders],
        "family_ids": [holder.family_id for holder in holders],
    }


def _entries(entries: Sequence[Entry]) -> dict[str, object]:
    return {
        "cause_id": [entry.cause_id for entry in entries],
        "kind": [entry.kind for entry in entries],
        "commune_id": [entry.holder.commune_id for entry in entries],
        "regie_id": [entry.holder.regie_id for entry in entries],
        "family_id": [entry.holder.family_id for entry in entries],
        "day": [entry.day for entry in entries],
        "payment_id": [entry.payment_id for entry in entries],
        "agent_id": [entry.agent_id for entry in entries],
        "memo": [entry.memo for entry in entries],
    }


def _postings(entries: Sequence[Entry]) -> dict[str, object]:
    placed = [
        (entry, position, posting) for entry in entries for position, posting in enumerate(entry.postings)
    ]
    return {
        "cause_id": [entry.cause_id for entry, _, _ in placed],
        "kind": [entry.kind for entry, _, _ in placed],
        "position": [position for _, position, _ in placed],
        "commune_id": [entry.holder.commune_id for entry, _, _ in placed],
        "account": [posting.account for _, _, posting in placed],
        "detail": [posting.detail for _, _, posting in placed],
        "invoice_id": [posting.invoice_id for _, _, posting in placed],
        "amount_cents": [posting.cents for _, _, posting in placed],
    }
