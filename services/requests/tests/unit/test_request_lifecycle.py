import pytest

from preau.requests.requests.lifecycle import (
    CLOSED,
    EDITABLE,
    LABELS,
    TRANSITIONS,
    RequestStatus,
    may_move,
    path_of_agent,
)

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


@pytest.mark.parametrize("current", list(S))
@pytest.mark.parametrize("to", list(S))
def test_the_table_allows_these_steps_and_no_other(current: RequestStatus, to: RequestStatus) -> None:
    assert may_move(current, to) == ((current, to) in LEGAL)


def test_every_status_stands_in_the_table_and_has_a_label() -> None:
    assert set(TRANSITIONS) == set(S) == set(LABELS)
    assert {S.ACCEPTED, S.REFUSED, S.WITHDRAWN} == CLOSED
    assert not EDITABLE & CLOSED


def test_deciding_on_a_request_that_nobody_took_up_takes_it_up() -> None:
    assert path_of_agent(S.SUBMITTED, S.ACCEPTED) == (S.IN_REVIEW, S.ACCEPTED)
    assert path_of_agent(S.SUBMITTED, S.INFO_NEEDED) == (S.IN_REVIEW, S.INFO_NEEDED)
    assert path_of_agent(S.IN_REVIEW, S.REFUSED) == (S.REFUSED,)


@pytest.mark.parametrize("closed", sorted(CLOSED))
def test_what_is_closed_stays_closed(closed: RequestStatus) -> None:
    assert path_of_agent(closed, S.ACCEPTED) is None
    assert path_of_agent(closed, S.IN_REVIEW) is None
