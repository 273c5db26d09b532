"""Reminder letters: one a family and régie, of all that it is reminded of by letter."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.families import Addressee
from preau.billing.invoices.pdf import address_of, qr_of
from preau.billing.letterheads.domain import Letterhead
from preau.billing.letterheads.service import under_letterhead
from preau.billing.regies import repository as regies
from preau.billing.regies.reminding import ReminderCalendar
from preau.billing.regies.tables import RegieHeading
from preau.billing.reminders import repository
from preau.billing.reminders.repository import Listed
from preau.billing.typesetting import typeset
from preau.wording.amounts import euros
from preau.wording.dates import full_date, month, short_date
from preau.wording.typography import sentence

SOON = "Nous vous remercions de nous faire parvenir votre règlement dès réception de ce courrier."
IN_EIGHT_DAYS = "Nous vous demandons de nous faire parvenir votre règlement sous huit jours."
THEN_TREASURY = (
    "Sans règlement dans ce délai, la créance sera transmise au comptable public (Trésor public), "
    "qui en poursuivra le recouvrement."
)
CROSSED = "Si votre règlement nous est parvenu entre-temps, ne tenez pas compte de ce courrier."
HARDSHIP = (
    "Si vous rencontrez des difficultés, prenez contact avec la régie : un paiement en plusieurs fois "
    "peut être étudié."
)


class Letter(NamedTuple):
    """What a letter prints. ``step`` is the furthest of its reminders; ``link`` is where to pay.

    ``goes_on_to_treasury``: the régie's next step hands the debt over.
    """

    reminded: Sequence[Listed]
    addressee: Addressee
    heading: RegieHeading | None
    step: int
    goes_on_to_treasury: bool
    day: date
    link: str


async def letters(
    session: AsyncSession, invoice_ids: Sequence[UUID], *, day: date, now: datetime, public_url: str
) -> list[Letter]:
    """The letters of what is still due of these invoices, to where the families live now."""
    made: list[Letter] = []
    found = await repository.letters_of(session, invoice_ids)
    for (family_id, regie_id), of_family in groupby(
        found, lambda each: (each.invoice.family_id, each.invoice.regie_id)
    ):
        reminded = list(of_family)
        family, regie = await copies.family(session, family_id), await regies.regie(session, regie_id)
        present = family.addressee if family and family.addressee else reminded[-1].invoice.addressee
        step = max(each.reminder.step for each in reminded)
        only = reminded[0].invoice.invoice_id if len(reminded) == 1 else None
        made.append(
            Letter(
                reminded,
                Addressee(**present),
                await regies.heading(session, regie_id, now),
                step,
                regie is not None and _then_treasury(regie.reminders, step),
                day,
                f"{public_url}/factures/{only}" if only else f"{public_url}/factures",
            )
        )
    return made


def _then_treasury(stated: dict[str, Any], step: int) -> bool:
    steps = ReminderCalendar.model_validate(stated).steps
    return any(each.means == "treasury" for each in steps[step : step + 1])


def compiled(written: Sequence[Letter], letterhead: Letterhead, day: date) -> bytes:
    """The PDF of letters, each on sheets of its own; in this thread."""
    data = {"head": letterhead.data(), "letters": [document(each) for each in written]}
    return typeset(under_letterhead("preau.billing.reminders", "letter.typ"), data, day)


def document(letter: Letter) -> dict[str, Any]:
    """What the template prints, as French readers write it."""
    invoices = [each.invoice for each in letter.reminded]
    issuer, many = invoices[-1].issuer, len(invoices) > 1
    due = sum(invoice.due_cents for invoice in invoices)
    return {
        "issuer": issuer,
        "heading": address_of(letter.heading),
        "addressee": letter.addressee,
        "city": letter.heading.city if letter.heading else "",
        "day": full_date(letter.day),
        "family": letter.addressee["label"],
        "subject": _subject(letter, many),
        "sentences": _sentences(letter, many),
        "invoices": [
            {
                "number": invoice.number,
                "period": sentence(month(invoice.period)),
                "due_date": short_date(invoice.due_date) if invoice.due_date else "",
                "total": euros(invoice.total_cents),
                "due": euros(invoice.due_cents),
            }
            for invoice in invoices
        ],
        "due": euros(due),
        "references": ", ".join(invoice.number or "" for invoice in invoices),
        "closing": [CROSSED, HARDSHIP],
        "ways": _ways(letter.heading),
        "link": letter.link,
        "qr": qr_of(letter.link),
    }


def _subject(letter: Letter, many: bool) -> str:
    told = "factures impayées" if many else "facture impayée"
    if letter.goes_on_to_treasury:
        return f"Dernière relance avant recouvrement par le comptable public – {told}"
    return f"Relance – {told}" if letter.step == 1 else f"Relance n° {letter.step} – {told}"


def _sentences(letter: Letter, many: bool) -> list[str]:
    """What is asked, more firmly step by step."""
    what = "les factures ci-dessous" if many else "la facture ci-dessous"
    if letter.step == 1:
        first = (
            f"Sauf erreur de notre part, {what} n’{'ont' if many else 'a'} pas été "
            f"réglée{'s' if many else ''} à la date limite indiquée."
        )
    else:
        first = f"Malgré notre précédente relance, {what} reste{'nt' if many else ''} à régler."
    firm = letter.step > 1 or letter.goes_on_to_treasury
    asked = [first, IN_EIGHT_DAYS if firm else SOON]
    return [*asked, THEN_TREASURY] if letter.goes_on_to_treasury else asked


def _ways(heading: RegieHeading | None) -> list[str]:
    online = "En ligne dans votre espace famille, par «\u202fMes factures\u202f» ou le code QR."
    if heading is None or not heading.payable_to:
        return [online]
    return [online, f"Par chèque à l’ordre de {heading.payable_to}, avec ce talon."]
