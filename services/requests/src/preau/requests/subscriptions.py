"""The queue of the service: what each feature does with an event, one after the other."""

from preau.common.messaging.consumer import Subscription, in_turn
from preau.contracts import topology
from preau.contracts.identity import AccountErasedV1, CommuneUpdatedV1, FamilyUpdatedV1
from preau.requests.copies import consumers as copies
from preau.requests.documents import repository as documents
from preau.requests.messages import repository as messages
from preau.requests.requests import repository as requests

COPIES = Subscription(
    queue=topology.REQUESTS_COPIES,
    handlers={
        CommuneUpdatedV1: copies.copy_commune,
        FamilyUpdatedV1: copies.copy_family,
        AccountErasedV1: in_turn(documents.forget_account, messages.forget_account, requests.forget_account),
    },
)
