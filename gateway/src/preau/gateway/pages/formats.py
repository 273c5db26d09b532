"""The filters by which pages write money, days and instants; the words are those of ``preau.wording``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context

from preau.gateway.api.models.billing import AccountMovementOut
from preau.gateway.api.models.requests import AnswerLine
from preau.wording import kinds
from preau.wording.amounts import euros, file_size, number, quotient_familial, signed_euros
from preau.wording.dates import (
    and_list,
    as_date,
    clock,
    dated_moment,
    day,
    full_date,
    moment,
    month,
    of_period,
    of_periods,
    short_date,
    week_title,
    weekday_short,
    zone_name,
)
from preau.wording.documents import kind_shown, status_shown
from preau.wording.typography import NBSP, sentence

__all__ = ["FILTERS", "as_date", "day", "month", "week_title", "weekday_short"]

Moment = date | datetime | str
"""A day or an instant; texts are in ISO form."""


def money(cents: int | None) -> str:
    """Integer cents as "3,45 €"; nothing counts as none."""
    return euros(cents or 0)


def figure(value: int | float | str | None) -> str:
    return "" if value is None else number(value)


def quotient(cents: int | None) -> str:
    """A quotient familial in hundredths of a euro as "612" or "859,99"."""
    return "" if cents is None else quotient_familial(cents)


def civil(context: Context, value: Moment) -> Moment:
    """An instant where the page's commune is; a day, or what is no instant, as it is."""
    return value.astimezone(_zone(context)) if isinstance(value, datetime) else value


def _zone(context: Context) -> ZoneInfo:
    zone: ZoneInfo = context["zone"]
    return zone


@pass_context
def clock_in(context: Context, value: datetime | str) -> str:
    return clock(value, _zone(context))


@pass_context
def moment_in(context: Context, value: datetime | str, today: date | str | None = None) -> str:
    return moment(value, _zone(context), today)


@pass_context
def dated_moment_in(context: Context, value: datetime | str) -> str:
    return dated_moment(value, _zone(context))


@pass_context
def day_in(context: Context, value: Moment, today: date | str | None = None) -> str:
    return day(civil(context, value), today)


@pass_context
def full_date_in(context: Context, value: Moment) -> str:
    return full_date(civil(context, value))


@pass_context
def short_date_in(context: Context, value: Moment) -> str:
    return short_date(civil(context, value))


def balance(cents: int) -> str:
    """What a family owes, or is owed: "2,40 € en faveur de la famille" for −240."""
    if cents == 0:
        return money(0)
    return f"{money(cents)} dus" if cents > 0 else f"{money(-cents)} en faveur de la famille"


def movement(moved: AccountMovementOut) -> str:
    """What moved of an account: "Facture RS-2026-000042"."""
    kind = "credit_note" if moved.kind == "invoice" and moved.cents < 0 else moved.kind
    return " ".join([sentence(kinds.ENTRY[kind]), ", ".join(moved.numbers)]).strip()


class _Document(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def total_cents(self) -> int: ...


def document_kind(document: _Document) -> str:
    """The key of what an invoice or an avoir is called."""
    return kind_shown(document.kind, document.total_cents)


def document_status(document: _Document) -> str:
    """The key of how an invoice or an avoir stands."""
    return status_shown(document.status, document.total_cents)


def due_phrase(days_to_due: int) -> str:
    """The days to a due date as a parent reads them."""
    if days_to_due < 0:
        late = -days_to_due
        return f"délai dépassé depuis {late} jour{'s' if late > 1 else ''}"
    if days_to_due == 0:
        return "à payer aujourd’hui"
    return f"{days_to_due} jour{'s' if days_to_due > 1 else ''} avant l’échéance"


def telephone(value: str | None) -> str:
    """A French telephone number in pairs; any other one as it is."""
    digits = (value or "").replace(" ", "").replace(".", "")
    if len(digits) == 10 and digits.isdigit() and digits.startswith("0"):
        return NBSP.join(digits[i : i + 2] for i in range(0, 10, 2))
    return value or ""


def answer(line: AnswerLine) -> str:
    """An answer to a request's form as a person reads it, by the field's kind."""
    if line.kind == "date":
        try:
            return full_date(line.value)
        except ValueError:
            return line.text
    return telephone(line.text) if line.kind == "phone" else line.text


FILTERS: dict[str, Callable[..., str]] = {
    "money": money,
    "document_kind": document_kind,
    "document_status": document_status,
    "signed": signed_euros,
    "number": figure,
    "quotient": quotient,
    "day": day_in,
    "full_date": full_date_in,
    "short_date": short_date_in,
    "weekday_short": weekday_short,
    "month": month,
    "of_period": of_period,
    "of_periods": of_periods,
    "clock": clock_in,
    "moment": moment_in,
    "dated_moment": dated_moment_in,
    "zone_name": zone_name,
    "and_list": and_list,
    "due_phrase": due_phrase,
    "reference": kinds.REFERENCE.get,
    "balance": balance,
    "movement": movement,
    "telephone": telephone,
    "file_size": file_size,
    "sentence": sentence,
    "answer": answer,
}
