"""The names of statuses can stand in a sentence, and tell the statuses apart."""

from collections.abc import Mapping

import pytest

from preau.wording import statuses

KINDS = {name: found for name, found in vars(statuses).items() if name.isupper()}


def test_there_are_names_to_look_at() -> None:
    assert "REQUEST" in KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_each_status_has_a_name_of_its_own_as_a_sentence_has_it(kind: str) -> None:
    names: Mapping[str, str] = KINDS[kind]
    assert len(set(names.values())) == len(names)
    for name in names.values():
        assert name == name.strip() and name[:1].islower() and "'" not in name
