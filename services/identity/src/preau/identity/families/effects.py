"""What an accepted request changes in the record: someone may fetch a child, the family moved."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import NotFound
from preau.common.messaging.consumer import Rejected, Subscription
from preau.contracts import topology
from preau.contracts.requests import AddressEffect, PickupEffect, RequestDecidedV1
from preau.identity.communes.tables import Commune
from preau.identity.families import repository, service
from preau.identity.families.tables import AddressChange, Child

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
    child = await session.scalar(
        select(Child.child_id).where(Child.child_id == effect.child_id, Child.family_id == event.family_id)
    )
    if child is None:
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
        await service.tell(session, event.family_id)


async def _note_address(session: AsyncSession, event: RequestDecidedV1, effect: AddressEffect) -> None:
    """Write the move down; it is applied now if its day has come, else by the sweeper on that day."""
    await repository.lock_family(session, event.family_id)
    await session.execute(
        insert(AddressChange)
        .values(
            request_id=event.aggregate_id,
            commune_id=event.commune_id,
            family_id=event.family_id,
            street=effect.street,
            postal_code=effect.postal_code,
            city=effect.city,
            valid_from=effect.valid_from,
        )
        .on_conflict_do_nothing(index_elements=[AddressChange.request_id])
    )
    await _apply_due(session, await database_now(session), family_id=event.family_id)


async def _apply_due(session: AsyncSession, now: datetime, **only: object) -> int:
    """Apply the visible changes whose day has come in their commune; gives how many."""
    today = func.date(func.timezone(Commune.time_zone, now))
    waiting = (
        await session.scalars(
            select(AddressChange)
            .join(Commune, Commune.commune_id == AddressChange.commune_id)
            .where(AddressChange.applied_at.is_(None), AddressChange.valid_from <= today)
            .filter_by(**only)
            .order_by(AddressChange.valid_from, AddressChange.request_id)
            .limit(_SWEEP)
            .with_for_update(of=AddressChange, skip_locked=True)
        )
    ).all()
    for change in waiting:
        await session.execute(
            update(AddressChange).where(AddressChange.request_id == change.request_id).values(applied_at=now)
        )
        await service.change(
            session,
            change.family_id,
            {"street": change.street, "postal_code": change.postal_code, "city": change.city},
        )
    return len(waiting)


async def apply_moves(database: Database) -> bool:
    """The sweeper: moves whose day has come; ``True`` while there may be more."""
    async with database.system_transaction() as session:
        waiting = await session.scalars(
            select(AddressChange.commune_id).where(AddressChange.applied_at.is_(None)).distinct()
        )
        communes = waiting.all()
    more = False
    for commune_id in communes:
        async with database.transaction(commune_id) as session:
            more |= await _apply_due(session, await database_now(session)) == _SWEEP
    return more


SUBSCRIPTION = Subscription(topology.IDENTITY_EFFECTS, {RequestDecidedV1: request_decided})
