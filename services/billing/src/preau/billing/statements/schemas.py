"""Statements and journals over HTTP. Money in cents."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from preau.billing.ledger.domain import Account, EntryKind
from preau.billing.statements.domain import Movement, Statement
from preau.billing.statements.repository import FamilyAt
from preau.billing.statements.unpaid_repository import Ages, Unpaid
from preau.billing.tariffs.months import periods_from
from preau.common.http.schemas import ResponseModel


class FamilyAccountOut(ResponseModel):
    """A family at a régie: what it owes by its invoices, and what it is owed.

    ``carried_cents`` of ``carried_periods`` were little and not billed: the next month's end bills them.
    """

    account_id: UUID
    family_id: UUID
    family_label: str
    regie_id: UUID
    regie_label: str
    due_cents: int
    credit_cents: int
    carried_cents: int
    carried_periods: list[str]


class AccountMovementOut(ResponseModel):
    """What moved: above zero the family owes more. ``numbers`` are the invoices that it concerns."""

    cause_id: UUID
    kind: EntryKind
    day: date
    memo: str
    numbers: list[str]
    invoice_id: UUID | None
    cents: int
    balance_cents: int


class StatementOut(FamilyAccountOut):
    """An account over a period, both days included; a balance below zero is in the family's favour."""

    first: date
    last: date
    opening_cents: int
    closing_cents: int
    movements: list[AccountMovementOut]


class AccountTotalOut(ResponseModel):
    """An account of a régie: ``detail`` is the activity of a revenue, the instrument of cash."""

    account: Account
    detail: str
    label: str
    opening_cents: int
    debit_cents: int
    credit_cents: int
    closing_cents: int


class DayTotalOut(ResponseModel):
    """What was debited and credited to an account on a day."""

    day: date
    account: Account
    detail: str
    label: str
    debit_cents: int
    credit_cents: int


class UnpaidOut(ResponseModel):
    """A family at a régie of which something is past due, since ``oldest``: by days past due, in cents.

    Under an instalment plan each part is due on its day: ``late_parts_cents`` are past due of parts, the
    next one is due on ``next_part_on``.
    """

    account_id: UUID
    family_id: UUID
    family_label: str
    regie_id: UUID
    regie_label: str
    due_cents: int
    oldest: date
    not_yet_cents: int
    up_to_30_cents: int
    up_to_60_cents: int
    up_to_90_cents: int
    beyond_cents: int
    late_parts_cents: int
    next_part_on: date | None
    next_part_cents: int


class JournalOut(ResponseModel):
    """A régie over a period, both days included: each account, and each day."""

    regie_id: UUID
    first: date
    last: date
    accounts: list[AccountTotalOut]
    days: list[DayTotalOut]


def account_out(found: FamilyAt) -> FamilyAccountOut:
    account, carried = found.account, found.carried
    return FamilyAccountOut(
        account_id=account.account_id,
        family_id=account.family_id,
        family_label=found.family_label,
        regie_id=account.regie_id,
        regie_label=found.regie_label,
        due_cents=found.due_cents,
        credit_cents=account.credit_cents,
        carried_cents=carried.amount_cents if carried else 0,
        carried_periods=periods_from(carried.first_day, carried.period) if carried else [],
    )


def unpaid_out(found: Unpaid) -> UnpaidOut:
    stated = found._asdict()
    ages: Ages = stated.pop("ages")
    by_age = ages._asdict()
    next_part_on = by_age.pop("next_part_on")
    cents = {f"{name}_cents": each for name, each in by_age.items()}
    return UnpaidOut(**stated, **cents, next_part_on=next_part_on)


def statement_out(found: FamilyAt, made: Statement) -> StatementOut:
    return StatementOut(
        **account_out(found).model_dump(),
        first=made.period.first,
        last=made.period.last,
        opening_cents=made.opening_cents,
        closing_cents=made.closing_cents,
        movements=_movements(made.movements),
    )


def _movements(movements: Sequence[Movement]) -> list[AccountMovementOut]:
    return [
        AccountMovementOut.model_validate(each.moved._asdict() | {"balance_cents": each.balance_cents})
        for each in movements
    ]
