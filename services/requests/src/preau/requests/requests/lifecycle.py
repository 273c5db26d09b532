"""The life of a request: one table, and nothing else assigns a status. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class RequestStatus(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFO_NEEDED = "info_needed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = RequestStatus

TRANSITIONS: Mapping[RequestStatus, frozenset[RequestStatus]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.IN_REVIEW, S.WITHDRAWN}),
    S.IN_REVIEW: frozenset({S.INFO_NEEDED, S.ACCEPTED, S.REFUSED}),
    S.INFO_NEEDED: frozenset({S.IN_REVIEW, S.ACCEPTED, S.REFUSED}),
    S.ACCEPTED: frozenset(),
    S.REFUSED: frozenset(),
    S.WITHDRAWN: frozenset(),
}

EDITABLE = frozenset({S.DRAFT, S.INFO_NEEDED})
"""Where the family may still change answers and documents."""

CLOSED = frozenset(status for status, onward in TRANSITIONS.items() if not onward)
"""Where nothing moves any more."""

LABELS: Mapping[RequestStatus, str] = {
    S.DRAFT: "brouillon",
    S.SUBMITTED: "envoyée",
    S.IN_REVIEW: "en cours d'étude",
    S.INFO_NEEDED: "en attente de précisions",
    S.ACCEPTED: "acceptée",
    S.REFUSED: "refusée",
    S.WITHDRAWN: "retirée",
}
"""What a family reads."""


def may_move(current: RequestStatus, to: RequestStatus) -> bool:
    """Whether the table allows the step."""
    return to in TRANSITIONS[current]


def path_of_agent(current: RequestStatus, to: RequestStatus) -> tuple[RequestStatus, ...] | None:
    """The steps by which an agent brings a request to ``to``, or None when there is no way.

    Who decides on a request that nobody has taken up takes it up by that.
    """
    if may_move(current, to):
        return (to,)
    if current is S.SUBMITTED and may_move(S.IN_REVIEW, to):
        return (S.IN_REVIEW, to)
    return None
