"""A tariff and its form say the same: whatever the grammar has goes into the form and comes back."""

from decimal import Decimal
from typing import Any, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from preau.billing.tariffs.definition import DEFINITION
from preau.gateway.api.models.identity import AgentCommuneOut, ChildCategoryOut, ResidencyClassOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.tariffs.bands import bands_typed
from preau.gateway.pages.agents.tariffs.codes import Names, OwnCodes, codes_of_commune
from preau.gateway.pages.agents.tariffs.faults import naming, told_by_line
from preau.gateway.pages.agents.tariffs.terms import BLANK, MOST, Definition, TermsForm, parts_of, typed_terms
from preau.gateway.pages.agents.tariffs.words import in_short, shown
from preau.gateway.pages.agents.workbench.confirming import changes_told
from preau.gateway.pages.agents.workbench.rows import arranged
from preau.gateway.pages.form_models import FormModel, group_of, rows_of
from preau.gateway.pages.forms import Form
from preau.gateway.pages.sent_forms import MOST_FIELDS

LINES = st.text('aé1 ;,"=-', min_size=1, max_size=8).filter(lambda text: text.strip() != "")
CODES = LINES | st.sampled_from(["resident", "non_resident", "nursery", "élémentaire", "Hors commune", "PAI"])
CENTS = st.integers(0, 1_000_000)
ONLY = st.sampled_from
TIMES = st.times().map(lambda at: at.replace(microsecond=0).isoformat())


def decimals(least: int, most: int, places: int = 2) -> st.SearchStrategy[str]:
    return st.decimals(least, most, places=places).map(str)


def parts(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


SPANS = parts({}, **{"from": st.integers(0, 100), "to": st.none() | st.integers(0, 100)})
CONDITIONS = parts(
    {},
    categories=st.lists(CODES, max_size=3),
    residencies=st.lists(CODES, max_size=3),
    variants=st.lists(CODES, max_size=3),
    rank=SPANS,
    children=SPANS,
    regularity=ONLY(["regular", "occasional"]),
    booked=st.sets(ONLY(["planned", "late", "unbooked"])).map(sorted),
    present=st.booleans(),
    also_booked=st.lists(st.uuids().map(str), max_size=3, unique=True),
)
MISSING = (
    st.just({"kind": "highest"})
    | parts({"kind": st.just("band"), "label": LINES})
    | parts({"kind": st.just("price"), "amount_cents": CENTS})
)
SLICES = parts(
    {"kind": st.just("slices"), "minutes": ONLY([15, 30, 60])}, of=ONLY(["stay", "overrun"]), closing=TIMES
)
QUOTIENTS = decimals(0, 1_000_000)
BANDS = parts({"from": QUOTIENTS, "label": LINES, "amount_cents": CENTS}, to=QUOTIENTS)
PRICES = (
    parts({"kind": st.just("flat"), "amount_cents": CENTS})
    | parts(
        {"kind": st.just("bands"), "bands": st.lists(BANDS, min_size=1, max_size=4)},
        of=ONLY(["quotient", "children"]),
        missing=MISSING,
    )
    | parts(
        {
            "kind": st.just("effort_rate"),
            "rate": decimals(0, 1, 8).filter(lambda rate: Decimal(rate) > 0),
            "floor_cents": CENTS,
            "ceiling_cents": CENTS,
        },
        missing=MISSING,
    )
)


def steps(kind: str, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return parts({"kind": st.just(kind), **fields}, label=LINES, when=CONDITIONS)


STEPS = st.one_of(
    steps("shift", bands=st.integers(-20, 20)),
    steps("multiply", factor=decimals(1, 100, 4)),
    steps("percent", percent=decimals(-100, 1000)),
    steps("add", amount_cents=st.integers(-1_000_000, 1_000_000)),
    steps("replace", amount_cents=CENTS),
    steps("bounds", floor_cents=CENTS, ceiling_cents=st.none() | CENTS),
)
ONCE = ["act", "child_day", "family_day", "child_month", "family_month"]
SUPPLEMENTS = st.one_of(
    parts({"label": LINES, **price}, when=CONDITIONS, slices=SLICES, once=ONLY(ONCE))
    for price in ({"amount_cents": CENTS}, {"percent": decimals(1, 1000)})
)
COMPONENTS = parts(
    {"code": LINES, "label": LINES}, food=st.booleans(), percent=decimals(0, 100), amount_cents=CENTS
)
DEFINITIONS = parts(
    {"rows": st.lists(parts({"price": PRICES}, label=LINES, when=CONDITIONS), min_size=1, max_size=3)},
    quotient=parts({}, counts=ONLY(["its_day", "next_month"]), retroactive=st.booleans(), missing=MISSING),
    quantity=SLICES | ONLY([{"kind": kind} for kind in ("units", "booking", "month", "card")]),
    siblings=ONLY(["record", "enrolled"]),
    steps=st.lists(STEPS, max_size=3),
    supplements=st.lists(SUPPLEMENTS, max_size=2),
    free=st.lists(parts({"label": LINES, "when": CONDITIONS}), max_size=2),
    components=st.lists(COMPONENTS, max_size=2),
).map(
    lambda drawn: Definition.model_validate_json(
        DEFINITION.validate_python(drawn).model_dump_json(by_alias=True)
    )
)
"""Any tariff that billing can read, as it tells it."""


NONE = OwnCodes(Names({}), Names({}))
"""A commune without lists of its own."""
STRIPPED = LINES.map(str.strip)
OWN = st.dictionaries(st.sampled_from(["agglo", "pai", "x"]) | STRIPPED, STRIPPED, max_size=4)


def commune(residencies: dict[str, str], categories: dict[str, str]) -> AgentCommuneOut:
    """A commune with these lists."""
    return AgentCommuneOut.model_construct(
        residency_classes=[
            ResidencyClassOut(code=code, label=label, is_resident=True) for code, label in residencies.items()
        ],
        child_categories=[ChildCategoryOut(code=code, label=label) for code, label in categories.items()],
    )


def sent(values: dict[str, Any]) -> tuple[Form, TermsForm | None]:
    """The form with these values, as a browser sends it."""
    pairs = [
        (name, each)
        for name, value in values.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    return TermsForm.sent(FormData([(name, str(each)) for name, each in pairs]))


@given(DEFINITIONS)
def test_a_tariff_comes_back_from_its_form_as_it_was(definition: Definition):
    form, stated = sent(typed_terms(definition))
    assert stated is not None, form.errors
    assert parts_of(stated.definition()) == parts_of(definition)


@given(DEFINITIONS, OWN, OWN)
def test_a_commune_s_own_codes_come_back_from_their_names(
    definition: Definition, residencies: dict[str, str], categories: dict[str, str]
):
    codes = codes_of_commune(commune(residencies, categories))
    listed = definition.model_copy(
        update={
            "rows": [
                row.model_copy(
                    update={
                        "when": row.when.model_copy(
                            update={"residencies": [*residencies], "categories": [*categories]}
                        )
                    }
                )
                for row in definition.rows
            ],
        }
    )
    form, stated = sent(typed_terms(codes.said(listed)))
    assert stated is not None, form.errors
    for row in codes.coded(stated.definition()).rows:
        assert (row.when.residencies, row.when.categories) == ([*residencies], [*categories])


def test_names_stand_in_the_sentences_and_what_does_not_tell_apart_stays_a_code():
    codes = codes_of_commune(
        commune(
            {"resident": "Jolievillois", "agglo": "Agglomération"},
            {"pai": "PAI", "one": "Adulte", "two": "adulte", "three": "maternelle"},
        )
    )
    when = {"residencies": ["agglo", "resident"], "categories": ["pai", "one", "three", "gone"]}
    row = {"when": when, "price": {"kind": "flat", "amount_cents": 345}}
    told = in_short(codes.said(Definition.model_validate({"rows": [row]})))
    assert told == ["Agglomération ou habite la commune, PAI ou one ou three ou gone\u202f: 3,45\u00a0€"]
    assert codes.residencies.code_of("AGGLOMÉRATION") == codes.residencies.code_of("agglo") == "agglo"


@given(DEFINITIONS, DEFINITIONS)
def test_every_part_of_a_tariff_is_told_in_words(definition: Definition, before: Definition):
    class Record:
        def model_dump(self, *, mode: str = "python") -> dict[str, Any]:
            return parts_of(before)

    assert set(parts_of(definition)) <= set(shown(NONE))
    told = changes_told(parts_of(definition), Record(), shown(NONE))
    assert all(line.before != line.after for line in told)
    assert len(in_short(definition)) >= len(definition.rows)


ONE = {"rows.0.price.kind": "flat", "rows.0.price.amount": "1"}
"""A row with a price for all."""
TABLE = """De;À;Nom;Prix
0;400;A;1,20 €
400 ; 859,99 ; B ; 2.60;

859,99\t1 000,50\tgrande tranche\t3,45
1000,50  1200  4,80 €
1200;;E;6"""


def priced(bands: str) -> tuple[Form, TermsForm | None]:
    form, stated = sent({**ONE, "rows.1.price.kind": "bands", "rows.1.price.bands": bands})
    return told_by_line(form), stated


def test_bands_are_pasted_from_a_spreadsheet():
    form, stated = priced(TABLE)
    assert stated is not None, form.errors
    [_, row] = stated.definition().rows
    assert row.price.kind == "bands"
    assert bands_typed(row.price.bands) == (
        "0 ; 400 ; A ; 1,20\n400 ; 859,99 ; B ; 2,60\n859,99 ; 1000,50 ; grande tranche ; 3,45\n"
        "1000,50 ; 1200 ; D ; 4,80\n1200 ;  ; E ; 6,00"
    )


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        ("0;400;A;1\n400;;B;cher", "Ligne 2, tranche 2\u202f: Un montant est attendu, par exemple 3,45."),
        ("zéro;400;A;1", "Ligne 2, tranche 1\u202f: Un nombre est attendu, par exemple 10 ou 12,5."),
        ("0;400;A;1\nB", "Ligne 2, tranche 2\u202f: Donnez"),
        (";400;A;1\n400;;B;cher", "commence. Tranche 2\u202f: Un montant"),
        ("\n".join(["0;1;A;1"] * 51), "Donnez au plus 50\u00a0tranches."),
        ("", "Indiquez au moins une tranche."),
    ],
)
def test_what_is_wrong_with_a_band_names_its_row_and_its_line(bands: str, told: str):
    form, stated = sent(
        {
            **ONE,
            "rows.1.label": "b",
            "rows.1.price.kind": "bands",
            "rows.1.price.bands": bands,
        }
    )
    assert stated is None
    assert told in told_by_line(form).errors["rows.1.price.bands"]


FAULTS = {
    "rows.1": "rows.2",
    "rows.1.price.bands.2.from": "rows.2.price.bands.2.from",
    "rows.1.price.bands.bands.1.to": "rows.2.price.bands.1.to",
    "rows.1.price.bands.bands": "rows.2.price.bands",
    "rows.0.price.flat.amount_cents": "rows.0.price.amount",
    "rows.1.price.effort_rate.rate": "rows.2.price.rate",
    "rows.1.price.ceiling_cents": "rows.2.price.ceiling",
    "rows.1.price.missing": "rows.2.price.missing.kind",
    "rows.1.price.bands.missing.band.label": "rows.2.price.missing.label",
    "rows.1.when.categories.0": "rows.2.when.categories",
    "rows.1.when.rank.to": "rows.2.when.rank.to",
    "rows.1.label": "rows.2.label",
    "steps.0.bands": "steps.0.bands",
    "steps.0.shift.bands": "steps.0.bands",
    "steps.0.percent.percent": "steps.0.percent",
    "steps.0.percent.when.children.from": "steps.0.when.children.from",
    "steps.0.bounds.ceiling_cents": "steps.0.ceiling",
    "quantity.closing": "quantity.slices.closing",
    "quantity.slices.closing": "quantity.slices.closing",
    "supplements.0.amount_cents": "supplements.0.amount",
    "supplements.0.slices.closing": "supplements.0.slices.closing",
    "quotient.missing.price.amount_cents": "quotient.missing.amount",
    "free.0.when": "free.0.when",
    "components.0.percent": "components.0.percent",
}
"""A name of billing's and the field of the form, whose second row was left empty."""


@pytest.mark.parametrize(("name", "field"), FAULTS.items())
def test_what_billing_finds_wrong_lands_on_its_field(name: str, field: str):
    form, stated = sent({**ONE, "rows.1.label": "", "rows.2.price.kind": "flat", "rows.2.price.amount": "2"})
    assert stated is not None
    form.refuse(
        UpstreamProblem(422, {"errors": [{"field": f"definition.{name}", "message": "Non."}]}), naming(form)
    )
    assert form.errors == {field: "Non."}


def test_the_summary_names_the_row_of_a_fault():
    form, _ = sent(
        {**ONE, "rows.1.price.kind": "flat", "rows.1.price.amount": "2", "rows.1.when.rank.from": "3"}
    )
    told = {
        "rows.1": "Ligne 2",
        "rows.1.price.amount": "Ligne 2, prix",
        "rows.1.when.rank.to": "Ligne 2, rang, à",
    }
    assert {name: form.labels[name] for name in told} == told


def test_what_is_wrong_with_a_sample_family_lands_on_it():
    form, _ = sent({**ONE, "samples.0.quotient": "612", "samples.0.residency": ""})
    form.refuse(
        UpstreamProblem(422, {"errors": [{"field": "facts.0.quotient", "message": "Non."}]}), naming(form)
    )
    assert form.errors == {"samples.0.quotient": "Non."}


def test_a_new_tariff_counts_units_for_all_families():
    form, stated = sent({**BLANK, "rows.0.price.kind": "flat", "rows.0.price.amount": "3,45"})
    assert stated is not None, form.errors
    assert in_short(stated.definition()) == ["3,45\u00a0€"]
    assert [sample.name for sample in stated.samples][4:] == [
        "Sans quotient",
        "QF 612, 2e enfant",
        "QF 612, hors commune",
    ]


def fields_of(model: type[FormModel]) -> int:
    """How many fields a form of a model sends at most, its lists as long as they may be."""
    count = 0
    for name, info in model.model_fields.items():
        if (row := rows_of(info)) is not None:
            count += MOST[name] * fields_of(row)
        elif (group := group_of(info)) is not None:
            count += fields_of(group)
        else:
            count += CHOSEN_AT_ONCE if get_origin(info.annotation) is list else 1
    return count


CHOSEN_AT_ONCE = 10
"""More choices among several than a row has in earnest."""


def test_the_largest_tariff_is_read_whole():
    assert fields_of(TermsForm) < MOST_FIELDS


ROWS = {
    "rows.0.label": "a",
    "rows.1.label": "b",
    "rows.2.label": "c",
    "rows.2.when.booked": ["late"],
    "other": "x",
}


@pytest.mark.parametrize(
    ("act", "labels"),
    [
        ({"up": "rows.2"}, ["a", "c", "b"]),
        ({"up": "rows.0"}, ["a", "b", "c"]),
        ({"up": "rows"}, ["a", "b", "c"]),
        ({"remove": "rows.0"}, ["b", "c"]),
        ({"remove": "rows.2"}, ["a", "b"]),
        ({"remove": "rows.7"}, ["a", "b", "c"]),
        ({"remove": "row"}, ["a", "b", "c"]),
    ],
)
def test_rows_are_moved_and_taken_away(act: dict[str, str], labels: list[str]):
    values = arranged(ROWS | act)
    assert [values[name] for name in sorted(values) if name.endswith(".label")] == labels
    booked = [name for name in values if name.endswith(".booked")]
    assert booked == ([f"rows.{labels.index('c')}.when.booked"] if "c" in labels else [])
    assert values["other"] == "x"


@pytest.mark.parametrize(
    "pasted",
    [
        "0\t400\tA\t1,20 €\n400\t\tB\t2,60 €",
        "Tranche\tDe\tÀ\tPrix\nA\t0\t400\t1,20 €\nB\t400\t\t2,60 €\n\n",
        "A;0,00;400,00;1,20;\n\nB;400;;2,60;;",
        "de ; à ; prix\n0 ; 400 ; 1.20\n400 ; ; 2.60",
    ],
)
def test_a_table_is_pasted_with_its_names_first_or_behind(pasted: str):
    form, stated = sent({**BLANK, "rows.0.price.kind": "bands", "rows.0.price.bands": pasted})
    assert stated is not None, form.errors
    [row] = stated.definition().rows
    assert bands_typed(row.price.bands).replace(",00", "") == "0 ; 400 ; A ; 1,20\n400 ;  ; B ; 2,60"


def test_one_message_stands_once_for_a_band():
    form, _ = sent(
        {**BLANK, "rows.0.price.kind": "bands", "rows.0.price.bands": "x ; y ; z ; zz\nx ; y ; B ; 1"}
    )
    [told] = [message for name, message in told_by_line(form).errors.items() if name.endswith("bands")]
    assert told.count("Un nombre est attendu") == 2
