"""Making reminders, and telling families of them."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import repository as invoices
from preau.billing.invoices.events import facts_of
from preau.billing.invoices.tables import Invoice
from preau.billing.reminders import repository
from preau.billing.reminders.repository import BATCH, Made
from preau.common.ids import new_id
from preau.common.messaging.outbox import emit
from preau.contracts.billing import InvoicesRemindedV1, RemindedFamily


async def remind(session: AsyncSession) -> bool:
    """Make what reminders are due, in one transaction with their events; whether there may be more.

    Emits `InvoicesRemindedV1` of those that go by mail, one a régie.
    """
    made = await repository.make(session)
    by_mail = [each for each in made if each.means == "mail"]
    if by_mail:
        found = await invoices.read(session, [each.invoice_id for each in by_mail])
        await emit(session, *_told({each.invoice_id: each for each in found}, by_mail))
    return len(made) == BATCH


def _told(found: dict[object, Invoice], made: Sequence[Made]) -> Iterator[InvoicesRemindedV1]:
    ordered = sorted(made, key=lambda each: (each.regie_id, each.family_id, each.invoice_id))
    for (commune_id, regie_id), of_regie in groupby(ordered, lambda each: (each.commune_id, each.regie_id)):
        families = [
            RemindedFamily(
                family_id=family_id,
                invoices=tuple(
                    facts_of(invoice, invoice.due_cents)
                    for each in of_family
                    for invoice in [found[each.invoice_id]]
                ),
            )
            for family_id, of_family in groupby(of_regie, lambda each: each.family_id)
        ]
        yield InvoicesRemindedV1(
            commune_id=commune_id,
            aggregate_id=new_id(),
            regie_id=regie_id,
            regie_label=families[0].invoices[0].regie_label,
            families=tuple(families),
        )
