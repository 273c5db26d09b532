"""The classes of what families pay more or less."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from preau.billing.simulations.domain import Class, distribution, movement

DIFFERENCES = st.dictionaries(st.integers(-500_000, 500_000), st.integers(1, 50), min_size=1)


def test_the_classes_are_round_and_the_outermost_open():
    made = distribution({-230: 3, -40: 20, 0: 7, 60: 2, 90: 1, 12_000: 1})
    assert made[0] == Class(-250, -201, 3)
    assert Class(0, 0, 7) in made and Class(51, 100, 3) in made
    assert made[-1] == Class(251, None, 1), "one family that pays 120 euros more leaves the others apart"
    assert distribution({}) == []
    assert distribution({0: 4}) == [Class(0, 0, 4)]


@given(DIFFERENCES)
def test_each_family_is_in_its_class(differences: dict[int, int]):
    made = distribution(differences)
    found = Counter[Class]()
    for cents, families in differences.items():
        [own] = [
            each
            for each in made
            if (each.least is None or each.least <= cents) and (each.most is None or cents <= each.most)
        ]
        found[own] += families
    assert all(found[each] == each.families for each in made)
    assert len(made) <= 13


@given(DIFFERENCES)
def test_more_less_and_the_same_are_all(differences: dict[int, int]):
    moved = movement(differences)
    assert moved.more + moved.less + moved.same == sum(differences.values())
    assert moved.more_cents - moved.less_cents == sum(key * count for key, count in differences.items())
