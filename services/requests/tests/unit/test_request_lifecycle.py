import pytest

from preau.requests.requests.lifecycle import EDITABLE, REQUEST, RequestStatus, acts_of_agent
from preau.wording import statuses

S = RequestStatus

LEGAL = {
    (S.DRAFT, S.SUBMITTED),
    (S.DRAFT, S.WITHDRAWN),
    (S.SUBMITTED, S.IN_REVIEW),
    (S.SUBMITTED, S.WITHDRAWN),
    (S.IN_REVIEW, S.INFO_NEEDED),
    (S.IN_REVIEW, S.ACCEPTED),
    (S.IN_REVIEW, S.REFUSED),
    (S.INFO_NEEDED, S.IN_REVIEW),
    (S.INFO_NEEDED, S.ACCEPTED),
    (S.INFO_NEEDED, S.REFUSED),
}


def test_the_table_allows_these_steps_and_no_other() -> None:
    assert {(status, REQUEST.move(status, act)) for status in S for act in REQUEST.acts(status)} == LEGAL


def test_every_status_stands_in_the_table_and_has_a_name() -> None:
    assert set(S) == REQUEST.states == set(statuses.REQUEST)
    assert {S.ACCEPTED, S.REFUSED, S.WITHDRAWN} == REQUEST.ended
    assert {S.DRAFT, S.INFO_NEEDED} == EDITABLE


def test_deciding_on_a_request_that_nobody_took_up_takes_it_up() -> None:
    assert acts_of_agent(S.SUBMITTED, "accept") == ("take_up", "accept")
    assert acts_of_agent(S.SUBMITTED, "ask") == ("take_up", "ask")
    assert acts_of_agent(S.IN_REVIEW, "refuse") == ("refuse",)


def test_what_was_asked_already_is_not_asked_again() -> None:
    assert acts_of_agent(S.INFO_NEEDED, "ask") is None


@pytest.mark.parametrize("closed", sorted(REQUEST.ended))
def test_what_is_closed_stays_closed(closed: RequestStatus) -> None:
    assert acts_of_agent(closed, "accept") is None
    assert acts_of_agent(closed, "take_up") is None
