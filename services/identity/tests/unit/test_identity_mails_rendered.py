"""Every kind of mail, rendered from hostile facts: nothing undefined, no header broken, no HTML through."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from preau.identity.notifications import rendering
from preau.identity.notifications.domain import INVOICE_ISSUED, KINDS, Kind, delay_after, one_line
from preau.identity.notifications.mailers.protocol import Mail
from preau.identity.notifications.mailers.smtp import as_message

HOSTILE = "<script>alert(1)</script>\r\nBcc: all@jolieville.example"
FACTS = {
    "first_name": "Léa & <b>",
    "commune_name": "Saint-Léger <i>",
    "accent_colour": "#1f5fa8",
    "time_zone": "Europe/Paris",
    "contact_email": "accueil@jolieville.example",
    "contact_phone": "01 99 00 12 34",
    "family_label": HOSTILE,
    "code": "ABCD-EFGH",
    "link": "http://front/activation/abc",
    "sign_in_link": "http://front/connexion",
    "expires_on": date(2026, 3, 12),
    "email": "parent@jolieville.example",
    "booked": [HOSTILE],
    "requested": [HOSTILE],
    "cancelled": [HOSTILE],
    "held_until": datetime(2026, 7, 1, 12, 5, tzinfo=UTC),
    "headline": "Réservation acceptée",
    "line": HOSTILE,
    "message": HOSTILE,
    "number": HOSTILE,
    "regie_label": HOSTILE,
    "period": "2026-03",
    "total_cents": 123450,
    "due_cents": 100050,
    "due_again_cents": 12300,
    "set_off_cents": 23400,
    "late": [{"number": HOSTILE, "due_date": date(2026, 3, 12), "due_cents": 345}],
    "days": "le jeudi 12 mars 2026",
    "label": HOSTILE,
    "site_label": HOSTILE,
    "freed": [HOSTILE],
    "due_date": date(2026, 3, 12),
    "credit_note_number": "AV-1",
    "reason": HOSTILE,
    "receipt_number": "R-1",
    "amount_cents": 345,
    "settled_at": datetime(2026, 1, 1, 12, 5, tzinfo=UTC),
    "refunded_at": datetime(2026, 1, 1, 12, 5, tzinfo=UTC),
    "submitted_at": datetime(2026, 1, 1, 12, 5, tzinfo=UTC),
    "provider_reference": HOSTILE,
    "allocations": [{"invoice_number": HOSTILE, "amount_cents": 345}],
    "what_happened": "a été refusé",
    "category_label": HOSTILE,
    "accepted": True,
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_mail_is_whole_and_harmless(kind: Kind) -> None:
    mail = rendering.render(kind, FACTS)
    assert mail.subject and mail.subject == one_line(mail.subject)
    assert "<script" not in mail.html and "<i>" not in mail.html and "<b>" not in mail.html
    assert mail.html.startswith("<!doctype html>") and 'lang="fr"' in mail.html
    assert mail.text.startswith("Bonjour Léa & <b>,")
    assert "{{" not in mail.text + mail.html and "\n\n\n\n" not in mail.text
    sent = as_message(
        Mail(uuid4(), "Jolieville", "p@jolieville.example", mail.subject, mail.text, mail.html), "n@x.example"
    )
    assert sent["Bcc"] is None and sent["To"] == "p@jolieville.example"


def test_a_bill_says_its_month_in_words() -> None:
    mail = rendering.render(INVOICE_ISSUED, FACTS)
    assert "Période : mars 2026\n" in mail.text and "<td>mars 2026</td>" in mail.html


def test_each_kind_has_its_two_templates_and_no_template_is_without_kind() -> None:
    folder = Path(rendering.__file__).parent / "templates"
    names = {path.stem for path in folder.iterdir()} - {"layout", "parts"}
    assert names == {kind.name for kind in KINDS}
    assert all((folder / f"{name}.{ending}").exists() for name in names for ending in ("txt", "html"))


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "nobody"])
def test_an_address_that_would_break_a_header_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        as_message(Mail(uuid4(), "Jolieville", address, "Objet", "t", "<p>t</p>"), "n@x.example")


def test_retries_grow_and_end() -> None:
    delays = [delay_after(attempts) for attempts in range(1, 10)]
    assert delays[-1] is None and None not in delays[:-1]
    known = [delay for delay in delays if delay is not None]
    assert known == sorted(known)


def test_one_line_keeps_what_is_seen_and_drops_what_breaks_or_hides() -> None:
    assert one_line(" a\r\nBcc:\tb\u2028c\u202ed\x00\ud800 34,50\N{NO-BREAK SPACE}€ ") == (
        "a Bcc: b c d 34,50\N{NO-BREAK SPACE}€"
    )
