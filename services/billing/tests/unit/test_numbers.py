"""Which numbers hold what was typed is told as it would be by looking at each."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from preau.billing.invoices.domain import number
from preau.billing.invoices.numbers import Series, parts_of, positions, squeezed

REGIE = UUID(int=1)


@given(
    st.sampled_from(["RS", "R-2", "20", "A1B"]),
    st.sampled_from([1, 12, 345, 3210]),
    st.text(alphabet="0123456789rs2- ", min_size=1, max_size=7),
)
def test_the_positions_are_those_whose_number_holds_it(prefix, last, typed):
    parts = parts_of(typed)
    found = positions([Series(REGIE, 2026, prefix, last)], parts, most=10**9)
    assert found is not None
    told = {place for each in found for place in range(each.first, each.last + 1)}
    held = {
        place
        for place in range(1, last + 1)
        if any(part in squeezed(number(prefix, 2026, place)) for part in parts)
    }
    assert told == held


def test_a_series_beyond_a_million_is_searched_too():
    found = positions([Series(REGIE, 2026, "RS", 1_000_200)], ["1000150"], most=10)
    assert found is not None and [(each.first, each.last) for each in found] == [(1_000_150, 1_000_150)]


def test_more_than_asked_for_are_not_told():
    assert positions([Series(REGIE, 2026, "RS", 5000)], ["rs2026"], most=4999) is None
    assert positions([Series(REGIE, 2026, "RS", 5000)], ["rs2026"], most=5000) is not None


def test_zeros_may_be_left_out():
    assert parts_of("RS-2026-42") == ["rs2026000042", "rs202642"]
    assert parts_of("rs 2026 000042") == ["rs2026000042"]
    assert parts_of(" - ") == []
