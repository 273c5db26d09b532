"""A bordereau of PES V2 Recette as XML. Pure.

Source: the public description of the flow "PES_RecetteAller" (DGFiP); docs/exports.md says what was checked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase, digits
from typing import Literal, NamedTuple
from uuid import UUID
from xml.etree import ElementTree as etree
from xml.etree.ElementTree import Element

from preau.common.money import Cents

NAMESPACE = "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller"
Kind = Literal["titles", "reductions", "cash"]
"""Titres of a month's invoices, their reductions by credit notes, or what the régie cashed."""
_TYPES: dict[Kind, tuple[str, str, str]] = {
    "titles": ("01", "01", "01"),
    "reductions": ("02", "01", "06"),
    "cash": ("01", "01", "05"),
}
"""Of a kind: the types of bordereau and of piece, and the piece's nature."""


class Origin(NamedTuple):
    """The titre that a reduction takes from."""

    year: int
    number: int


class Debtor(NamedTuple):
    """Whom a titre asks; ``reference`` is the family's in 30 signs at most."""

    reference: str
    civility: str
    name: str
    street: str
    postal_code: str
    city: str


class Piece(NamedTuple):
    """A titre, or a reduction of one; ``cents`` above zero, by what each line is for.

    ``undoes`` is the number of the avoir that a titre cancels.
    """

    number: int
    subject: str
    invoice_number: str
    lines: Sequence[tuple[str, Cents]]
    debtor: Debtor | None = None
    origin: Origin | None = None
    undoes: str = ""

    @property
    def cents(self) -> Cents:
        return sum(cents for _, cents in self.lines)


@dataclass(frozen=True, slots=True)
class Bordereau:
    """What is sent at once. ``post`` to ``account`` are the régie's codes; ``left_out`` names invoices."""

    kind: Kind
    number: int
    day: date
    issuer: str
    post: str
    siret: str
    collectivity: str
    budget: str
    product: str
    account: str
    pieces: Sequence[Piece]
    left_out: Sequence[str] = ()

    @property
    def file_name(self) -> str:
        return f"PESALR2_{self.siret}_{self.day:%y%m%d}_{self.kind}_{self.number:07d}"


def written(bordereau: Bordereau) -> bytes:
    """The bordereau as XML in ISO-8859-1, as the flow asks for."""
    etree.register_namespace("n", NAMESPACE)
    root = Element(f"{{{NAMESPACE}}}PES_Aller")
    envelope = _block(root, "Enveloppe")
    _values(
        _block(envelope, "Parametres"),
        Version="2",
        TypFic="PESALR2",
        NomFic=bordereau.file_name[:100],
    )
    _values(_block(envelope, "Emetteur"), Sigle=bordereau.issuer[:32], Adresse="Préau")
    _values(
        _block(root, "EnTetePES"),
        DteStr=bordereau.day.isoformat(),
        IdPost=bordereau.post,
        IdColl=bordereau.siret,
        CodCol=bordereau.collectivity,
        CodBud=bordereau.budget,
        LibelleColBud=bordereau.issuer[:38],
    )
    flow = _block(root, "PES_RecetteAller")
    _values(_block(flow, "EnTeteRecette"), IdVer="2", InfoDematerialisee="0")
    sent = _block(flow, "Bordereau")
    type_of_bordereau, _, _ = _TYPES[bordereau.kind]
    _values(
        _block(sent, "BlocBordereau"),
        Exer=str(bordereau.day.year),
        IdBord=f"{bordereau.number:07d}",
        DteBordEm=bordereau.day.isoformat(),
        TypBord=type_of_bordereau,
        NbrPce=str(len(bordereau.pieces)),
        MtBordHt=_euros(sum(piece.cents for piece in bordereau.pieces)),
    )
    for piece in bordereau.pieces:
        _piece(_block(sent, "Piece"), bordereau, piece)
    etree.indent(root)
    return etree.tostring(root, encoding="ISO-8859-1", xml_declaration=True)


def _piece(block: Element, bordereau: Bordereau, piece: Piece) -> None:
    _, type_of_piece, nature = _TYPES[bordereau.kind]
    _values(
        _block(block, "BlocPiece"),
        IdPce=str(piece.number),
        TypPce=type_of_piece,
        NatPce=nature,
        ObjPce=piece.subject[:160],
        NumeroFacture=piece.invoice_number[-20:],
    )
    for place, (subject, cents) in enumerate(piece.lines, start=1):
        line = _block(block, "LigneDePiece")
        about = _block(line, "BlocLignePiece")
        _values(
            _block(about, "InfoLignePiece"),
            IdLigne=str(place),
            ObjLignePce=subject[:160],
            CodProdLoc=bordereau.product,
            Nature=bordereau.account,
            Majo="0",
            TvaIntraCom="0",
            MtHT=_euros(cents),
        )
        if piece.origin and bordereau.kind == "reductions":
            _values(
                _block(about, "RattachPiece"),
                NatPceOrig="01",
                ExerRat=str(piece.origin.year),
                IdPceOrig=str(piece.origin.number),
            )
        if piece.debtor:
            _debtor(_block(line, "Tiers"), piece.debtor)


def _debtor(block: Element, debtor: Debtor) -> None:
    _values(
        _block(block, "InfoTiers"),
        RefTiers=debtor.reference,
        CatTiers="01",
        NatJur="01",
        TypTiers="01",
        Civilite=debtor.civility,
        Nom=debtor.name[:38],
    )
    _values(
        _block(block, "Adresse"),
        TypAdr="1",
        Adr2=debtor.street[:38],
        CP=debtor.postal_code[:5],
        Ville=debtor.city[:38],
        CodRes="0",
    )


def _block(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, name)


def _values(block: Element, **values: str) -> None:
    """Elements whose value is their attribute ``V``; what is empty is left out."""
    for name, value in values.items():
        if value:
            etree.SubElement(block, name, V=value)


def _euros(cents: Cents) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def reference_of(family_id: UUID) -> str:
    """A family's id in base 36, 25 signs: a field of 30 has no room for 32 hexadecimal ones."""
    left, signs = family_id.int, ""
    while left:
        left, sign = divmod(left, 36)
        signs = (digits + ascii_uppercase)[sign] + signs
    return signs.zfill(25)


def without_origin(kind: Kind, pieces: Iterable[Piece]) -> list[str]:
    """The avoirs, and the titres that cancel one, of which the titre that the avoir reduces is not known."""
    return [
        piece.invoice_number
        for piece in pieces
        if (kind == "reductions" or piece.undoes) and piece.origin is None
    ]


def without_address(pieces: Iterable[Piece]) -> list[str]:
    """The invoices of those whose address no titre can be sent to."""
    return [
        piece.invoice_number
        for piece in pieces
        if piece.debtor and not (piece.debtor.street and piece.debtor.postal_code and piece.debtor.city)
    ]
