"""Writing the histories of a family, whose row is locked: what holds from a day on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.families import history_repository
from preau.identity.families.custodies import FACTS, CustodyEntry
from preau.identity.families.dated import Dated, held_on
from preau.identity.families.domain import (
    SCHOOLING,
    ChildRecord,
    FamilyRecord,
    QuotientEntry,
    ResidencyEntry,
)
from preau.identity.families.history_repository import History


@dataclass(frozen=True, slots=True)
class FamilyHistories:
    """The histories of one family; ``first_day`` is ``date.min`` for what holds since always.

    ``stands`` is the history as it stands: what it says of that day already is not written again.
    """

    session: AsyncSession
    commune_id: UUID
    family_id: UUID

    async def residency(self, residency: str, first_day: date, stands: Sequence[ResidencyEntry] = ()) -> None:
        """Where the family lives from a day on."""
        facts = {"residency": residency}
        if not _says(stands, first_day, facts):
            await self._put(history_repository.RESIDENCIES, self.family_id, first_day, facts)

    async def payer(self, guardian_id: UUID, first_day: date, record: FamilyRecord | None = None) -> None:
        """Who receives the invoices from a day on."""
        facts = {"guardian_id": guardian_id}
        if record is None or not _says(record.payers, first_day, facts):
            await self._put(history_repository.PAYERS, self.family_id, first_day, facts)

    async def first_schooling(self, child_id: UUID, facts: Mapping[str, Any]) -> None:
        """Where a child who is new in the record is at school, since always."""
        await self._put(history_repository.SCHOOLINGS, child_id, date.min, facts)

    async def schooling(self, child: ChildRecord, first_day: date, changes: Mapping[str, Any]) -> None:
        """What of a child's schooling is otherwise from a day on; the rest stays what holds on that day."""
        held = held_on(child.schoolings, first_day) or child
        facts = {name: getattr(held, name) for name in SCHOOLING} | dict(changes)
        if not _says(child.schoolings, first_day, facts):
            await self._put(history_repository.SCHOOLINGS, child.child_id, first_day, facts)

    async def quotient(
        self, cents: int, first_day: date, *, recorded_on: date, stands: Sequence[QuotientEntry] = ()
    ) -> None:
        """The quotient from a day on; entered again as it is, it keeps the day on which it was entered."""
        held = held_on(stands, first_day)
        if held is None or (held.first_day, held.cents) != (first_day, cents):
            facts = {"cents": cents, "value": cents // 100, "recorded_on": recorded_on}
            await self._put(history_repository.QUOTIENTS, self.family_id, first_day, facts)

    async def custody(
        self, child_id: UUID, entry: CustodyEntry, first_day: date, stands: Sequence[CustodyEntry]
    ) -> None:
        """Who has a child from a day on."""
        if not _says(stands, first_day, {name: getattr(entry, name) for name in FACTS}):
            await self._put(
                history_repository.CUSTODIES, child_id, first_day, history_repository.custody_columns(entry)
            )

    async def _put(self, history: History, owner_id: UUID, first_day: date, facts: Mapping[str, Any]) -> None:
        await history_repository.put(
            self.session,
            history,
            commune_id=self.commune_id,
            family_id=self.family_id,
            owner_id=owner_id,
            first_day=first_day,
            facts=facts,
        )


def _says(history: Sequence[Dated], day: date, facts: Mapping[str, Any]) -> bool:
    held = held_on(history, day)
    return held is not None and all(getattr(held, name) == fact for name, fact in facts.items())
