"""The client of reservations: what is offered, calendars, baskets, bookings, orders and attendance."""

from __future__ import annotations

from datetime import date

from preau.gateway.api.calls import Body, Calls, FamilyCalls
from preau.gateway.api.models.reservations import (
    ActivitiesOut,
    ActivityOut,
    AddedOut,
    BasketOut,
    BookingOut,
    BookingsOut,
    CalendarOut,
    DeadlinePreviewOut,
    ListOut,
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

    async def basket(self) -> BasketOut:
        return await self._get(BasketOut, f"{self._family}/basket")

    async def empty_basket(self) -> None:
        await self._send("DELETE", f"{self._family}/basket")

    async def toggle(self, child_id: str, activity_id: str, day: date) -> AddedOut:
        """Put a day into the basket, or take it out."""
        line = {"child_id": child_id, "activity_id": activity_id, "date": day, "action": "toggle"}
        return await self._post(AddedOut, f"{self._family}/basket/lines", {"lines": [line]})

    async def remove_line(self, line_id: str) -> None:
        await self._send("DELETE", f"{self._family}/basket/lines/{line_id}")

    async def add_period(self, body: Body) -> AddedOut:
        return await self._post(AddedOut, f"{self._family}/period", body)

    async def bookings(self, first: date, last: date) -> BookingsOut:
        return await self._get(BookingsOut, f"{self._family}/bookings", from_=first, to=last)

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

    async def sites(self) -> SitesOut:
        return await self._get(SitesOut, "/agent/sites")

    async def add_site(self, body: Body) -> SiteOut:
        return await self._post(SiteOut, "/agent/sites", body)

    async def activities(self) -> ActivitiesOut:
        return await self._get(ActivitiesOut, "/agent/activities")

    async def activity(self, activity_id: str) -> ActivityOut:
        return await self._get(ActivityOut, f"/agent/activities/{activity_id}")

    async def change_activity(self, activity_id: str, body: Body) -> ActivityOut:
        return await self._patch(ActivityOut, f"/agent/activities/{activity_id}", body)

    async def deadline_preview(self, activity_id: str, first: date, last: date) -> DeadlinePreviewOut:
        path = f"/agent/activities/{activity_id}/deadline-preview"
        return await self._get(DeadlinePreviewOut, path, from_=first, to=last)

    async def slots(self, activity_id: str, first: date, last: date) -> SlotsOut:
        return await self._get(SlotsOut, f"/agent/activities/{activity_id}/slots", from_=first, to=last)

    async def set_capacity(self, activity_id: str, day: date, body: Body) -> SlotOut:
        return await self._put(SlotOut, f"/agent/activities/{activity_id}/slots/{day}", body)

    async def attendance(self, activity_id: str, day: date) -> ListOut:
        return await self._get(ListOut, "/agent/attendance", activity_id=activity_id, date=day)

    async def mark(self, body: Body) -> ListOut:
        return await self._post(ListOut, "/agent/attendance", body)

    async def bookings(
        self,
        *,
        status: str = "",
        date: str = "",
        activity_id: str = "",
        cursor: str = "",
        limit: int | None = None,
    ) -> PageQueuedBookingOut:
        return await self._get(
            PageQueuedBookingOut,
            "/agent/bookings",
            status=status,
            date=date,
            activity_id=activity_id,
            cursor=cursor,
            limit=limit,
        )

    async def book(self, body: Body, *, key: str) -> BookingOut:
        return await self._post(BookingOut, "/agent/bookings", body, key=key)

    async def cancel_booking(self, booking_id: str, body: Body) -> BookingOut:
        return await self._post(BookingOut, f"/agent/bookings/{booking_id}/cancellation", body)

    async def decide_booking(self, booking_id: str, body: Body) -> BookingOut:
        return await self._post(BookingOut, f"/agent/bookings/{booking_id}/decision", body)
