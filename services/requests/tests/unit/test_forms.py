import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from preau.requests.categories.forms import Form, faults, schema_of, tidy
from preau.requests.demo import PICKUP

CHILD = "01900000-0000-7000-8000-000000000c01"
GOOD = {
    "child": CHILD,
    "person_name": "Jeanne Petit",
    "relation": "Grand-parent",
    "phone": "06 12 34 56 78",
    "valid_from": "2026-09-01",
}
FORM = Form.model_validate(PICKUP["form"])


def test_good_answers_have_no_fault() -> None:
    assert faults(FORM, GOOD, complete=True) == {}


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("person_name", "x" * 201, "200 caractères au plus."),
        ("person_name", "Jeanne\x00Petit", "Ce texte contient des caractères qui ne sont pas acceptés."),
        ("phone", "06 12", "Ce numéro de téléphone n’est pas valide."),
        ("phone", "06 12 34 56 78 <script>", "Ce numéro de téléphone n’est pas valide."),
        ("relation", "Roi", "Choisissez une des réponses proposées."),
        ("child", "moi", "Choisissez un enfant de la famille."),
        ("valid_from", "2026-02-30", "Cette date n’est pas valide."),
        ("valid_from", "01/09/2026", "Cette date n’est pas valide."),
        ("valid_to", "2026-08-31", "Cette date vient avant « À partir du »."),
        ("status", "accepted", "Ce champ n’est pas dans le formulaire."),
    ],
)
def test_a_wrong_answer_is_told_by_its_field_in_french(name: str, answer: str, message: str) -> None:
    assert faults(FORM, GOOD | {name: answer}, complete=True) == {name: message}


def test_what_is_missing_is_told_when_the_request_is_sent_and_not_before() -> None:
    answers = {name: answer for name, answer in GOOD.items() if name != "phone"}
    assert faults(FORM, answers, complete=True) == {"phone": "Cette réponse est obligatoire."}
    assert faults(FORM, answers, complete=False) == {}


def test_all_faults_come_at_once() -> None:
    assert set(faults(FORM, {"phone": "x", "valid_from": "hier"}, complete=True)) == {
        "child", "person_name", "relation", "phone", "valid_from",
    }  # fmt: skip


def test_the_last_day_may_be_the_first() -> None:
    assert faults(FORM, GOOD | {"valid_to": GOOD["valid_from"]}, complete=True) == {}


def test_blank_answers_are_no_answers() -> None:
    assert tidy({"a": "  ", "b": " x ", "c": "un\r\ndeux"}) == {"b": "x", "c": "un\ndeux"}


def test_the_schema_takes_no_other_field() -> None:
    schema = schema_of(FORM, complete=True)
    assert schema["additionalProperties"] is False
    assert "valid_to" not in schema["required"]


@pytest.mark.parametrize(
    "fields",
    [
        [{"name": "a", "label": "A", "kind": "text"}, {"name": "a", "label": "B", "kind": "text"}],
        [{"name": "a", "label": "A", "kind": "choice"}],
        [{"name": "a", "label": "A", "kind": "text", "options": ["x"]}],
        [{"name": "a", "label": "A", "kind": "date", "not_before": "b"}],
        [{"name": "a", "label": "A", "kind": "text", "not_before": "a"}],
        [{"name": "__proto__", "label": "A", "kind": "text"}],
        [{"name": "a", "label": "A", "kind": "file"}],
        [{"name": "a", "label": "A", "kind": "text", "pattern": "(a+)+$"}],
    ],
)
def test_a_form_that_does_not_stand_is_refused(fields: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        Form.model_validate({"fields": fields})


@given(st.dictionaries(st.sampled_from([field.name for field in FORM.fields]), st.text(max_size=300)))
def test_whatever_is_typed_gives_faults_or_none_but_never_an_error(answers: dict[str, str]) -> None:
    found = faults(FORM, tidy(answers), complete=True)
    assert all(message.endswith(".") for message in found.values())
