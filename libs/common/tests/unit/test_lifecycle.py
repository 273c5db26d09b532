"""In a state, an act leads to the next state, and nothing else does."""

from typing import Literal

import pytest

from preau.common.lifecycle import IllegalMove, Lifecycle

Light = Literal["red", "green", "dark"]
Act = Literal["turn", "switch_off"]

LIGHT: Lifecycle[Light, Act] = Lifecycle(
    "light",
    {
        "red": {"turn": "green", "switch_off": "dark"},
        "green": {"turn": "red"},
        "dark": {},
    },
)


def test_a_move_leads_to_the_next_state() -> None:
    assert LIGHT.move("red", "turn") == "green"
    assert LIGHT.may("red", "switch_off")
    assert LIGHT.acts("green") == {"turn"}


@pytest.mark.parametrize(("state", "act"), [("green", "switch_off"), ("dark", "turn")])
def test_any_other_is_refused(state: Light, act: Act) -> None:
    assert not LIGHT.may(state, act)
    with pytest.raises(IllegalMove, match=f"a light that is {state} cannot {act}"):
        LIGHT.move(state, act)


def test_what_sql_needs_is_derived() -> None:
    assert LIGHT.before("turn") == {"red", "green"}
    assert LIGHT.before("switch_off") == {"red"}
    assert LIGHT.ended == {"dark"}
    assert LIGHT.states == {"red", "green", "dark"}


def test_a_table_names_every_state_that_it_leads_to() -> None:
    with pytest.raises(ValueError, match="amber"):
        Lifecycle("light", {"red": {"turn": "amber"}})
