"""The entries of the ledger: what each fact debits and credits. Pure.

A debit is above zero, a credit below. Each family has accounts of its own at each régie. The table of facts
is in ``docs/money.md``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from preau.common.money import Cents

Account = Literal["receivable", "credit", "revenue", "cash", "refunding", "written_off"]
"""``receivable`` what invoices ask for; ``credit`` what the family is owed; ``revenue`` by activity; ``cash``
by instrument; ``refunding`` what a provider was told to give back; ``written_off`` what nobody will pay."""

EntryKind = Literal[
    "invoice",
    "credit_note",
    "payment",
    "set_off",
    "refund_ordered",
    "refund_done",
    "refund_denied",
    "credit_refund",
    "write_off",
    "write_off_undone",
]
Means = Literal["transfer", "cash", "cheque"]
"""How an agent gives money back by hand."""


class Unbalanced(Exception):
    """The postings of an entry do not sum to zero: a fault of ours, nothing is written."""


class Posting(NamedTuple):
    """``cents`` debited to an account, credited below zero; on ``receivable`` the invoice is named."""

    account: Account
    cents: Cents
    invoice_id: UUID | None = None
    detail: str = ""


class Holder(NamedTuple):
    """Whose accounts: a family's at a régie."""

    commune_id: UUID
    regie_id: UUID
    family_id: UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact: one a cause and kind. Raises `Unbalanced`.

    ``cause_id`` is the id of the document, payment or act behind it; ``payment_id`` the payment that it tells
    of, ``memo`` what agents and families read of it.
    """

    kind: EntryKind
    cause_id: UUID
    holder: Holder
    day: date
    postings: tuple[Posting, ...]
    payment_id: UUID | None = None
    agent_id: UUID | None = None
    memo: str = ""

    def __post_init__(self) -> None:
        if sum(posting.cents for posting in self.postings):
            raise Unbalanced(f"{self.kind} {self.cause_id}")

    @property
    def due_changes(self) -> dict[UUID, Cents]:
        """How much more, or less, becomes due of each invoice."""
        changes: Counter[UUID] = Counter()
        for posting in self.postings:
            if posting.account == "receivable" and posting.invoice_id is not None:
                changes[posting.invoice_id] += posting.cents
        return {invoice_id: cents for invoice_id, cents in changes.items() if cents}

    @property
    def written_off_changes(self) -> dict[UUID, Cents]:
        """How much more, or less, stands written off of each invoice."""
        changes: Counter[UUID] = Counter()
        for posting in self.postings:
            if posting.account == "written_off" and posting.invoice_id is not None:
                changes[posting.invoice_id] += posting.cents
        return {invoice_id: cents for invoice_id, cents in changes.items() if cents}

    @property
    def credit_change(self) -> Cents:
        """How much more, or less, the family is owed."""
        return -sum(posting.cents for posting in self.postings if posting.account == "credit")


class Due(NamedTuple):
    """What is still to be paid of an invoice."""

    invoice_id: UUID
    cents: Cents


class Source(NamedTuple):
    """Where money to give back comes from: the family's credit, or an invoice that is due again."""

    account: Literal["credit", "receivable"]
    invoice_id: UUID | None
    cents: Cents


def written(*postings: Posting) -> tuple[Posting, ...]:
    """Those that move something."""
    return tuple(posting for posting in postings if posting.cents)


def paid(instrument: str, parts: Iterable[tuple[UUID, Cents, Cents]]) -> tuple[Posting, ...]:
    """A payment, by invoice: its id, what came in for it, what was due. The rest is credit of the family."""
    postings: list[Posting] = []
    for invoice_id, cents, due in parts:
        applied = min(cents, due)
        postings += written(
            Posting("cash", cents, invoice_id, instrument),
            Posting("receivable", -applied, invoice_id),
            Posting("credit", applied - cents, invoice_id),
        )
    return tuple(postings)


def written_off(invoice_id: UUID, cents: Cents) -> tuple[Posting, ...]:
    """What nobody will pay of an invoice; below zero it is asked for again."""
    return written(Posting("receivable", -cents, invoice_id), Posting("written_off", cents, invoice_id))


def taken_up(entry: Entry, standing: Mapping[UUID, Cents]) -> Entry | None:
    """The entry that asks again for what ``entry`` brings for invoices that were written off.

    A write-off does not end the debt: money for such an invoice takes it up, as far as it goes. ``standing``
    is how much stands written off of each; of the others what is due has no need of it.
    """
    postings: list[Posting] = []
    for invoice_id, change in entry.due_changes.items():
        if change < 0 < standing.get(invoice_id, 0):
            postings += written_off(invoice_id, max(change, -standing[invoice_id]))
    if not postings:
        return None
    memo = "Réglé après l’admission en non-valeur."
    return Entry("write_off_undone", entry.cause_id, entry.holder, entry.day, tuple(postings), memo=memo)


def set_off(credit_cents: Cents, dues: Sequence[Due]) -> tuple[Posting, ...]:
    """Credit laid on what is due, in the order given, as far as it goes."""
    postings: list[Posting] = []
    for due in dues:
        cents = min(credit_cents, due.cents)
        credit_cents -= cents
        postings += written(
            Posting("receivable", -cents, due.invoice_id), Posting("credit", cents, due.invoice_id)
        )
    return tuple(postings)


def sources(cents: Cents, credit_cents: Cents, settled: Sequence[Due]) -> list[Source]:
    """Where ``cents`` that go back come from: credit first, then ``settled`` invoices, in the order given.

    ``settled`` tells how much of each may be due again. Less than asked for when there is no more.
    """
    found: list[Source] = []
    free = min(cents, credit_cents)
    if free:
        found.append(Source("credit", None, free))
    left = cents - free
    for each in settled:
        again = min(left, each.cents)
        if again:
            found.append(Source("receivable", each.invoice_id, again))
        left -= again
    return found


def drawn(found: Iterable[Source]) -> tuple[Posting, ...]:
    """What the sources give up."""
    return tuple(Posting(source.account, source.cents, source.invoice_id) for source in found)


def returned(ordered: Iterable[Posting], dues: Mapping[UUID, Cents]) -> tuple[Posting, ...]:
    """A refund that was denied: each source has its money again, as far as the invoice is still due."""
    postings: list[Posting] = []
    for posting in ordered:
        if posting.account == "receivable" and posting.invoice_id is not None:
            back = min(posting.cents, dues.get(posting.invoice_id, 0))
            postings += written(
                Posting("receivable", -back, posting.invoice_id),
                Posting("credit", back - posting.cents, posting.invoice_id),
            )
        else:
            postings.append(posting._replace(cents=-posting.cents))
    return tuple(postings)
