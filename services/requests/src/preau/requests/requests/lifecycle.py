"""The life of a request. Pure."""

from enum import StrEnum
from typing import Literal

from preau.common.lifecycle import Lifecycle


class RequestStatus(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFO_NEEDED = "info_needed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


FamilyAct = Literal["submit", "answer", "withdraw"]
"""What a family does with its request; ``answer`` gives what the commune asked for."""

AgentAct = Literal["take_up", "ask", "accept", "refuse"]

RequestAct = FamilyAct | AgentAct

S = RequestStatus

REQUEST: Lifecycle[RequestStatus, RequestAct] = Lifecycle(
    "request",
    {
        S.DRAFT: {"submit": S.SUBMITTED, "withdraw": S.WITHDRAWN},
        S.SUBMITTED: {"take_up": S.IN_REVIEW, "withdraw": S.WITHDRAWN},
        S.IN_REVIEW: {"ask": S.INFO_NEEDED, "accept": S.ACCEPTED, "refuse": S.REFUSED},
        S.INFO_NEEDED: {
            "answer": S.IN_REVIEW,
            "take_up": S.IN_REVIEW,
            "accept": S.ACCEPTED,
            "refuse": S.REFUSED,
        },
        S.ACCEPTED: {},
        S.REFUSED: {},
        S.WITHDRAWN: {},
    },
)

EDITABLE = REQUEST.before("submit") | REQUEST.before("answer")
"""Where the family may still change answers and documents."""


def acts_of_agent(current: RequestStatus, act: AgentAct) -> tuple[AgentAct, ...] | None:
    """The acts by which an agent comes to ``act``, or None when there is no way.

    Who decides on a request that nobody has taken up takes it up by that.
    """
    if REQUEST.may(current, act):
        return (act,)
    if current is S.SUBMITTED and REQUEST.may(REQUEST.move(current, "take_up"), act):
        return ("take_up", act)
    return None
