"""What this service knows of communes and families: copies, as old as the last event."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """A child of a family."""

    child_id: UUID
    family_id: UUID
    first_name: str
    last_name: str
    birth_date: date
    class_name: str = ""
    level: str = "elementary"
    diet: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class CommuneRecord:
    """A commune: where its clock and its school calendar are taken from, and whom to call."""

    commune_id: UUID
    name: str
    time_zone: str = "Europe/Paris"
    school_zone: str = "A"
    contact_email: str = ""
    contact_phone: str = ""

    def today(self, now: datetime) -> date:
        """The civil date there at the instant ``now``."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()
