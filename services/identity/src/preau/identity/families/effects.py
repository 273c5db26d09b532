"""What an accepted request changes in the record: someone may fetch a child, the family moved."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import NotFound
from preau.common.messaging.consumer import Rejected
from preau.contracts.requests import AddressEffect, PickupEffect, RequestDecidedV1
from preau.identity.families import address_change_repository, repository, service
from preau.identity.families.domain import PostalAddress

_SWEEP = 50


async def request_decided(session: AsyncSession, event: RequestDecidedV1) -> None:
    """Apply the effect of an accepted request. Raises ``Rejected`` without such a family or child."""
    if event.decision != "accepted":
        return
    try:
        if isinstance(event.effect, PickupEffect):
            await _authorise_pickup(session, event, event.effect)
        elif isinstance(event.effect, AddressEffect):
            await _note_address(session, event, event.effect)
    except NotFound as error:
        raise Rejected("unknown family") from error


async def _authorise_pickup(session: AsyncSession, event: RequestDecidedV1, effect: PickupEffect) -> None:
    await repository.lock_family(session, event.family_id)
    if not await repository.is_child_of(session, effect.child_id, event.family_id):
        raise Rejected("the child is not one of this family")
    if effect.valid_to is not None and effect.valid_to < effect.valid_from:
        raise Rejected("the authorisation ends before it begins")
    added = await repository.add_pickup(
        session,
        {
            "commune_id": event.commune_id,
            "child_id": effect.child_id,
            "request_id": event.aggregate_id,
            "person_name": effect.person_name,
            "relation": effect.relation,
            "phone": effect.phone,
            "valid_from": effect.valid_from,
            "valid_to": effect.valid_to,
        },
    )
    if added:
        await service.publish(session, event.family_id)


async def _note_address(session: AsyncSession, event: RequestDecidedV1, effect: AddressEffect) -> None:
    """Write the move down; it is applied now if its day has come, else by the sweeper on that day."""
    await repository.lock_family(session, event.family_id)
    await address_change_repository.add(
        session,
        request_id=event.aggregate_id,
        commune_id=event.commune_id,
        family_id=event.family_id,
        address=PostalAddress(effect.street, effect.postal_code, effect.city),
        valid_from=effect.valid_from,
    )
    await _apply_due(session, await database_now(session), family_id=event.family_id)


async def _apply_due(session: AsyncSession, now: datetime, *, family_id: UUID | None = None) -> int:
    """Apply the visible changes (of one family) whose day has come in their commune; gives how many."""
    due = await address_change_repository.due(session, now, family_id=family_id, limit=_SWEEP)
    await repository.lock_families(session, [change.family_id for change in due])
    for change in due:
        await address_change_repository.mark_applied(session, change, now)
        await service.change(
            session,
            change.family_id,
            {"street": change.street, "postal_code": change.postal_code, "city": change.city},
        )
    return len(due)


async def apply_moves(database: Database) -> bool:
    """The sweeper: moves whose day has come; ``True`` while there may be more."""
    async with database.system_transaction() as session:
        communes = await address_change_repository.communes_waiting(session)
    more = False
    for commune_id in communes:
        async with database.transaction(commune_id) as session:
            more |= await _apply_due(session, await database_now(session)) == _SWEEP
    return more
