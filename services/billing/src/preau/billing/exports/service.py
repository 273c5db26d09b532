"""What is sent to the public accountant of a régie's month."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.calendar import today
from preau.billing.exports import repository
from preau.billing.exports.domain import Bordereau, Kind, Piece, without_address, without_origin
from preau.billing.regies import repository as regies
from preau.billing.regies.tables import Regie
from preau.billing.tariffs.months import month_of
from preau.common.errors import Conflict, NotFound
from preau.wording.dates import month
from preau.wording.kinds import PAYMENT_METHOD
from preau.wording.typography import sentence

SHOWN = 5


class CodesMissing(Conflict):
    """The régie has not all codes that the accountant asks for."""

    type, title = "accounting-codes-missing", "Codes comptables manquants"


class NothingToSend(Conflict):
    """The month has nothing of the kind."""

    type, title = "nothing-to-send", "Rien à transmettre"


class AddressMissing(Conflict):
    """A titre cannot be sent to a family without an address."""

    type, title = "address-missing", "Adresse manquante"


class OriginMissing(Conflict):
    """An avoir takes from no titre that we know, or a titre cancels such an avoir."""

    type, title = "origin-missing", "Titre d’origine inconnu"


CODES = {
    "siret": "SIRET",
    "accounting_post": "poste comptable",
    "collectivity_code": "code collectivité",
    "budget_code": "code budget",
    "product_code": "code produit",
    "revenue_account": "compte de recette",
}


async def bordereau(
    session: AsyncSession, regie_id: UUID, *, period: str, kind: Kind, number: int, leave_out: bool
) -> Bordereau:
    """The bordereau of a month. Raises `NotFound` and what it, or one of its pieces, lacks.

    What takes from no titre that we know is left out if ``leave_out`` says so.
    """
    regie = await regies.regie(session, regie_id)
    if regie is None:
        raise NotFound("Cette régie n’existe pas.")
    if missing := [name for code, name in CODES.items() if not getattr(regie, code)]:
        raise CodesMissing(f"Complétez d’abord la page de la régie\u202f: {', '.join(missing)}.")
    commune = await copies.commune(session, regie.commune_id)
    pieces = await _pieces(session, regie, period, kind)
    if not pieces:
        raise NothingToSend("Il n’y a rien à transmettre pour ce mois.")
    lost = without_origin(kind, pieces)
    if lost and not leave_out:
        raise OriginMissing(
            "Un avoir fait à la main ne dit pas quel titre il réduit. Sans titre d’origine, ces pièces "
            f"ne peuvent pas être dans le fichier\u202f: {', '.join(lost)}.",
            numbers=lost,
        )
    pieces = [piece for piece in pieces if piece.invoice_number not in lost]
    if not pieces:
        raise NothingToSend("Il ne reste rien à transmettre pour ce mois.")
    if lacking := without_address(pieces):
        raise AddressMissing(f"L’adresse de la famille manque sur {_some(lacking)}.")
    return Bordereau(
        kind=kind,
        number=number,
        day=await today(session, regie.commune_id),
        issuer=commune.name if commune else regie.label,
        post=regie.accounting_post,
        siret=regie.siret,
        collectivity=regie.collectivity_code,
        budget=regie.budget_code,
        product=regie.product_code,
        account=regie.revenue_account,
        pieces=pieces,
        left_out=lost,
    )


async def _pieces(session: AsyncSession, regie: Regie, period: str, kind: Kind) -> list[Piece]:
    first, after = month_of(period)
    named = month(period)
    if kind == "cash":
        lines = [
            (f"{sentence(PAYMENT_METHOD.get(instrument, instrument))} {named}", cents)
            for instrument, cents in await repository.cashed(session, regie.regie_id, first, after)
        ]
        number = int(period.replace("-", ""))
        return [Piece(number, f"{regie.label} {named}", f"{regie.code}-{period}", lines)] if lines else []
    find = repository.charged if kind == "titles" else repository.reduced
    return [
        piece._replace(subject=_subject(piece, f"{regie.label} {month(piece.subject)}"))
        for piece in await find(session, regie.regie_id, first, after)
    ]


def _subject(piece: Piece, subject: str) -> str:
    """What the accountant reads of a piece; first of all that it cancels an avoir."""
    return f"Avoir annulé {piece.undoes}, {subject}" if piece.undoes else subject


def _some(numbers: list[str]) -> str:
    """The first ones, and how many more there are."""
    more = len(numbers) - SHOWN
    return ", ".join(numbers[:SHOWN]) + (f" et {more} autres" if more > 0 else "")
