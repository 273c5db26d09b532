"""The client of reservations: what is offered, calendars, baskets, bookings, orders and attendance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from preau.gateway.api.calls import Body, Calls, FamilyCalls
from preau.gateway.api.models.reservations import (
    ActivitiesOut,
    ActivityOut,
    AddedOut,
    AgendaOut,
    AheadOut,
    BasketOut,
    BookingOut,
    BookingsOut,
    CalendarOut,
    ChangePreviewOut,
    ChangesOut,
    ClosureOut,
    ClosuresOut,
    ConcernedOut,
    DeadlinePreviewOut,
    ListOut,
    MarkedOut,
    OfferOut,
    OrderOut,
    PageQueuedBookingOut,
    PlacedOrderOut,
    SiteOut,
    SitesOut,
    SlotOut,
    SlotsOut,
)


class FamilyReservations(FamilyCalls):
    """Of one family, for its parents."""

    service = "reservations"

    async def offer(self) -> OfferOut:
        """The sites of the commune with the activities that a parent may choose."""
        return await self._get(OfferOut, f"{self._family}/sites")

    async def calendar(self, site_id: str, child_id: str, first: date, last: date) -> CalendarOut:
        return await self._get(
            CalendarOut, f"{self._family}/calendar", site_id=site_id, child_id=child_id, from_=first, to=last
        )

    async def agenda(
        self, site_ids: Sequence[str], child_ids: Sequence[str], first: date, last: date
    ) -> AgendaOut:
        """The calendar of the first site and child that there are, and the basket of the same instant."""
        return await self._get(
            AgendaOut,
            f"{self._family}/agenda",
            site_id=list(site_ids),
            child_id=list(child_ids),
            from_=first,
            to=last,
        )

    async def ahead(self) -> AheadOut:
        """The coming days that are booked, the deadlines of the coming week, the basket in short."""
        return await self._get(AheadOut, f"{self._family}/ahead")

    async def basket(self) -> BasketOut:
        return await self._get(BasketOut, f"{self._family}/basket")

    async def empty_basket(self) -> None:
        await self._send("DELETE", f"{self._family}/basket")

    async def restore_basket(self) -> AddedOut:
        """Put back what was in the basket when it was emptied."""
        return await self._post(AddedOut, f"{self._family}/basket/restoration")

    async def put_lines(self, lines: Sequence[tuple[str, str, date, str]]) -> AddedOut:
        """Put days into the basket or take them out: child, activity, day, and what to do."""
        names = ("child_id", "activity_id", "date", "action")
        body = {"lines": [dict(zip(names, line, strict=True)) for line in lines]}
        return await self._post(AddedOut, f"{self._family}/basket/lines", body)

    async def remove_line(self, line_id: str) -> None:
        await self._send("DELETE", f"{self._family}/basket/lines/{line_id}")

    async def add_period(self, body: Body) -> AddedOut:
        return await self._post(AddedOut, f"{self._family}/period", body)

    async def bookings(self, first: date, last: date) -> BookingsOut:
        return await self._get(BookingsOut, f"{self._family}/bookings", from_=first, to=last)

    async def booking(self, booking_id: str) -> BookingOut:
        return await self._get(BookingOut, f"{self._family}/bookings/{booking_id}")

    async def cancel_booking(self, booking_id: str) -> BookingOut:
        """Cancelled, or asked for where an agent decides."""
        return await self._delete(BookingOut, f"{self._family}/bookings/{booking_id}")

    async def place_order(self, *, key: str | None) -> PlacedOrderOut:
        """Validate the whole basket."""
        return await self._post(PlacedOrderOut, f"{self._family}/orders", key=key)

    async def order(self, order_id: str) -> OrderOut:
        return await self._get(OrderOut, f"{self._family}/orders/{order_id}")


class AgentReservations(Calls):
    """Of the commune, for its agents."""

    service = "reservations"

    async def changes(self, record_id: str) -> ChangesOut:
        """Who changed a record, the last change first."""
        return await self._get(ChangesOut, "/agent/changes", record_id=record_id, limit=1)

    async def sites(self) -> SitesOut:
        return await self._get(SitesOut, "/agent/sites")

    async def site(self, site_id: str) -> SiteOut:
        return await self._get(SiteOut, f"/agent/sites/{site_id}")

    async def add_site(self, body: Body) -> SiteOut:
        return await self._post(SiteOut, "/agent/sites", body)

    async def change_site(self, site_id: str, body: Body, *, seen: int) -> SiteOut:
        return await self._patch(SiteOut, f"/agent/sites/{site_id}", body, seen=seen)

    async def activities(self) -> ActivitiesOut:
        return await self._get(ActivitiesOut, "/agent/activities")

    async def activity(self, activity_id: str) -> ActivityOut:
        return await self._get(ActivityOut, f"/agent/activities/{activity_id}")

    async def change_activity(self, activity_id: str, body: Body, *, seen: int) -> ActivityOut:
        return await self._patch(ActivityOut, f"/agent/activities/{activity_id}", body, seen=seen)

    async def deadline_preview(self, activity_id: str, first: date, last: date) -> DeadlinePreviewOut:
        path = f"/agent/activities/{activity_id}/deadline-preview"
        return await self._get(DeadlinePreviewOut, path, from_=first, to=last)

    async def preview_change(self, activity_id: str, body: Body) -> ChangePreviewOut:
        """What a change of an activity would do; nothing is written."""
        return await self._post(ChangePreviewOut, f"/agent/activities/{activity_id}/change-preview", body)

    async def slots(self, activity_id: str, first: date, last: date) -> SlotsOut:
        return await self._get(SlotsOut, f"/agent/activities/{activity_id}/slots", from_=first, to=last)

    async def set_capacity(self, activity_id: str, day: date, body: Body, *, seen: int) -> SlotOut:
        """Set the places of a day, of which ``seen`` were seen."""
        return await self._put(SlotOut, f"/agent/activities/{activity_id}/slots/{day}", body, seen=seen)

    async def closures(self, since: date) -> ClosuresOut:
        """What agents entered, as far as it ends ``since`` then."""
        return await self._get(ClosuresOut, "/agent/closures", from_=since)

    async def preview_closure(self, body: Body) -> ConcernedOut:
        """What a closure would free; nothing is written."""
        return await self._post(ConcernedOut, "/agent/closures/preview", body)

    async def add_closure(self, body: Body) -> ClosureOut:
        return await self._post(ClosureOut, "/agent/closures", body)

    async def remove_closure(self, closure_id: str) -> None:
        await self._send("DELETE", f"/agent/closures/{closure_id}")

    async def attendance(self, activity_id: str, day: date) -> ListOut:
        return await self._get(ListOut, "/agent/attendance", activity_id=activity_id, date=day)

    async def mark(self, body: Body) -> MarkedOut:
        return await self._post(MarkedOut, "/agent/attendance", body)

    async def bookings(
        self,
        *,
        q: str = "",
        status: str = "",
        date_from: str = "",
        date_to: str = "",
        activity_id: str = "",
        family_id: str = "",
        child_id: str = "",
        sort: str = "",
        cursor: str = "",
        limit: int | None = None,
    ) -> PageQueuedBookingOut:
        """The bookings in the order in which they were made; ``q`` searches children and families."""
        return await self._get(
            PageQueuedBookingOut,
            "/agent/bookings",
            q=q,
            status=status,
            date_from=date_from,
            date_to=date_to,
            activity_id=activity_id,
            family_id=family_id,
            child_id=child_id,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )

    async def book(self, body: Body, *, key: str) -> BookingOut:
        return await self._post(BookingOut, "/agent/bookings", body, key=key)

    async def cancel_booking(self, booking_id: str, body: Body) -> BookingOut:
        return await self._post(BookingOut, f"/agent/bookings/{booking_id}/cancellation", body)

    async def decide_booking(self, booking_id: str, body: Body) -> BookingOut:
        return await self._post(BookingOut, f"/agent/bookings/{booking_id}/decision", body)
