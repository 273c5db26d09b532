"""What can stand in the way of a request, named after what happened."""

from preau.common.errors import Conflict, Unavailable
from preau.requests.requests.lifecycle import RequestStatus
from preau.wording import statuses
from preau.wording.typography import NBSP


class WrongStatus(Conflict):
    """The request stands where this cannot be done."""

    type, title = "request-status", "Impossible dans l’état de la demande"

    def __init__(self, current: RequestStatus) -> None:
        super().__init__(
            f"Cette demande est «{NBSP}{statuses.REQUEST[current]}{NBSP}».", request_status=str(current)
        )


class RequestChanged(Conflict):
    """Somebody else moved or changed the request meanwhile."""

    type, title = "request-changed", "La demande vient de changer"

    def __init__(self) -> None:
        super().__init__("La demande vient de changer. Rechargez-la, puis recommencez.")


class CategoryClosed(Conflict):
    """The commune no longer takes requests of this category."""

    type, title = "category-closed", "Demandes closes"

    def __init__(self, label: str) -> None:
        super().__init__(f"La commune ne prend plus de demande « {label} ».")


class FamilyNotYetKnown(Unavailable):
    """The family's record has not arrived here yet; it comes by an event, in a moment."""

    type, title = "family-not-yet-known", "Dossier en cours d’arrivée"

    def __init__(self) -> None:
        super().__init__("Votre dossier arrive à l’instant. Réessayez dans quelques secondes.", retry_after=2)
