"""Forms keep what was typed and tell what is wrong, field by field."""

from starlette.datastructures import FormData

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.forms import Form
from preau.gateway.pages.parents.accounts import fields
from preau.gateway.pages.parents.accounts.codes import tidy_code
from preau.gateway.pages.parents.accounts.routes import local_path
from preau.gateway.pages.rendering import environment


def rendered(macro: str, *arguments) -> str:
    module = environment().get_template("components/forms.html").module
    return str(getattr(module, macro)(*arguments))


def test_what_was_typed_comes_back_escaped():
    form = Form.sent(FormData([("label", ' "><script>alert(1)</script> ')]))
    html = rendered("field", form, "label", "Nom")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_passwords_never_travel_back():
    form = Form.sent(FormData([("password", " secret "), ("email", " a@b.fr ")]))
    assert form.value("password") == " secret "
    assert form.without_secrets().value("password") == ""
    assert form.value("email") == "a@b.fr"


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
    form.refuse(UpstreamProblem(422, {"errors": errors}), {"child_ids": "enfants"})
    assert form.error("enfants") == "Il en faut au moins 1."


def test_a_registration_names_all_that_is_missing_at_once():
    form = Form({"password": "une phrase", "password_confirmation": "une autre", "notify_by": "sms"})
    fields.check(form)
    assert set(form.errors) == {
        "account_name",
        "email",
        "first_name",
        "last_name",
        "password_confirmation",
        "phone",
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
