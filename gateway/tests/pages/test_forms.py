"""Forms keep what was typed and tell what is wrong, field by field."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import Field
from starlette.datastructures import FormData

from preau.common.auth.sealed import Seals
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.activities.forms import DeadlineFields
from preau.gateway.pages.agents.tariffs.extras import SupplementFields
from preau.gateway.pages.agents.tariffs.quantity import QuantityFields
from preau.gateway.pages.agents.tariffs.quotient import MissingFields
from preau.gateway.pages.agents.tariffs.rows import PriceFields
from preau.gateway.pages.agents.tariffs.steps import StepFields
from preau.gateway.pages.agents.tariffs.terms import TermsForm
from preau.gateway.pages.form_fields import (
    Day,
    Needed,
    NeededWith,
    PerhapsCents,
    PerhapsDay,
    PerhapsWhole,
    cents_of,
    not_before,
    same_as,
)
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form
from preau.gateway.pages.parents.accounts import fields
from preau.gateway.pages.parents.accounts.codes import tidy_code
from preau.gateway.pages.parents.accounts.routes import local_path
from preau.gateway.pages.rendering import environment
from preau.gateway.pages.static_files import static_files


def rendered(macro: str, *arguments) -> str:
    module = environment().get_template("components/forms.html").module
    return str(getattr(module, macro)(*arguments))


class Child(FormModel):
    """A row as forms have them."""

    distinctive: ClassVar[tuple[str, ...]] = ("first_name", "birth_date")

    first_name: Annotated[str, Field(title="Prénom"), Needed("Indiquez le prénom.")]
    birth_date: Annotated[
        Day,
        Field(title="Date de naissance"),
        Needed("Indiquez la date de naissance {of}.", "first_name", "Indiquez la date de naissance."),
    ]
    level: Literal["nursery", "elementary"] = "elementary"


class Stay(FormModel):
    """A form with a field of every kind."""

    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {"flat": ("price",), "free": ()}

    label: Annotated[str, Needed("Indiquez un nom.")]
    password: Annotated[str, Needed("Choisissez un mot de passe.")] = Field(repr=False)
    password_again: Annotated[str, Needed("Encore."), same_as("password", "Ils ne sont pas les mêmes.")]
    start: Annotated[Day, Field(title="Début"), Needed("Indiquez le début.")]
    end: Annotated[PerhapsDay, not_before("start", "La fin doit suivre le début.")] = None
    kind: Literal["flat", "free"] = "free"
    price: Annotated[PerhapsCents, NeededWith("kind", ("flat",), "Indiquez le prix.")] = None
    places: PerhapsWhole = None
    days: Annotated[list[Literal["0", "1"]], Needed("Choisissez un jour.")]
    children: list[Child] = Field(default_factory=list[Child], title="Enfant")
    note: str = ""


GOOD = {
    "label": "Été",
    "password": " une phrase ",
    "password_again": " une phrase ",
    "start": "2026-07-01",
    "days": "1",
}


def sent(**fields: str | list[str]) -> tuple[Form, Stay | None]:
    pairs = [
        (name.replace("__", "."), each)
        for name, value in (GOOD | fields).items()
        for each in (value if isinstance(value, list) else [value])
    ]
    return Stay.sent(FormData(pairs))


def test_what_was_typed_comes_back_escaped():
    form, _ = sent(label=' "><script>alert(1)</script> ')
    html = rendered("field", form, "label", "Nom")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_passwords_are_read_as_they_are_and_never_travel_back():
    form, stated = sent(label=" Été ")
    assert stated is not None
    assert stated.password == " une phrase "
    assert stated.label == form.value("label") == "Été"
    assert "une phrase" not in str(form.values) + repr(stated.model_dump(exclude={"password_again"}).keys())
    assert form.value("password") == form.value("password_again") == ""


def test_all_that_is_wrong_is_said_at_once_also_between_fields():
    form, stated = sent(
        label="",
        password_again="une autre",
        end="2026-06-30",
        kind="flat",
        places="beaucoup",
        days=["1", "7"],
        children__1__first_name="Inès",
        children__3__birth_date="2020-13-01",
    )
    assert stated is None
    assert form.errors == {
        "label": "Indiquez un nom.",
        "password_again": "Ils ne sont pas les mêmes.",
        "end": "La fin doit suivre le début.",
        "price": "Indiquez le prix.",
        "places": "Un nombre entier est attendu, par exemple 12.",
        "days": "Choisissez parmi les réponses proposées.",
        "children.1.birth_date": "Indiquez la date de naissance d’Inès.",
        "children.3.first_name": "Indiquez le prénom.",
        "children.3.birth_date": "Cette date n’est pas valide\u202f: donnez-la comme 12/03/2026.",
    }
    assert form.value("places") == "beaucoup" and form.has("days", "7")
    summary = rendered("error_summary", form)
    # A message that does not name its field is told with the field's name.
    assert "Enfant 4, date de naissance\u202f: Cette date" in summary
    assert "naissance\u202f: Indiquez" not in summary


def test_rows_left_empty_in_between_are_left_out_and_errors_still_find_theirs():
    form, stated = sent(
        children__0__level="nursery", children__2__first_name="Léa", children__2__birth_date="2020-03-01"
    )
    assert stated is not None
    assert [child.first_name for child in stated.children] == ["Léa"]
    problem = UpstreamProblem(422, {"errors": [{"field": "children.0.birth_date", "message": "Trop jeune."}]})
    form.refuse(problem)
    assert form.errors == {"children.2.birth_date": "Trop jeune."}


def test_a_row_left_empty_is_none_whatever_its_fields_have_from_the_start():
    rows = {f"rows.{row}.price.kind": "flat" for row in range(3)} | {
        "rows.0.label": "",
        "rows.1.price.amount": "2,60",
    }
    form, stated = TermsForm.sent(FormData(list(rows.items())))
    assert stated is not None, form.errors
    assert [row.price.amount for row in stated.rows] == [260]


def test_what_another_kind_wants_is_not_looked_at():
    _, stated = sent(kind="free", price="cher")
    assert stated is not None and stated.price is None
    form, _ = sent(kind="flat", price="cher")
    assert form.error("price") == "Un montant est attendu, par exemple 3,45."


@pytest.mark.parametrize("typed", ["\u200b", "\u00ad\u200d", " \u3000 ", "\ufeff"])
def test_a_text_that_shows_nothing_is_none(typed: str):
    form, stated = sent(label=typed)
    assert stated is None
    assert form.error("label") == "Indiquez un nom."


def test_a_text_does_not_turn_the_order_of_what_follows_it():
    form, stated = sent(label="Été \u202eégaré\u2066")
    assert stated is None
    assert form.value("label") == "Été égaré"
    assert "illisible" in form.error("label")


@pytest.mark.parametrize("typed", ["1000000000000", "1\u202f000\u202f000\u202f000\u202f000"])
def test_a_number_that_is_too_large_is_not_said_to_be_none(typed: str):
    form, _ = sent(kind="flat", price=f"{typed},50 €", places=typed.replace("\u202f", ""))
    assert form.error("price") == "Ce montant est trop grand."
    assert form.error("places") == "Ce nombre est trop grand."


def test_a_field_sent_empty_is_stated_and_one_not_shown_is_not():
    _, stated = sent(note="")
    assert stated is not None
    unsaid = stated.model_dump(exclude_unset=True)
    assert unsaid["note"] == "" and "places" not in unsaid


def test_unknown_fields_are_ignored_and_unreadable_signs_refused():
    form, stated = sent(unknown="\x00")
    assert stated is not None
    form, stated = sent(note="a\x00b")
    assert stated is None
    assert form.value("note") == "ab" and "illisible" in form.error("note")


@pytest.mark.parametrize(
    ("typed", "cents"), [("3,45", 345), ("-3.40", -340), ("12", 1200), ("1 200,50 €", 120050)]
)
def test_euros_as_typed(typed, cents):
    assert cents_of(typed) == cents


@pytest.mark.parametrize("typed", ["", "cher", "1e999999", "NaN", "3,4,5", "3,455"])
def test_what_is_no_amount(typed):
    assert cents_of(typed) is None


def test_a_refusal_that_is_no_forms_matter_is_raised_again():
    with pytest.raises(UpstreamProblem):
        Form().refuse(UpstreamProblem(503, {}))


def test_an_error_stands_by_its_field_and_in_the_summary():
    form = Form({"email": "abc"}, {"email": "Cette adresse n’est pas valide."})
    field = rendered("field", form, "email", "Adresse e-mail")
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby=" e-email"' in field
    assert 'value="abc"' in field
    summary = rendered("error_summary", form, {"email": "Adresse e-mail"})
    assert 'href="#f-email"' in summary
    assert "Cette adresse n’est pas valide." in summary


def test_a_problem_without_fields_is_told_for_the_whole():
    form = Form({"code": "ABCD-EFGH"})
    form.refuse(UpstreamProblem(409, {"detail": "Ce code a déjà servi."}))
    assert (form.failure, form.is_valid) == ("Ce code a déjà servi.", False)


def test_a_problem_by_field_takes_the_names_of_the_page():
    form = Form()
    errors = [{"field": "child_ids", "message": "Il en faut au moins 1."}]
    form.refuse(UpstreamProblem(422, {"errors": errors}), {"child_ids": "enfants"}.get)
    assert form.error("enfants") == "Il en faut au moins 1."


def test_a_registration_names_all_that_is_missing_at_once():
    typed = {"password": "une phrase", "password_confirmation": "une autre", "notify_by": "sms"}
    form, stated = fields.RegistrationForm.sent(FormData(list(typed.items())))
    assert stated is None
    assert set(form.errors) == {
        "account_name",
        "email",
        "first_name",
        "last_name",
        "password_confirmation",
        "phone",
        "altcha",
    }


def test_codes_are_taken_as_people_type_them():
    assert tidy_code(" abcd efgh ") == tidy_code("ABCDEFGH") == tidy_code("abcd-efgh") == "ABCD-EFGH"
    assert tidy_code("abc") == "ABC"


def test_the_way_back_after_signing_in_never_leaves_the_site():
    assert local_path("/factures?facture=1") == "/factures?facture=1"
    for elsewhere in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "",
        "/connexion",
        "/a\r\nb",
    ):
        assert local_path(elsewhere) == "/"


def test_what_is_sealed_opens_for_its_use_alone():
    seals = Seals(b"a secret of the gateway's", "forms")
    sealed = seals.seal("une phrase", "cookie /inscription", 600)
    assert "phrase" not in sealed
    assert seals.unseal(sealed, "cookie /inscription") == "une phrase"
    assert seals.unseal(sealed, "another cookie /inscription") is None
    assert seals.unseal(sealed[:-4] + "AAA=", "cookie /inscription") is None
    assert seals.unseal("é", "cookie /inscription") is None
    assert Seals(b"a secret of the gateway's", "other").unseal(sealed, "cookie /inscription") is None
    assert seals.unseal(seals.seal("une phrase", "x", -1), "x") is None


def test_each_kind_that_a_form_knows_has_its_rule_in_the_style_sheet():
    style = static_files()["preau.css"].content.decode()
    tariffs = (QuantityFields, MissingFields, PriceFields, StepFields, SupplementFields)
    for model in (DeadlineFields, *tariffs):
        for kind in model.of_kind:
            assert f'[data-kinds]:not([data-kinds~="{kind}"])' in style, kind
