"""Tax certificates over HTTP. Money in cents."""

from datetime import date
from uuid import UUID

from preau.billing.certificates.service import Stated
from preau.common.http.schemas import ResponseModel


class CertifiedPart(ResponseModel):
    """What was paid for a child at an activity, food left out."""

    activity_label: str
    cents: int


class CertifiedChild(ResponseModel):
    """A child who was under six on 1 January of the year."""

    child_id: UUID
    name: str
    birth_date: date
    cents: int
    parts: list[CertifiedPart]


class CertificateOut(ResponseModel):
    """What a family paid in a year for care. ``cents`` counts of ``paid_cents``, ``left_out_cents`` does not.

    ``whole`` names the activities that count whole, meals with them, since no tariff tells food apart;
    ``is_over`` whether the year is.
    """

    family_id: UUID
    family_label: str
    year: int
    is_over: bool
    cents: int
    paid_cents: int
    left_out_cents: int
    children: list[CertifiedChild]
    whole: list[str]


def certificate_out(stated: Stated) -> CertificateOut:
    made = stated.certificate
    children = [
        CertifiedChild(
            **each.child._asdict(),
            cents=each.cents,
            parts=[CertifiedPart(**part._asdict()) for part in each.parts],
        )
        for each in made.children
    ]
    return CertificateOut(
        family_id=stated.family_id,
        family_label=stated.family_label,
        year=made.year,
        is_over=stated.is_over,
        cents=made.cents,
        paid_cents=made.paid_cents,
        left_out_cents=made.left_out_cents,
        children=children,
        whole=list(made.whole),
    )
