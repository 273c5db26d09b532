"""What the public accountant's file calls a debtor and an invoice is short enough, and is one's own."""

from datetime import date
from uuid import UUID

from lxml import etree

from preau.billing.exports.domain import Bordereau, Debtor, Piece, reference_of, written


def test_families_whose_ids_begin_alike_have_references_of_their_own():
    ids = [UUID(f"01900000-0000-7000-8000-0000000000{last:02x}") for last in range(256)]
    references = {reference_of(each) for each in [*ids, UUID(int=0), UUID(int=2**128 - 1)]}
    assert len(references) == 258 and {len(each) for each in references} == {25}
    assert reference_of(UUID(int=35)) == "Z".zfill(25)


def test_long_numbers_of_a_series_stay_apart():
    debtor = Debtor(reference_of(UUID(int=1)), "Mme", "Martin", "Rue", "38000", "Ville")
    pieces = [
        Piece(place, "Repas", f"RESTAURANT-2026-{place:06d}", [("Repas", 100)], debtor) for place in (41, 42)
    ]
    made = Bordereau(
        "titles", 1, date(2026, 3, 1), "Ville", "038012", "1" * 14, "123", "00", "0001", "7067", pieces
    )
    document = etree.fromstring(written(made))
    numbers = [each.get("V") for each in document.iter("NumeroFacture")]
    assert len(set(numbers)) == 2 and max(map(len, numbers)) == 20
