"""Filling a basket: the same rules as at display and at commit."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import Conflict, NotFound
from preau.common.http.permissions import FamilyCaller
from preau.reservations.basket import repository
from preau.reservations.basket.domain import (
    MOST_LINES,
    QUIET_IN_A_PERIOD,
    Asked,
    Basket,
    Line,
    days_of_period,
    plan,
    summary,
)
from preau.reservations.basket.schemas import (
    AddedOut,
    BasketOut,
    FamilyChildOut,
    GroupOut,
    LineOut,
    PeriodIn,
    RefusedLineOut,
)
from preau.reservations.bookings.domain import BookingKey
from preau.reservations.bookings.refusals import Refusal, RefusedByRule, RefusedLine, refusal_document
from preau.reservations.catalogue import repository as activities
from preau.reservations.copies import repository as copies
from preau.reservations.copies.domain import ChildRecord
from preau.reservations.rules.context import BookingContext
from preau.reservations.rules.schemas import RefusalOut
from preau.reservations.rules.service import context_of


class BasketFull(Conflict):
    """A basket holds so many lines at most."""

    type, title = "basket-full", "Panier plein"


async def basket_of(session: AsyncSession, family: FamilyCaller) -> Basket:
    """The basket of the account for the family."""
    return await repository.ensure(session, family.commune_id, family.family_id, family.account_id)


async def read(session: AsyncSession, family: FamilyCaller) -> BasketOut:
    """The basket, each line judged as if it were validated now."""
    found = await basket_of(session, family)
    return await _basket(session, family, found, await repository.lines(session, found.basket_id))


async def add(session: AsyncSession, family: FamilyCaller, asked: Sequence[Asked]) -> AddedOut:
    """Add lines; refused ones are reported and left out. A single refused line raises ``RefusedByRule``."""
    added, refused = await _add(session, family, asked)
    if len(asked) == 1 and refused:
        document = refusal_document(refused[0].refusal)
        raise RefusedByRule(refused[0].refusal.reason, **document, refusal=document)
    return AddedOut(basket=added, refused=[_refused(line) for line in refused])


async def add_period(session: AsyncSession, family: FamilyCaller, period: PeriodIn) -> AddedOut:
    """Add the weekdays of a period; days on which the activity does not take place go without saying."""
    offered = await activities.activities(session, period.activity_ids)
    if any(offer.site_id != period.site_id for offer in offered.values()):
        raise NotFound("Cette prestation n’existe pas.")
    asked = [
        Asked(child_id, activity_id, day, period.action)
        for day in days_of_period(period.first, period.last, frozenset(period.weekdays))
        for child_id in dict.fromkeys(period.child_ids)
        for activity_id in dict.fromkeys(period.activity_ids)
    ]
    if not asked:
        return AddedOut(basket=await read(session, family), refused=[])
    added, refused = await _add(session, family, asked)
    reported = [line for line in refused if line.refusal.rule not in QUIET_IN_A_PERIOD]
    return AddedOut(basket=added, refused=[_refused(line) for line in reported])


async def _add(
    session: AsyncSession, family: FamilyCaller, asked: Sequence[Asked]
) -> tuple[BasketOut, Sequence[RefusedLine]]:
    found = await basket_of(session, family)
    lines = await repository.lines(session, found.basket_id)
    context = await context_of(
        session, family.family_id, {*(line.wish.key for line in lines), *(one.key for one in asked)}
    )
    planned = plan(asked, lines, context)
    if len(lines) + len(planned.put) > MOST_LINES:
        raise BasketFull(f"Un panier contient {MOST_LINES} lignes au plus. Validez-le d’abord.")
    await repository.put(session, family.commune_id, found.basket_id, planned.put)
    await _remove(session, found.basket_id, planned.remove)
    if planned.put and found.restorable:
        await repository.forget_emptied(session, found.basket_id)
        found = found._replace(restorable=0)
    if planned.put or planned.remove:
        lines = await repository.lines(session, found.basket_id)
    children = await copies.children(session, family.family_id)
    return basket_out(found, lines, context, children), planned.refused


async def remove_line(session: AsyncSession, family: FamilyCaller, line_id: UUID) -> None:
    """Take one line out; raises ``NotFound``."""
    if not await repository.remove(session, (await basket_of(session, family)).basket_id, [line_id]):
        raise NotFound("Cette ligne n’est pas dans le panier.")


async def empty(session: AsyncSession, family: FamilyCaller) -> None:
    """Take everything out; ``restore`` puts it back."""
    await repository.empty(session, (await basket_of(session, family)).basket_id)


async def restore(session: AsyncSession, family: FamilyCaller) -> AddedOut:
    """Put back what was emptied, each line judged anew; what is no longer possible is reported."""
    found = await basket_of(session, family)
    kept = await repository.take_emptied(session, found.basket_id) if found.restorable else []
    here = await copies.children(session, family.family_id, {one.child_id for one in kept})
    asked = [one for one in kept if one.child_id in here]
    if not asked:
        return AddedOut(basket=await read(session, family), refused=[])
    added, refused = await _add(session, family, asked)
    return AddedOut(basket=added, refused=[_refused(line) for line in refused])


async def _remove(session: AsyncSession, found: UUID, line_ids: Collection[UUID]) -> None:
    if line_ids:
        await repository.remove(session, found, line_ids)


async def _basket(
    session: AsyncSession, family: FamilyCaller, found: Basket, lines: Sequence[Line]
) -> BasketOut:
    if not lines:
        return empty_basket(found, await copies.children(session, family.family_id))
    context = await context_of(session, family.family_id, {line.wish.key for line in lines})
    return basket_out(found, lines, context, await copies.children(session, family.family_id))


def empty_basket(found: Basket, children: Mapping[UUID, ChildRecord]) -> BasketOut:
    """A basket that holds nothing."""
    return BasketOut(
        basket_id=found.basket_id,
        children=_children(children),
        lines=[],
        groups=[],
        restorable=found.restorable,
    )


def _children(children: Mapping[UUID, ChildRecord]) -> list[FamilyChildOut]:
    return [FamilyChildOut(child_id=one.child_id, first_name=one.first_name) for one in children.values()]


def basket_out(
    found: Basket, lines: Sequence[Line], context: BookingContext, family: Mapping[UUID, ChildRecord]
) -> BasketOut:
    """A basket with these lines, each judged as if it were validated now; ``family`` are all its children."""
    problems = {one.wish.key: one.refusal for one in context.refused(line.wish for line in lines)}
    labels = {activity.activity_id: activity.label for activity in context.activities.values()}
    children = dict.fromkeys(line.wish.child_id for line in lines)
    return BasketOut(
        basket_id=found.basket_id,
        children=_children(family),
        restorable=found.restorable,
        lines=[_line(line, context, problems) for line in lines],
        groups=[
            GroupOut(
                child_id=child_id,
                child_name=context.children[child_id].name,
                summary=summary((line.wish for line in lines if line.wish.child_id == child_id), labels),
            )
            for child_id in children
        ],
    )


def _line(line: Line, context: BookingContext, problems: Mapping[BookingKey, Refusal]) -> LineOut:
    wish = line.wish
    activity = context.activities[wish.activity_id]
    booking = context.active_booking(*wish.key)
    problem = problems.get(wish.key)
    return LineOut(
        line_id=line.line_id,
        child_id=wish.child_id,
        child_name=context.children[wish.child_id].name,
        site_id=activity.site_id,
        site_label=activity.site_label,
        activity_id=activity.activity_id,
        activity_label=activity.label,
        date=wish.day,
        action=wish.action,
        payment_mode=activity.payment_mode,
        booking_id=booking.booking_id if booking else None,
        problem=RefusalOut.model_validate(problem) if problem else None,
    )


def _refused(line: RefusedLine) -> RefusedLineOut:
    return RefusedLineOut(
        child_id=line.wish.child_id,
        activity_id=line.wish.activity_id,
        date=line.wish.day,
        refusal=RefusalOut.model_validate(line.refusal),
    )
