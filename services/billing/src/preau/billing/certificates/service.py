"""The tax certificate of a family and a year."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.certificates import repository
from preau.billing.certificates.domain import Certificate, Known, certificate
from preau.billing.copies import repository as copies
from preau.billing.copies.calendar import today
from preau.billing.copies.families import Addressee, FamilyRecord, addressee_of
from preau.billing.letterheads.domain import Letterhead
from preau.billing.letterheads.service import letterhead
from preau.billing.tariffs import repository as tariffs
from preau.common.errors import NotFound

FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Stated:
    """A certificate with whom it is for; ``is_over`` says whether its year is."""

    family_id: UUID
    commune_name: str
    family_label: str
    addressee: Addressee
    certificate: Certificate
    day: date
    letterhead: Letterhead

    @property
    def is_over(self) -> bool:
        return self.certificate.year < self.day.year


async def stated(session: AsyncSession, commune_id: UUID, family_id: UUID, asked: int | None) -> Stated:
    """What the ledger says was paid, in the last year unless one is asked for.

    Raises `NotFound` for a family or a year that is not there.
    """
    day = await today(session, commune_id)
    year = day.year - 1 if asked is None else asked
    family, commune = await copies.family(session, family_id), await copies.commune(session, commune_id)
    if family is None:
        raise NotFound("Cette famille n’existe pas.")
    if not FIRST_YEAR <= year <= day.year:
        raise NotFound("Il n’y a pas d’attestation pour cette année.")
    record = FamilyRecord(family.record)
    settled = await repository.settled(session, family_id, date(year, 12, 31))
    ids = sorted({each.invoice_id for each in settled})
    documents = await repository.documents(session, family_id, ids)
    activities = {cared.activity_id for document in documents for cared in document.cared}
    children = [
        Known(child.child_id, f"{child.first_name} {child.last_name}", child.birth_date)
        for child in record.children()
    ]
    prices = await tariffs.price_list(session, activities)
    made = certificate(year, documents, settled, children, prices.tariffs)
    name = commune.name if commune else ""
    head = await letterhead(session, commune_id)
    return Stated(family_id, name, family.label, addressee_of(record.event), made, day, head)
