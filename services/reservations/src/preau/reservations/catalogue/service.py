"""Configuring activities."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.errors import FieldErrors, NotFound, Unprocessable
from preau.common.http.permissions import AgentCaller
from preau.common.http.problems import field_errors
from preau.common.http.seen_version import refuse_if_changed
from preau.common.ids import new_id
from preau.common.messaging.outbox import emit
from preau.contracts.reservations import ActivityUpdatedV1, PriceComponent
from preau.reservations.calendars import repository as calendars
from preau.reservations.catalogue import repository
from preau.reservations.catalogue import site_repository as sites
from preau.reservations.catalogue.domain import Activity
from preau.reservations.catalogue.schemas import (
    NULLABLE,
    ActivityIn,
    ActivityOut,
    ActivityPatch,
    ChangePreviewIn,
    ChangePreviewOut,
    DeadlinePreviewOut,
    DeadlinesOut,
    columns,
)
from preau.reservations.copies import repository as copies
from preau.reservations.deadlines.explaining import explained
from preau.reservations.slots import repository as slots

MOST_DAYS = 92
SHAPES_CUT_OFFS = frozenset(
    {
        "weekdays",
        "holiday_weekdays",
        "opens_on",
        "closes_on",
        "open_in_holidays",
        "booking_deadline",
        "cancellation_deadline",
    }
)
"""The fields of an activity that its days of service and their cut-offs depend on."""


async def add(session: AsyncSession, agent: AgentCaller, body: ActivityIn) -> ActivityOut:
    """Open an activity; raises ``FieldErrors`` for a site that the commune has not, and for a name twice."""
    await _check_place(session, body.site_id, body.label)
    activity_id = new_id()
    await repository.add(
        session,
        {"activity_id": activity_id, "commune_id": agent.commune_id, "version": 1, "status": "active"}
        | columns(body),
    )
    await publish(session, activity_id)
    made = await read(session, activity_id)
    await _audit(session, agent, "activity.added", activity_id, None, made)
    return made


async def change(
    session: AsyncSession,
    agent: AgentCaller,
    activity_id: UUID,
    body: ActivityPatch,
    *,
    seen: int | None = None,
) -> ActivityOut:
    """Change an activity: bookings that exist stay as they are; slots follow a new default capacity.

    Raises ``ChangedMeanwhile`` when it is no longer of the version ``seen``.
    """
    if (present := await repository.lock(session, activity_id)) is not None:
        refuse_if_changed(seen, present)
    before = await read(session, activity_id)
    values = _changed(before, body)
    place = (body.site_id or before.site_id, body.label or before.label)
    reopened = before.status == "closed" and body.status not in (None, "closed")
    if reopened or place != (before.site_id, before.label):
        await _check_place(session, *place, but=activity_id)
    await repository.change(session, activity_id, values)
    if body.default_capacity is not None:
        today = await copies.today(session, agent.commune_id)
        await slots.follow_default(session, activity_id, body.default_capacity, today)
    await publish(session, activity_id)
    after = await read(session, activity_id)
    await _audit(session, agent, "activity.changed", activity_id, before, after)
    return after


async def read(session: AsyncSession, activity_id: UUID) -> ActivityOut:
    """One activity; raises ``NotFound``."""
    found = await repository.row(session, activity_id)
    if found is None:
        raise NotFound("Cette prestation n’existe pas.")
    return ActivityOut.of(found)


async def deadline_preview(
    session: AsyncSession, commune_id: UUID, activity_id: UUID, first: date, last: date
) -> DeadlinePreviewOut:
    """The cut-offs of the days of service in a range of 92 days at most, both ends included."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise FieldErrors({"to": f"La période va d’un jour à {MOST_DAYS} jours."})
    activity = (await repository.activities(session, {activity_id})).get(activity_id)
    if activity is None:
        raise NotFound("Cette prestation n’existe pas.")
    return await _cut_offs(session, commune_id, activity, first, last)


async def change_preview(
    session: AsyncSession, commune_id: UUID, activity_id: UUID, body: ChangePreviewIn
) -> ChangePreviewOut:
    """What a change would do: checked like one, with the cut-offs that follow; nothing is written."""
    if not 0 <= (body.last - body.first).days < MOST_DAYS:
        raise FieldErrors({"last": f"La période va d’un jour à {MOST_DAYS} jours."})
    before = await read(session, activity_id)
    values = _changed(before, body.change)
    activity = (await repository.activities(session, {activity_id}))[activity_id]
    after = replace(
        activity, **{name: getattr(body.change, name) for name in values if name in SHAPES_CUT_OFFS}
    )
    shown = await _cut_offs(session, commune_id, after, body.first, body.last)
    today = await copies.today(session, commune_id)
    taken = await slots.used_since(session, activity_id, today)
    return ChangePreviewOut(time_zone=shown.time_zone, items=shown.items, places_taken=taken)


async def _cut_offs(
    session: AsyncSession, commune_id: UUID, activity: Activity, first: date, last: date
) -> DeadlinePreviewOut:
    commune = await copies.commune(session, commune_id)
    if commune is None:
        raise NotFound("Cette prestation n’existe pas.")
    calendar = await calendars.calendar(
        session, first, last, time_zone=commune.time_zone, school_zone=commune.school_zone
    )
    calendar = calendar.with_class_on(activity.class_weekdays)

    def is_served(day: date) -> bool:
        return activity.is_served(day, calendar)

    def of_day(day: date) -> DeadlinesOut:
        booking = explained(activity.booking_deadline, day, calendar, is_served)
        cancelling = explained(activity.cancellation_deadline, day, calendar, is_served)
        return DeadlinesOut(
            date=day,
            booking_opens=booking.opens,
            booking_cut_off=booking.cut_off,
            booking_reason=booking.reason,
            cancellation_cut_off=cancelling.cut_off,
            cancellation_reason=cancelling.reason,
        )

    return DeadlinePreviewOut(
        time_zone=commune.time_zone,
        items=[of_day(day) for day in activity.days_between(first, last, calendar)],
    )


async def publish_activities_of(session: AsyncSession, site_id: UUID) -> None:
    """Publish a new version of the activities of a site: its label is one of their facts."""
    for activity_id in await repository.of_site(session, site_id):
        await repository.change(session, activity_id, {})
        await publish(session, activity_id)


async def publish(session: AsyncSession, activity_id: UUID) -> None:
    """Tell the other services what the activity is now."""
    found = await repository.row(session, activity_id)
    if found is None:
        return
    row, site_label, *_ = found
    activity = repository.to_activity(*found)
    await emit(
        session,
        ActivityUpdatedV1(
            commune_id=row.commune_id,
            aggregate_id=activity_id,
            aggregate_version=row.version,
            site_id=row.site_id,
            site_label=site_label,
            label=row.label,
            regie_id=row.regie_id,
            unit=activity.unit,
            payment_mode=activity.payment_mode,
            components=tuple(PriceComponent.model_validate(part) for part in row.components),
            status=activity.status,
        ),
    )


def _changed(before: ActivityOut, body: ActivityPatch) -> dict[str, Any]:
    """The columns that a patch changes, once the activity that it makes was found sound."""
    values = {
        name: value
        for name, value in columns(body).items()
        if name in body.model_fields_set and (value is not None or name in NULLABLE)
    }
    _check_whole(before, body, set(values) - {"status"})
    return values


def _check_whole(before: ActivityOut, body: ActivityPatch, changed: set[str]) -> None:
    """Hold the activity as it will be to what holds for a new one."""
    whole = before.model_dump(exclude={"activity_id", "version", "status", "tariffed_from"}, mode="json")
    try:
        ActivityIn.model_validate(whole | body.model_dump(include=changed, mode="json"))
    except ValidationError as error:
        raise Unprocessable(
            "Certains champs sont à corriger.", errors=field_errors(error.errors())
        ) from error


async def _check_place(session: AsyncSession, site_id: UUID, label: str, *, but: UUID | None = None) -> None:
    """Raises ``FieldErrors`` unless the site is there and has no other activity of that name."""
    if await sites.site(session, site_id) is None:
        raise FieldErrors({"site_id": "Ce service n’existe pas."})
    if await repository.label_is_taken(session, site_id, label, but):
        raise FieldErrors({"label": "Une activité de ce service porte déjà ce nom."})


async def _audit(
    session: AsyncSession,
    agent: AgentCaller,
    action: str,
    activity_id: UUID,
    before: ActivityOut | None,
    after: ActivityOut,
) -> None:
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=activity_id,
        before=before.model_dump(mode="json") if before else None,
        after=after.model_dump(mode="json"),
    )
