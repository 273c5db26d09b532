"""What the pages of billing say of money, drawn from what the service tells."""

import re
from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace as Told
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import ChoiceLoader, DictLoader

from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import environment

TODAY = date(2026, 3, 10)
BARE = "{% block main %}{% endblock %}"


def words_of(template: str, **told: Any) -> str:
    """The words of a page within a bare frame."""
    own = environment()
    assert own.loader is not None
    frames = DictLoader({"layout_agent.html": BARE, "layout.html": BARE})
    bare = own.overlay(loader=ChoiceLoader([frames, own.loader]))
    frame = {"today": TODAY, "zone": ZoneInfo("Europe/Paris"), "csrf_token": "t", "form": Form()}
    html = bare.get_template(template).render(frame | told)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize(
    ("status", "paid", "told"),
    [
        ("closed", True, "Réglée"),
        ("given_up", True, "Réglée"),
        ("given_up", False, "Abandonnée"),
        ("void", False, "Sans objet"),
        ("open", False, "À venir"),
    ],
)
def test_a_part_is_paid_only_by_money(status, paid, told):
    macros = environment().get_template("components/plan.html").make_module({"today": TODAY})
    part = Told(due_on=TODAY, cents=200, left_cents=0, is_late=False, is_paid=paid)
    html = str(macros.parts_table(Told(status=status, parts=[part])))  # pyright: ignore[reportAttributeAccessIssue]
    assert told in html and (told == "Réglée" or "Réglée" not in html)


def exception(until: date | None) -> str:
    debt = Told(owed_cents=9000, exempt_until=until, reason="Dossier au CCAS")
    household = Told(family_id="f", label="Martin")
    return words_of("agents/ledger/exemption.html", debt=debt, household=household)


def test_whom_an_exception_lets_book_is_not_said_to_be_kept_from_it():
    for until in (TODAY, TODAY + timedelta(days=9)):
        page = exception(until)
        assert "Sans l’exception, les réservations en ligne seraient bloquées" in page
        assert "sont bloquées" not in page
    for until in (None, TODAY - timedelta(days=1)):
        assert "Les réservations en ligne sont bloquées" in exception(until)
