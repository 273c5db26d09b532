"""The invoice as PDF: archivable, accessible, and whatever is written on it stays on the sheet."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from PIL import Image

from preau.billing.invoices.pdf import Printed, compiled, document
from preau.billing.invoices.references_repository import Reference
from preau.billing.invoices.tables import Invoice, InvoiceLine
from preau.billing.letterheads.domain import Letterhead
from preau.billing.regies.tables import RegieHeading
from preau.common.colours import contrast

USUAL = Letterhead()
HEADING = RegieHeading(
    street="1 place de la République",
    postal_code="38000",
    city="Jolieville",
    siret="21380185500015",
    payable_to="Régie restauration",
    remedies="Vous avez deux mois.",
    accounting_notice="Service de gestion comptable de Jolieville.",
)


def invoice(**changes: Any) -> Invoice:
    facts: dict[str, Any] = {
        "invoice_id": UUID(int=7),
        "kind": "month_end",
        "period": "2026-03",
        "status": "issued",
        "number": "RS-2026-000042",
        "total_cents": 520,
        "due_cents": 520,
        "written_off_cents": 0,
        "issued_on": date(2026, 4, 1),
        "due_date": date(2026, 5, 1),
        "addressee": {
            "label": "Martin", "name": "Mme Léa Martin", "street": "3 rue des Lilas", "postal_code": "38000",
            "city": "Jolieville",
        },
        "issuer": {
            "commune_name": "Jolieville", "regie_label": "Régie restauration", "contact_email": "",
            "contact_phone": "",
        },
        "created_at": datetime(2026, 4, 1, tzinfo=UTC),
    }  # fmt: skip
    return Invoice(**facts | changes)


def line(child_name: str = "Tom Martin", **changes: Any) -> InvoiceLine:
    facts: dict[str, Any] = {
        "child_name": child_name,
        "label": "Repas",
        "quantity": 2,
        "unit_cents": 260,
        "amount_cents": 520,
        "explanation": "QF 612 → tranche B 2,60 €",
        "days": [date(2026, 3, 2), date(2026, 3, 3)],
    }
    return InvoiceLine(**facts | changes)


def printed(made: Invoice | None = None, *lines: InvoiceLine) -> Printed:
    return Printed(made or invoice(), lines or (line(),), HEADING, "https://famille.example/factures/7")


def opened(made: Printed, letterhead: Letterhead = USUAL) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(compiled([made], letterhead)))


def fonts_of(pdf: pikepdf.Pdf) -> dict[str, bool]:
    """The fonts of all pages, and whether each is embedded."""
    found: dict[str, bool] = {}
    for page in pdf.pages:
        for font in page.Resources.get("/Font", {}).values():
            for each in font.get("/DescendantFonts", [font]):
                files = {"/FontFile", "/FontFile2", "/FontFile3"}
                found[str(each.BaseFont)] = bool(files & set(each.FontDescriptor.keys()))
    return found


SCRIPTS = ("نور الدين", "Олександр", "Νίκος", "Nguyễn Thị Ánh", "יוסף", "Հայկ")


@pytest.mark.parametrize(
    "made",
    [
        printed(),
        printed(None, *(line(name) for name in SCRIPTS)),
        printed(None, *(line(f"Enfant {each}") for each in range(60))),
        printed(None, line("W" * 200)),
        printed(invoice(kind="credit_note", total_cents=-520, due_cents=0), line(quantity=-2)),
        printed(invoice(status="paid", due_cents=0)),
    ],
)
def test_it_can_be_archived_and_read_aloud(made):
    pdf = opened(made)
    with pdf.open_metadata() as told:
        assert (told["pdfaid:part"], told["pdfaid:conformance"], told["pdfuaid:part"]) == ("3", "A", "1")
        assert "RS-2026-000042" in str(told["dc:title"])
    assert bool(pdf.Root.MarkInfo.Marked) and "/StructTreeRoot" in pdf.Root
    assert str(pdf.Root.Lang).lower() == "fr-fr" and bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert "/OutputIntents" in pdf.Root
    fonts = fonts_of(pdf)
    assert fonts and all(fonts.values())
    assert any("BricolageGrotesque" in name for name in fonts)


def picture(mode: str, size: tuple[int, int]) -> bytes:
    """A commune's logo, as identity keeps them."""
    out = BytesIO()
    Image.new(mode, size, (200, 30, 60, 120)[: len(mode)]).save(out, format="PNG")
    return out.getvalue()


@pytest.mark.parametrize("colour", ["#1f5fa8", "#ffff00", "#ffffff", "#000000", "#f2a65a"])
@pytest.mark.parametrize("logo", [None, picture("RGBA", (480, 60)), picture("RGB", (120, 240))])
def test_under_a_letterhead_it_can_be_archived_all_the_same(colour, logo):
    pdf = opened(printed(), Letterhead(colour, logo))
    with pdf.open_metadata() as told:
        assert (told["pdfaid:part"], told["pdfaid:conformance"], told["pdfuaid:part"]) == ("3", "A", "1")
    assert len(pdf.pages) == 1
    pictures = sorted(int(each.Width) for each in pdf.pages[0].Resources["/XObject"].values())
    assert len(pictures) == (1 if logo is None else 2)


@pytest.mark.parametrize("colour", ["#1f5fa8", "#ffff00", "#ffffff", "#000000", "#f2a65a"])
def test_a_letterhead_is_read_on_paper_and_on_its_tint(colour):
    told = Letterhead(colour).data()
    for background in ("#ffffff", told["tint"]):
        assert contrast(str(told["accent"]), str(background)) >= 4.5


@pytest.mark.parametrize(("size", "shown"), [((480, 60), (50, 6.25)), ((120, 240), (9, 18))])
def test_a_logo_keeps_its_proportions(size, shown):
    told = Letterhead(logo=picture("RGB", size)).data()
    assert (told["width"], told["height"]) == pytest.approx(shown)


def test_a_script_that_no_font_has_is_printed_all_the_same():
    assert len(opened(printed(None, line("王小明 😀"))).pages) == 1


def test_many_lines_go_on_over_numbered_pages():
    assert len(opened(printed(None, *(line(f"Enfant {each}") for each in range(60)))).pages) == 4


def test_it_says_who_bills_how_to_pay_and_how_to_dispute():
    told = document(printed())
    spaced = "SIRET\u00a0213\u00a0801\u00a0855\u00a000015".replace("SIRET\u00a0", "SIRET ")
    assert told["heading"] == ["1 place de la République", "38000 Jolieville", spaced]
    assert any("chèque à l’ordre de Régie restauration" in way for way in told["ways"])
    assert told["notices"] == ["Vous avez deux mois.", "Service de gestion comptable de Jolieville."]
    assert told["is_due"] and bytes(told["qr"]).startswith(b"\x89PNG")


def test_it_says_what_it_cancels_or_corrects():
    refers = [Reference(UUID(int=5), "RS-2026-000040", "cancels"), Reference(UUID(int=6), "RS-1", "corrects")]
    made = printed(invoice(kind="credit_note", total_cents=-5, due_cents=0))._replace(refers=refers)
    assert document(made)["refers"] == ["Annule la facture n° RS-2026-000040", "Corrige la facture n° RS-1"]
    assert len(opened(made).pages) == 1


def test_what_is_not_due_asks_for_nothing():
    for made in (
        invoice(status="paid", due_cents=0),
        invoice(kind="credit_note", total_cents=-5, due_cents=0),
    ):
        told = document(printed(made))
        assert not told["is_due"] and told["qr"] == []
    assert document(printed(invoice(total_cents=-5, due_cents=0)))["title"] == "Avoir"
    assert document(printed(invoice(total_cents=-5, due_cents=0)))["notices"] == []


def test_an_avoir_that_was_cancelled_promises_nothing():
    avoir = {"total_cents": -2500, "due_cents": 0, "kind": "complement"}
    assert "25,00" in document(printed(invoice(**avoir, status="paid")))["credited"]
    told = document(printed(invoice(**avoir, status="cancelled")))["credited"]
    assert "annulé" in told and "25,00" not in told


def test_text_is_never_markup():
    name = "#panic[*a*] $x$ @ref <tag> \\u{1} ] #"
    assert (
        len(opened(printed(invoice(addressee=invoice().addressee | {"name": name}), line(name))).pages) == 1
    )


def test_several_are_one_document_with_pages_of_their_own():
    many = printed(None, *(line(f"Enfant {each}") for each in range(60)))
    pdf = pikepdf.open(BytesIO(compiled([printed(), many, printed()], USUAL)))
    assert len(pdf.pages) == 6 and "/StructTreeRoot" in pdf.Root


def test_it_says_which_months_were_carried_over_to_it():
    days = [date(2026, 1, 30), date(2026, 2, 2), date(2026, 3, 2)]
    carried = document(Printed(invoice(), [line(days=days)], HEADING, ""))
    assert ("Avec le report", "de janvier 2026 et de février 2026") in carried["facts"]
    alone = document(Printed(invoice(), [line()], HEADING, ""))
    assert all(name != "Avec le report" for name, _ in alone["facts"])
    complement = document(Printed(invoice(kind="complement"), [line(days=days)], HEADING, ""))
    assert all(name != "Avec le report" for name, _ in complement["facts"])
