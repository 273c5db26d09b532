"""Pages: an opaque cursor that goes round, and forged ones that are a field error, never a failure."""

import base64
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.common.errors import FieldErrors
from preau.common.http.pages import decode_cursor, encode_cursor, page_of


def forged(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def test_a_cursor_goes_round() -> None:
    day, key = date(2026, 3, 12), uuid4()
    assert decode_cursor(encode_cursor(day, key), date.fromisoformat, UUID) == (day, key)


@pytest.mark.parametrize("first", [None, ""])
def test_the_first_page_has_no_cursor(first: str | None) -> None:
    assert decode_cursor(first, str, UUID) is None


@pytest.mark.parametrize(
    "cursor",
    [
        "%",
        "é",
        "a",
        forged("{not json"),
        forged('{"a": 1, "b": 2}'),
        forged("[1]"),
        forged('["a", "b"]'),
        forged('["a", null]'),
        forged('["a", {}, 3]'),
        forged("null"),
        "[" * 500,
    ],
)
def test_a_forged_cursor_is_a_field_error(cursor: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        decode_cursor(cursor, str, UUID)
    assert refused.value.extras["errors"][0]["field"] == "cursor"


@given(st.text(max_size=500))
def test_whatever_comes_it_is_keys_or_a_field_error(cursor: str) -> None:
    try:
        keys = decode_cursor(cursor, str, str)
    except FieldErrors:
        return
    assert keys is None or len(keys) == 2


def test_pages_cut_everything_once_and_in_order() -> None:
    rows = list(range(7))

    def read(after: int) -> list[int]:
        return [row for row in rows if row > after][:4]

    seen, after = [], -1
    while True:
        page, cursor = page_of(read(after), 3, lambda row: [row])
        seen += page
        if (keys := decode_cursor(cursor, int)) is None:
            break
        [after] = keys
    assert seen == rows
