"""What the pages of billing say of money, drawn from what the service tells."""

import re
from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace as Told
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import ChoiceLoader, DictLoader
from pydantic import Field
from starlette.datastructures import FormData

from preau.common.http.idempotency import REUSED, KeyReused
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.invoices.plans import PartForm
from preau.gateway.pages.agents.ledger.unpaid import UNPAID
from preau.gateway.pages.form_fields import Whole
from preau.gateway.pages.form_models import FormModel
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


def run_page(**changes: Any) -> str:
    run: dict[str, Any] = {
        "run_id": "r", "regie_id": "a", "period": "2026-02", "kind": "month_end", "status": "computed",
        "families": 3, "total_cents": 900, "previous_total_cents": 1200, "to_carry": 0, "to_carry_cents": 0,
        "families_carried": 0, "carried_cents": 0, "carry_under_cents": None, "left_carried": 0,
        "left_to_issue": 3, "avoirs_to_issue": 0, "invoices_issued": 0,
        "anomalies": [], "set_aside": [], "lacking": [],
    }  # fmt: skip
    shown = Told(**(run | changes))
    return words_of(
        "agents/runs/record.html",
        run_labels={},
        run_kinds={},
        changed=None,
        moving=False,
        is_paused=False,
        is_early=False,
        oddities=[],
        next_url=None,
        is_cut=False,
        run=shown,
        regie=Told(label="Cantine"),
        invoices=[],
    )


@pytest.mark.parametrize(
    ("left", "avoirs", "told"),
    [
        (1, 1, "1 avoir recevra son numéro"),
        (2, 2, "2 avoirs recevront leur numéro"),
        (3, 1, "2 factures et 1 avoir recevront leur numéro"),
        (3, 0, "3 factures recevront leur numéro"),
    ],
)
def test_invoices_and_avoirs_are_counted_apart(left, avoirs, told):
    page = run_page(left_to_issue=left, avoirs_to_issue=avoirs, total_cents=-750 if avoirs == left else 900)
    assert told in page
    assert ("facture rec" in page or "factures rec" in page) == (not avoirs)


def test_a_complement_is_not_compared_with_the_month_before():
    assert "Mois précédent" in run_page() and "Comparer au mois précédent" in run_page()
    complement = run_page(kind="complement").lower()
    assert "mois précédent" not in complement and "pointage incomplet" in complement
    review = Told(unmarked=[], activities=[], families=[])
    for kind, words in (("month_end", "Par rapport au mois précédent"), ("complement", "")):
        assert words_of("agents/runs/_review.html", run=Told(kind=kind), review=review).startswith(words)
    page = words_of("agents/runs/_review.html", run=Told(kind="complement"), review=review)
    assert page == ""


def test_a_credit_is_set_off_only_where_something_is_due():
    statement = {
        "account_id": "c", "family_id": "f", "family_label": "Martin", "regie_id": "a",
        "regie_label": "Cantine", "credit_cents": 500, "movements": [], "first": TODAY, "last": TODAY,
        "opening_cents": 0, "closing_cents": -500, "carried_cents": 0, "carried_periods": [],
    }  # fmt: skip
    asked = Told(problem="", typed_first="", typed_last="", first="", last="")

    def page(due_cents: int) -> str:
        told = Told(**statement, due_cents=due_cents)
        return words_of("agents/ledger/account.html", statement=told, asked=asked, means=(), key="k")

    assert "Le déduire de ce qui est dû" in page(100)
    assert "Le déduire de ce qui est dû" not in page(0) and "Noter le remboursement" in page(0)


def home(debt_cents: int) -> str:
    deadline = Told(days=[Told(child_id="c", date=TODAY)], cut_off="2026-03-12T11:00:00Z")
    return words_of(
        "parents/home/home.html", debt_cents=debt_cents, deadline=deadline, basket_count=2, due_count=0,
        orders_to_pay=[], to_complete=[], in_review=[], days={}, ahead_known=True, missing=False,
        first_name="Zoé", family=Told(family_label="Martin"),
    )  # fmt: skip


def test_the_home_does_not_invite_to_book_whom_a_debt_keeps_from_it():
    free, kept = home(0), home(9000)
    for words in ("Ouvrir le calendrier", "À réserver avant", "Vérifier et valider", "Réserver sur une"):
        assert words in free and words not in kept
    assert "nouvelles réservations en ligne sont suspendues" in kept and "90,00" in kept
    assert "suspendues" not in free


class Typed(FormModel):
    """Fields of money and numbers."""

    count: Annotated[Whole, Field(title="Nombre", le=12_000)] = 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("-3", "Un nombre positif est attendu"),
        ("−3", "Un nombre positif est attendu"),
        ("trois", "Un nombre entier est attendu"),
        ("12001", "d’au plus 12\u202f000."),
    ],
)
def test_a_number_that_cannot_be_is_told_as_what_it_is(typed, told):
    form, stated = Typed.sent(FormData([("count", typed)]))
    assert stated is None and told in form.error("count") and form.value("count") == typed


@pytest.mark.parametrize("typed", ["0", "0,00", "-3", "−12,50"])
def test_an_amount_asked_for_is_above_nought(typed):
    form, stated = PartForm.sent(FormData([("cents", typed), ("due_on", "2026-03-12")]))
    assert stated is None and "Un montant au-dessus de zéro est attendu" in form.error("cents")


def test_a_form_sent_again_with_other_values_is_told_to_people_in_their_words():
    """Guard: the API speaks of a key, the page of a form."""
    document = KeyReused(REUSED).document("")
    form = Form()
    form.refuse(UpstreamProblem(422, document))
    assert form.failure.startswith("Ce formulaire a déjà été envoyé avec d’autres valeurs.")
    assert "idempotence" in document["detail"] and "idempotence" not in form.failure


def test_the_columns_of_the_unpaid_add_up_to_what_is_due():
    row: Any = Told(
        not_yet_cents=1, up_to_30_cents=20, up_to_60_cents=300, up_to_90_cents=4000, beyond_cents=50_000,
        due_cents=54_321, late_parts_cents=300,
    )  # fmt: skip
    shown = {each.key: each for each in UNPAID.columns if each.shown and each.kind == "money"}
    ages = [shown[key].value(row) for key in shown if key not in ("due", "late_parts")]
    assert sum(int(str(each)) for each in ages) == shown["due"].value(row)
