"""A closure that is being applied, and what it frees."""

from typing import NamedTuple
from uuid import UUID

from preau.common.errors import Conflict
from preau.reservations.calendars.domain import Closure


class AlreadyClosed(Conflict):
    """The same days are closed already, for the same site and the same reason."""

    type, title = "already-closed", "Fermeture déjà enregistrée"


class ClosureAtWork(Conflict):
    """The bookings of the closed days are still being freed."""

    type, title = "closure-at-work", "Annulations en cours"


class Concerned(NamedTuple):
    """How many bookings a closure frees, and of how many families; ``marked`` ones are left as they are."""

    bookings: int
    families: int
    marked: int


class Pending(NamedTuple):
    """A closure whose bookings are being freed; ``told_up_to`` is the last family told."""

    closure_id: UUID
    commune_id: UUID
    closure: Closure
    site_label: str
    told_up_to: UUID | None
