"""What billing answers. Written by `make docs` from gateway/openapi/billing.json."""

from __future__ import annotations

from datetime import date as date_aliased
from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import BaseModel, Field


class AccountMovementOut(BaseModel):
    """
    What moved: above zero the family owes more. ``numbers`` are the invoices that it concerns.
    """

    cause_id: str
    kind: Literal['invoice', 'credit_note', 'payment', 'set_off', 'refund_ordered', 'refund_done', 'refund_denied', 'credit_refund', 'write_off', 'write_off_undone']
    day: date_aliased
    memo: str
    numbers: list[str]
    invoice_id: str | None
    cents: int
    balance_cents: int


class AccountOut(BaseModel):
    """
    What a family is owed at a régie after what was done; ``moved_cents`` is how much that was.
    """

    account_id: str
    family_id: str
    regie_id: str
    credit_cents: int
    moved_cents: int


class AccountTotalOut(BaseModel):
    """
    An account of a régie: ``detail`` is the activity of a revenue, the instrument of cash.
    """

    account: Literal['receivable', 'credit', 'revenue', 'cash', 'refunding', 'written_off']
    detail: str
    label: str
    opening_cents: int
    debit_cents: int
    credit_cents: int
    closing_cents: int


class ActivityDifferenceOut(BaseModel):
    activity_id: str
    label: str
    now_quantity: int
    now_cents: int
    before_quantity: int
    before_cents: int


class AnomalyOut(BaseModel):
    """
    ``invoice_id`` is the family's draft or invoice of the run, if it has one.
    """

    family_id: str
    family_label: str
    kind: Literal['unknown_family', 'unknown_child', 'no_tariff', 'missing_quotient', 'undecided', 'in_favour', 'nothing_due', 'far_from_last_month']
    message: str
    invoice_id: str | None


class AskedOut(BaseModel):
    """
    What one tariff asks for: for how many charges of how many children, and how much in all.
    """

    charges: int
    children: int
    cents: int


class BandOutput(BaseModel):
    """
    The price from ``lower`` (included) to ``upper`` (excluded; ``None``: no end).
    """

    from_: str = Field(..., alias='from')
    to: str | None = None
    label: str
    amount_cents: int


class ByBooking(BaseModel):
    """
    One a booking, whatever attendance counts of it.
    """

    kind: Literal['booking']


class ByCard(BaseModel):
    """
    A card a child and month, due with its first booking.
    """

    kind: Literal['card']


class ByMonth(BaseModel):
    """
    The month as planned: one a child and month, due once one booking of it is (forfait mensuel).
    """

    kind: Literal['month']


class BySlice(BaseModel):
    """
    Slices of ``minutes`` of the stay, or of what passes the closing time; begun ones count.

    Without arrival and departure the units that are booked count.
    """

    kind: Literal['slices']
    minutes: Literal[15, 30, 60]
    of: Literal['stay', 'overrun'] = 'stay'
    closing: time | None = None


class ByUnit(BaseModel):
    """
    The units that are booked, one unless attendance counted others.
    """

    kind: Literal['units']


class CarriedMonthOut(BaseModel):
    """
    What a family owed a régie of ``periods``, all of them before its next month's end, in their order.

    ``amount_cents`` is what it was when it was carried: what changes since counts when it is billed.
    """

    carried_id: str
    family_id: str
    family_label: str
    regie_id: str
    regie_label: str
    periods: list[str]
    amount_cents: int
    run_id: str
    carried_at: datetime


class CarriedMonthsOut(BaseModel):
    """
    A page of them; ``families`` and ``total_cents`` count all that the filters let through.
    """

    items: list[CarriedMonthOut]
    next_cursor: str | None = None
    families: int
    total_cents: int


class CertifiedPart(BaseModel):
    """
    What was paid for a child at an activity, food left out.
    """

    activity_label: str
    cents: int


class ChangeOut(BaseModel):
    """
    One change of a record: ``action`` is what happened, by a code of the service's.
    """

    agent_id: str
    action: str
    recorded_at: datetime


class ChangesOut(BaseModel):
    """
    The latest changes of a record, the last one first.
    """

    items: list[ChangeOut]


class ClassOut(BaseModel):
    """
    Families whose difference (draft less now, in cents) lies between two, both included; null: no end.
    """

    least: int | None
    most: int | None
    families: int


class ComponentOutput(BaseModel):
    """
    A part of the price (meal, supervision): so much of a hundred, or an amount; the last takes the rest.

    The tax certificate counts what is no ``food``.
    """

    code: str
    label: str
    food: bool = False
    percent: str | None = None
    amount_cents: int | None = None


class ComponentOut(BaseModel):
    code: str
    label: str
    amount_cents: int


class CreditOut(BaseModel):
    """
    What a family is owed at a régie: ``why`` and ``invoice_id`` tell where the latest of it came from.
    """

    account_id: str
    family_id: str
    family_label: str
    regie_id: str
    regie_label: str
    credit_cents: int
    since: datetime | None
    why: str
    invoice_id: str | None


class DayTotalOut(BaseModel):
    """
    What was debited and credited to an account on a day.
    """

    day: date_aliased
    account: Literal['receivable', 'credit', 'revenue', 'cash', 'refunding', 'written_off']
    detail: str
    label: str
    debit_cents: int
    credit_cents: int


class DebtRuleOut(BaseModel):
    """
    ``version`` is 0 where the commune has stated nothing.
    """

    is_on: bool
    threshold_cents: int
    days: int
    version: int


class DraftOut(BaseModel):
    """
    An invoice of a run, which has no number as long as the run is a preview.
    """

    invoice_id: str
    number: str | None
    family_id: str
    family_label: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'written_off', 'cancelled']
    total_cents: int


class DueAgainOut(BaseModel):
    """
    An invoice that is due again by ``cents``.
    """

    invoice_id: str
    number: str
    cents: int


class FamilyAccountOut(BaseModel):
    """
    A family at a régie: what it owes by its invoices, and what it is owed.

    ``carried_cents`` of ``carried_periods`` were little and not billed: the next month's end bills them.
    """

    account_id: str
    family_id: str
    family_label: str
    regie_id: str
    regie_label: str
    due_cents: int
    credit_cents: int
    carried_cents: int
    carried_periods: list[str]


class FamilyComparedOut(BaseModel):
    """
    What a family pays for the period by the tariffs in force, and with the draft.
    """

    family_id: str
    label: str
    now_cents: int
    draft_cents: int


class FamilyDebtOut(BaseModel):
    """
    What keeps the family from booking (0: nothing), and until when it is exempt.
    """

    owed_cents: int
    exempt_until: date_aliased | None
    reason: str


class FamilyDifferenceOut(BaseModel):
    family_id: str
    label: str
    now_cents: int
    before_cents: int


class FixedPrice(BaseModel):
    """
    A price of its own.
    """

    kind: Literal['price']
    amount_cents: int


class Flat(BaseModel):
    """
    The same price for all.
    """

    kind: Literal['flat']
    amount_cents: int


class HandedOverOut(BaseModel):
    """
    How many were noted: those that were already are not among them.
    """

    count: int


class Highest(BaseModel):
    """
    Who has no quotient pays the dearest.
    """

    kind: Literal['highest']


class InstalmentOut(BaseModel):
    """
    A part; ``left_cents`` are still to be paid, and late once its day is over.

    ``is_paid``: the whole of it came in; what is written off or cancelled was not paid.
    """

    due_on: date_aliased
    cents: int
    left_cents: int
    is_late: bool
    is_paid: bool


class InvoiceReminderOut(BaseModel):
    """
    A step that an invoice went through.
    """

    step: int
    days: int
    means: Literal['mail', 'letter', 'treasury']
    made_on: date_aliased
    asked_cents: int
    handed_over_at: datetime | None


class InvoiceRemindersOut(BaseModel):
    items: list[InvoiceReminderOut]


class JournalOut(BaseModel):
    """
    A régie over a period, both days included: each account, and each day.
    """

    regie_id: str
    first: date_aliased
    last: date_aliased
    accounts: list[AccountTotalOut]
    days: list[DayTotalOut]


class LackingOut(BaseModel):
    family_id: str
    family_label: str


class LineOut(BaseModel):
    """
    ``quantity`` units at ``unit_cents`` (rounded for display); ``amount_cents`` is what counts.
    """

    line_id: str
    child_name: str
    activity_label: str
    label: str
    quantity: int
    unit_cents: int
    amount_cents: int
    explanation: str
    dates: list[date_aliased]


class ManualLineOut(BaseModel):
    """
    A line as it would be printed.
    """

    child_name: str
    label: str
    day: date_aliased
    quantity: int
    unit_cents: int
    amount_cents: int


class ManualPreviewOut(BaseModel):
    """
    The document as it would be issued now.

    ``set_off_cents`` of the family's credit would pay of it; below zero, ``to_credit_cents`` would be owed to
    the family once ``pays_cents`` have paid what it owes.
    """

    regie_label: str
    total_cents: int
    set_off_cents: int
    pays_cents: int
    to_credit_cents: int
    due_cents: int
    due_date: date_aliased
    lines: list[ManualLineOut]


class MovementOut(BaseModel):
    """
    How many pay more with the draft, less, and the same; how many cents more and less in all.
    """

    more: int
    less: int
    same: int
    more_cents: int
    less_cents: int


class NamedBand(BaseModel):
    """
    Who has no quotient pays a band.
    """

    kind: Literal['band']
    label: str


class PageCreditOut(BaseModel):
    items: list[CreditOut]
    next_cursor: str | None = None


class PageDraftOut(BaseModel):
    items: list[DraftOut]
    next_cursor: str | None = None


class PageFamilyAccountOut(BaseModel):
    items: list[FamilyAccountOut]
    next_cursor: str | None = None


class PlanOut(BaseModel):
    """
    ``next_part_cents`` can be paid online alone; null where the régie takes no parts.
    """

    invoice_id: str
    status: Literal['open', 'closed', 'given_up', 'void', 'cancelled']
    next_part_cents: int | None
    parts: list[InstalmentOut]


class PlansOut(BaseModel):
    """
    The plan of an invoice; none where there never was one.
    """

    items: list[PlanOut]


class PrintCountsOut(BaseModel):
    """
    How many invoices reach their families on paper, and how many by mail.
    """

    paper: int
    mail: int


class PrintIn(BaseModel):
    """
    Which invoices to print: of a run, or those that a régie, a month, what is due leave.

    Or the reminder letters that wait to be sent, of a régie or all: the rest does not count then.
    """

    document: Literal['invoices', 'reminders'] = 'invoices'
    run_id: str | None = None
    regie_id: str | None = None
    period: str | None = None
    which: Literal['all', 'open', 'overdue'] = 'all'
    delivery: Literal['paper', 'mail', 'all'] = 'paper'


class PrintOut(BaseModel):
    """
    A print: ``rendered`` of ``invoices`` are done, and the file can be had once it is ready.

    Of reminders these count the letters.
    """

    print_id: str
    status: Literal['rendering', 'ready', 'failed']
    about: PrintIn
    invoices: int
    rendered: int
    size: int | None
    created_at: datetime
    ready_at: datetime | None


class QuoteLineOut(BaseModel):
    """
    ``amount_cents`` is null when the commune has stated no tariff for that day.
    """

    child_id: str
    activity_id: str
    date: date_aliased
    payment_mode: str | None
    amount_cents: int | None
    explanation: str


class QuoteOfRegie(BaseModel):
    regie_id: str
    regie_label: str
    prepaid_cents: int
    month_end_cents: int
    total_cents: int


class QuoteOut(BaseModel):
    """
    Totals in cents; ``prepaid_cents`` is to be paid at once, the rest comes with the month's invoice.
    """

    total_cents: int
    prepaid_cents: int
    lines: list[QuoteLineOut]
    by_regie: list[QuoteOfRegie]


class QuotientPolicy(BaseModel):
    """
    From when a quotient counts, and what is paid without one.

    It counts from its date of effect, or from the first of the month after it; one that is not
    ``retroactive`` not before the day on which it was recorded (the month after that day).
    """

    counts: Literal['its_day', 'next_month'] = 'its_day'
    retroactive: bool = True
    missing: Highest | NamedBand | FixedPrice = Field(
        {'kind': 'highest'}, discriminator='kind', validate_default=True
    )


class Range(BaseModel):
    """
    Whole numbers from ``least`` to ``most``, both included; without ``most``, without end.
    """

    from_: int = Field(1, alias='from')
    to: int | None = None


class ReferenceOut(BaseModel):
    """
    An invoice that this document cancels or corrects.
    """

    invoice_id: str
    number: str
    act: Literal['cancels', 'corrects']


class RefundOut(BaseModel):
    """
    A refund that was ordered; its provider is told.
    """

    refundable_cents: int
    amount_cents: int
    from_credit_cents: int
    due_again: list[DueAgainOut]
    refund_id: str
    payment_id: str


class RefundPlanOut(BaseModel):
    """
    What follows a refund of ``amount_cents``: ``from_credit_cents`` of it is what the family is owed.
    """

    refundable_cents: int
    amount_cents: int
    from_credit_cents: int
    due_again: list[DueAgainOut]


class ReminderOut(BaseModel):
    """
    A reminder, and to whom it goes; ``due_cents`` is due now, ``asked_cents`` was due then.
    """

    reminder_id: str
    invoice_id: str
    number: str
    family_id: str
    family_label: str
    addressee: str
    street: str
    postal_code: str
    city: str
    regie_label: str
    step: int
    means: Literal['mail', 'letter', 'treasury']
    made_on: date_aliased
    due_date: date_aliased
    due_cents: int
    asked_cents: int
    handed_over_at: datetime | None


class ReminderStep(BaseModel):
    """
    What is done so many days after the due date.
    """

    days: int
    means: Literal['mail', 'letter', 'treasury']


class RunOut(BaseModel):
    """
    ``families`` and ``total_cents`` grow while the run computes; computed, it is a preview.

    ``carry_under_cents``: a month that asks for less is carried over, null when none is;
    ``families_carried`` were, with ``carried_cents``: they are no longer among ``families`` then.
    ``stages_done`` grows to ``chunks_total`` while it is issued, and ``invoices_issued`` with it.
    """

    run_id: str
    regie_id: str
    period: str
    kind: Literal['month_end', 'complement']
    sequence: int
    status: Literal['computing', 'compute_paused', 'computed', 'issuing', 'issue_paused', 'issued', 'discarded']
    chunks_total: int
    chunks_done: int
    stages_done: int
    invoices_issued: int
    carry_under_cents: int | None
    families_carried: int
    carried_cents: int
    families: int
    total_cents: int
    previous_total_cents: int
    created_at: datetime
    computed_at: datetime | None
    issued_at: datetime | None


class SegmentOut(BaseModel):
    """
    Where prices come from: a row by its place in its tariff and its label, and a band by its label.

    Of an effort rate ``band`` is "plancher" or "plafond" where they held. The tariffs in force and the draft
    have a segment in common where row and band are called the same (a row without a label by its place);
    null where only the other has it.
    """

    row: int
    row_label: str
    band: str
    quotient_is_missing: bool
    now: AskedOut | None
    draft: AskedOut | None


class SetAsideOut(BaseModel):
    family_id: str
    family_label: str
    reason: str


class SimulationOut(BaseModel):
    """
    What the draft would have asked for, beside the tariffs in force on each day.

    ``charges`` are those of families whose record is known; ``unpriced`` those of them that no tariff in
    force counts for, which are worth nothing now. Families that are not known here are left out, as a run
    leaves them. Without charges all is empty.
    """

    charges: int
    unpriced: int
    unknown_families: int
    now_cents: int
    draft_cents: int
    segments: list[SegmentOut]
    families: MovementOut
    children: MovementOut
    distribution: list[ClassOut]
    falling: list[FamilyComparedOut]
    rising: list[FamilyComparedOut]
    all_families: list[FamilyComparedOut]


class StatementOut(BaseModel):
    """
    An account over a period, both days included; a balance below zero is in the family's favour.
    """

    account_id: str
    family_id: str
    family_label: str
    regie_id: str
    regie_label: str
    due_cents: int
    credit_cents: int
    carried_cents: int
    carried_periods: list[str]
    first: date_aliased
    last: date_aliased
    opening_cents: int
    closing_cents: int
    movements: list[AccountMovementOut]


class SupplementOut(BaseModel):
    """
    A line beside the price; ``once`` says how often it is asked: each act, or once a day or month.
    """

    label: str
    once: str
    quantity: int
    unit_cents: int
    amount_cents: int


class UnmarkedDayOut(BaseModel):
    activity_id: str
    label: str
    site_label: str
    day: date_aliased
    children: int


class UnpaidOut(BaseModel):
    """
    A family at a régie of which something is past due, since ``oldest``: by days past due, in cents.

    Under an instalment plan each part is due on its day: ``late_parts_cents`` are past due of parts, the
    next one is due on ``next_part_on``.
    """

    account_id: str
    family_id: str
    family_label: str
    regie_id: str
    regie_label: str
    due_cents: int
    oldest: date_aliased
    not_yet_cents: int
    up_to_30_cents: int
    up_to_60_cents: int
    up_to_90_cents: int
    beyond_cents: int
    late_parts_cents: int
    next_part_on: date_aliased | None
    next_part_cents: int


class UpcomingOut(BaseModel):
    """
    The next part of an instalment plan; ``late_cents`` of it and of later parts are past their days.
    """

    due_on: date_aliased
    left_cents: int
    late_cents: int


class YearOut(BaseModel):
    """
    A year of a régie: what moved in it, and what families owe and are owed at its end.

    ``closed_at`` is null while entries can be made in it.
    """

    year: int
    billed_cents: int
    received_cents: int
    written_off_cents: int
    receivable_cents: int
    credit_cents: int
    closed_at: datetime | None


class AgentInvoiceDetail(BaseModel):
    """
    ``carried_periods`` are the months before that were carried over to it.
    """

    invoice_id: str
    regie_id: str
    regie_label: str
    kind: Literal['month_end', 'complement', 'prepaid', 'credit_note', 'manual']
    period: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'written_off', 'cancelled']
    total_cents: int
    paid_cents: int
    due_cents: int
    written_off_cents: int
    days_to_due: int | None
    instalment: UpcomingOut | None
    order_id: str | None
    cancels_invoice_id: str | None
    corrects_invoice_id: str | None
    number: str | None
    issued_on: date_aliased | None
    due_date: date_aliased | None
    family_id: str
    family_label: str
    run_id: str | None
    lines: list[LineOut]
    carried_periods: list[str]
    references: list[ReferenceOut]


class AgentInvoiceOut(BaseModel):
    """
    An invoice as agents see it; the draft of a run has neither number nor dates.
    """

    invoice_id: str
    regie_id: str
    regie_label: str
    kind: Literal['month_end', 'complement', 'prepaid', 'credit_note', 'manual']
    period: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'written_off', 'cancelled']
    total_cents: int
    paid_cents: int
    due_cents: int
    written_off_cents: int
    days_to_due: int | None
    instalment: UpcomingOut | None
    order_id: str | None
    cancels_invoice_id: str | None
    corrects_invoice_id: str | None
    number: str | None
    issued_on: date_aliased | None
    due_date: date_aliased | None
    family_id: str
    family_label: str
    run_id: str | None


class BandsOutput(BaseModel):
    """
    A price by band, of the quotient or of the number of children.
    """

    kind: Literal['bands']
    of: Literal['quotient', 'children'] = 'quotient'
    bands: list[BandOutput]
    missing: Highest | NamedBand | FixedPrice | None = None


class CancellationOut(BaseModel):
    """
    The invoice, now void, and the credit note that made it so.
    """

    invoice: AgentInvoiceOut
    credit_note: AgentInvoiceOut


class CertifiedChild(BaseModel):
    """
    A child who was under six on 1 January of the year.
    """

    child_id: str
    name: str
    birth_date: date_aliased
    cents: int
    parts: list[CertifiedPart]


class Conditions(BaseModel):
    """
    What must hold together; of a list, one must.

    ``rank`` is 1 for the eldest; ``also_booked`` are activities that the child has on the same day.
    """

    categories: list[str] = []
    residencies: list[str] = []
    variants: list[str] = []
    rank: Range | None = None
    children: Range | None = None
    regularity: Literal['regular', 'occasional'] | None = None
    booked: list[Literal['planned', 'late', 'unbooked']] = []
    present: bool | None = None
    also_booked: list[str] = []


class EffortRateOutput(BaseModel):
    """
    ``rate`` × quotient in euros, between a floor and a ceiling (taux d'effort).
    """

    kind: Literal['effort_rate']
    rate: str
    floor_cents: int
    ceiling_cents: int
    missing: Highest | NamedBand | FixedPrice | None = None


class Free(BaseModel):
    """
    Whom nothing is asked of.
    """

    label: str
    when: Conditions


class InvoiceDetail(BaseModel):
    """
    ``carried_periods`` are the months before that were carried over to it.
    """

    invoice_id: str
    regie_id: str
    regie_label: str
    kind: Literal['month_end', 'complement', 'prepaid', 'credit_note', 'manual']
    period: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'written_off', 'cancelled']
    total_cents: int
    paid_cents: int
    due_cents: int
    written_off_cents: int
    days_to_due: int | None
    instalment: UpcomingOut | None
    order_id: str | None
    cancels_invoice_id: str | None
    corrects_invoice_id: str | None
    number: str
    issued_on: date_aliased
    due_date: date_aliased
    lines: list[LineOut]
    carried_periods: list[str]
    references: list[ReferenceOut]


class InvoiceOut(BaseModel):
    """
    An issued invoice.
    """

    invoice_id: str
    regie_id: str
    regie_label: str
    kind: Literal['month_end', 'complement', 'prepaid', 'credit_note', 'manual']
    period: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'written_off', 'cancelled']
    total_cents: int
    paid_cents: int
    due_cents: int
    written_off_cents: int
    days_to_due: int | None
    instalment: UpcomingOut | None
    order_id: str | None
    cancels_invoice_id: str | None
    corrects_invoice_id: str | None
    number: str
    issued_on: date_aliased
    due_date: date_aliased


class MultiplyOutput(BaseModel):
    """
    The price so many times.
    """

    label: str = ''
    when: Conditions = Field(
        {'categories': [], 'residencies': [], 'variants': [], 'booked': [], 'also_booked': []},
        validate_default=True,
    )
    kind: Literal['multiply']
    factor: str


class PageAgentInvoiceOut(BaseModel):
    items: list[AgentInvoiceOut]
    next_cursor: str | None = None


class PageInvoiceOut(BaseModel):
    items: list[InvoiceOut]
    next_cursor: str | None = None


class PagePrintOut(BaseModel):
    items: list[PrintOut]
    next_cursor: str | None = None


class PageReminderOut(BaseModel):
    items: list[ReminderOut]
    next_cursor: str | None = None


class PageRunOut(BaseModel):
    items: list[RunOut]
    next_cursor: str | None = None


class PageUnpaidOut(BaseModel):
    items: list[UnpaidOut]
    next_cursor: str | None = None


class PageYearOut(BaseModel):
    items: list[YearOut]
    next_cursor: str | None = None


class PercentOutput(BaseModel):
    """
    So much of a hundred more or, below zero, less.
    """

    label: str = ''
    when: Conditions = Field(
        {'categories': [], 'residencies': [], 'variants': [], 'booked': [], 'also_booked': []},
        validate_default=True,
    )
    kind: Literal['percent']
    percent: str


class QuotedPrice(BaseModel):
    """
    What one act costs. ``amount_cents`` is ``quantity`` × ``unit_cents``; ``total_cents`` has the
    supplements. ``row`` is the place of the row that held; null for all that no tariff prices.
    """

    quantity: int
    unit_cents: int | None
    amount_cents: int | None
    total_cents: int | None
    steps: list[str]
    row: int | None
    row_label: str
    supplements: list[SupplementOut]
    components: list[ComponentOut]
    quotient_is_missing: bool


class ReminderCalendar(BaseModel):
    """
    The steps in their order; nobody is reminded of less than ``minimum_cents`` of an invoice.
    """

    is_on: bool = False
    minimum_cents: int = 500
    steps: list[ReminderStep] | None = None


class Replace(BaseModel):
    """
    A price of its own in the place of all that came before.
    """

    label: str = ''
    when: Conditions = Field(
        {'categories': [], 'residencies': [], 'variants': [], 'booked': [], 'also_booked': []},
        validate_default=True,
    )
    kind: Literal['replace']
    amount_cents: int


class RowOutput(BaseModel):
    """
    A price and for whom it is: the first row of a tariff that holds gives it.
    """

    label: str = ''
    when: Conditions = Field(
        {'categories': [], 'residencies': [], 'variants': [], 'booked': [], 'also_booked': []},
        validate_default=True,
    )
    price: Flat | BandsOutput | EffortRateOutput = Field(..., discriminator='kind')


class RunDetail(BaseModel):
    """
    ``lacking`` are families whose chunk workers fail at; ``left_to_issue`` counts the drafts.

    ``avoirs_to_issue`` of them are in the family's favour: each becomes an avoir.

    ``to_carry`` of the drafts would be carried over if the run were issued now, with ``to_carry_cents``.
    ``left_carried`` families are left alone, for the month waits, carried over, for the next month's end.
    """

    run_id: str
    regie_id: str
    period: str
    kind: Literal['month_end', 'complement']
    sequence: int
    status: Literal['computing', 'compute_paused', 'computed', 'issuing', 'issue_paused', 'issued', 'discarded']
    chunks_total: int
    chunks_done: int
    stages_done: int
    invoices_issued: int
    carry_under_cents: int | None
    families_carried: int
    carried_cents: int
    families: int
    total_cents: int
    previous_total_cents: int
    created_at: datetime
    computed_at: datetime | None
    issued_at: datetime | None
    anomalies: list[AnomalyOut]
    set_aside: list[SetAsideOut]
    lacking: list[LackingOut]
    left_to_issue: int
    avoirs_to_issue: int
    to_carry: int
    to_carry_cents: int
    left_carried: int


class RunReview(BaseModel):
    """
    What differs from the month before, and the days whose roll is not done.
    """

    families: list[FamilyDifferenceOut]
    activities: list[ActivityDifferenceOut]
    unmarked: list[UnmarkedDayOut]


class Shift(BaseModel):
    """
    So many bands up (dearer) or, below zero, down; not beyond the first and the last one.
    """

    label: str = ''
    when: Conditions = Field(
        {'categories': [], 'residencies': [], 'variants': [], 'booked': [], 'also_booked': []},
        validate_default=True,
    )
    kind: Literal['shift']
    bands: int


class SupplementOutput(BaseModel):
    """
    A line of its own: late booking, presence without a booking, late pick-up.

    ``amount_cents``, or so much of a hundred of the unit price; by slice of what passes the closing time
    where ``slices`` says so. ``once`` tells how often: each act, or once a child or family and day or month.
    """

    label: str
    when: Conditions = Field(
        {'categories': [], 'residencies': [], 'variants': [], 'booked': [], 'also_booked': []},
        validate_default=True,
    )
    amount_cents: int | None = None
    percent: str | None = None
    slices: BySlice | None = None
    once: Literal['act', 'child_day', 'family_day', 'child_month', 'family_month'] = (
        'act'
    )


class TariffQuoteOut(BaseModel):
    """
    The price of each act, in the order asked.
    """

    items: list[QuotedPrice]


class Add(BaseModel):
    """
    So much more or, below zero, less; a price never falls below nought.
    """

    label: str = ''
    when: Conditions = Field(
        {'categories': [], 'residencies': [], 'variants': [], 'booked': [], 'also_booked': []},
        validate_default=True,
    )
    kind: Literal['add']
    amount_cents: int


class Bounds(BaseModel):
    """
    A floor and a ceiling.
    """

    label: str = ''
    when: Conditions = Field(
        {'categories': [], 'residencies': [], 'variants': [], 'booked': [], 'also_booked': []},
        validate_default=True,
    )
    kind: Literal['bounds']
    floor_cents: int = 0
    ceiling_cents: int | None = None


class CertificateOut(BaseModel):
    """
    What a family paid in a year for care. ``cents`` counts of ``paid_cents``, ``left_out_cents`` does not.

    ``whole`` names the activities that count whole, meals with them, since no tariff tells food apart;
    ``is_over`` whether the year is.
    """

    family_id: str
    family_label: str
    year: int
    is_over: bool
    cents: int
    paid_cents: int
    left_out_cents: int
    children: list[CertifiedChild]
    whole: list[str]


class RegieOut(BaseModel):
    """
    A régie: ``payable_to`` is whom cheques are made out to, ``remedies`` how its invoices are disputed.
    """

    regie_id: str
    code: str
    label: str
    due_days: int
    series_prefix: str
    reminders: ReminderCalendar
    takes_parts: bool
    carry_under_cents: int | None
    version: int
    street: str
    postal_code: str
    city: str
    siret: str
    payable_to: str
    remedies: str
    accounting_notice: str
    accounting_post: str
    collectivity_code: str
    budget_code: str
    product_code: str
    revenue_account: str


class TariffDefinitionOutput(BaseModel):
    """
    A tariff whole. ``siblings`` says who is counted for rank and number of children: those of the
    family's record, or those enrolled at the activity in the month.
    """

    quotient: QuotientPolicy = Field(
        {'counts': 'its_day', 'retroactive': True, 'missing': {'kind': 'highest'}},
        validate_default=True,
    )
    quantity: ByUnit | BySlice | ByBooking | ByMonth | ByCard = Field(
        {'kind': 'units'}, discriminator='kind', validate_default=True
    )
    siblings: Literal['record', 'enrolled'] = 'record'
    rows: list[RowOutput]
    steps: list[Annotated[Shift | MultiplyOutput | PercentOutput | Add | Replace | Bounds, Field(discriminator='kind')]] = (
        Field([], validate_default=True)
    )
    supplements: list[SupplementOutput] = Field([], validate_default=True)
    free: list[Free] = Field([], validate_default=True)
    components: list[ComponentOutput] = Field([], validate_default=True)


class TariffOut(BaseModel):
    """
    ``version`` counts what was stated for the same activity and day.
    """

    tariff_id: str
    activity_id: str
    effective_from: date_aliased
    definition: TariffDefinitionOutput
    created_at: datetime
    version: int


class PageRegieOut(BaseModel):
    items: list[RegieOut]
    next_cursor: str | None = None


class PageTariffOut(BaseModel):
    items: list[TariffOut]
    next_cursor: str | None = None
