"""Each status, kind and role that the API can answer has its name in French, and no other has one."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest

from preau.contracts.payments import PaymentFailedV1
from preau.wording import happenings, kinds, statuses
from tests.fleet import SERVICES

WORDS: dict[tuple[str, str], tuple[Mapping[str, str], ...]] = {
    ("reservations", "status"): (statuses.BOOKING, statuses.ORDER, statuses.PAYABLE, statuses.RECORD),
    ("reservations", "kind"): (kinds.CLOSURE,),
    ("reservations", "unit"): (kinds.UNIT,),
    ("reservations", "payment_mode"): (kinds.PAYMENT_MODE,),
    ("reservations", "cancellation_decision"): (kinds.DECISION,),
    ("reservations", "open_in_holidays"): (kinds.OPEN_IN,),
    ("reservations", "day_type"): (kinds.DAY_TYPE,),
    ("reservations", "levels"): (kinds.LEVEL,),
    ("identity", "status"): (statuses.RECORD,),
    ("identity", "residency"): (kinds.RESIDENCY,),
    ("identity", "level"): (kinds.LEVEL,),
    ("identity", "kind"): (kinds.CUSTODY,),
    ("identity", "weeks"): (kinds.WEEKS,),
    ("identity", "side"): (kinds.CUSTODY_SIDE,),
    ("identity", "civility"): (kinds.CIVILITY,),
    ("identity", "roles"): (kinds.ROLE,),
    ("identity", "delivery"): (kinds.DELIVERY,),
    ("identity", "delivered_by"): (kinds.DELIVERY,),
    ("identity", "school_zone"): (kinds.SCHOOL_ZONE,),
    ("payments", "status"): (statuses.PAYMENT,),
    ("payments", "method"): (kinds.PAYMENT_METHOD,),
    ("requests", "status"): (statuses.REQUEST,),
    ("requests", "to_status"): (statuses.REQUEST,),
    ("requests", "author"): (kinds.PERSON,),
    ("billing", "kind"): (kinds.RUN, kinds.INVOICE, kinds.ANOMALY, kinds.ENTRY),
    ("billing", "act"): (kinds.REFERENCE,),
    ("billing", "account"): (kinds.ACCOUNT,),
    ("billing", "means"): (kinds.PAYMENT_METHOD, kinds.REMINDER),
    ("billing", "status"): (statuses.INVOICE, statuses.RUN, statuses.PRINT, statuses.PLAN),
}


def values_in(schema: Any, schemas: Mapping[str, Any]) -> Iterator[frozenset[str]]:
    """The closed lists of words that a property may be one of."""
    if "$ref" in schema:
        yield from values_in(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "enum" in schema:
        yield frozenset(schema["enum"])
    for key in ("anyOf", "oneOf", "items"):
        inner = schema.get(key, ())
        for one in inner if isinstance(inner, list) else [inner] if inner else []:
            if "properties" not in one:
                yield from values_in(one, schemas)


def lists_of(service: str, name: str) -> set[frozenset[str]]:
    document = next(each for each in SERVICES if each.name == service).app().openapi()
    schemas = document["components"]["schemas"]
    return {
        values
        for schema in schemas.values()
        if name in schema.get("properties", {})
        for values in values_in(schema["properties"][name], schemas)
    }


@pytest.mark.parametrize(("service", "name"), WORDS)
def test_each_has_its_name(service: str, name: str) -> None:
    found = lists_of(service, name)
    assert found, "the API no longer has it"
    for values in found:
        assert any(values <= words.keys() for words in WORDS[service, name]), sorted(values)


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_no_status_or_role_is_left_out(service: str) -> None:
    for name in ("status", "from_status", "to_status", "roles"):
        if (service, name) not in WORDS and name != "from_status":
            assert lists_of(service, name) == set(), f"{service} {name}: name its words"


def test_names_are_inside_a_sentence() -> None:
    names = [
        name
        for module in (statuses, kinds)
        for key, words in vars(module).items()
        if key.isupper() and words is not kinds.CIVILITY
        for name in words.values()
    ]
    assert len(names) > 60
    assert [name for name in names if not name or name[0].isupper() or "_" in name] == []


def test_mails_know_what_happened() -> None:
    reasons = get_args(PaymentFailedV1.model_fields["reason"].annotation)
    assert set(reasons) == happenings.PAYMENT_FAILURE.keys()
    assert happenings.BOOKING.keys() <= statuses.BOOKING.keys()


def test_an_order_says_what_became_of_each_booking() -> None:
    assert happenings.ORDERED.keys() == statuses.BOOKING.keys()
