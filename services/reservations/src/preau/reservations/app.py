"""The reservations service."""

from fastapi import FastAPI

from preau.common.app import build_app
from preau.common.messaging.broker import Broker
from preau.contracts import topology
from preau.reservations.activities.routes import router as activities
from preau.reservations.attendance.routes import router as attendance
from preau.reservations.basket.routes import router as basket
from preau.reservations.bookings.routes import router as bookings
from preau.reservations.calendars.routes import router as calendars
from preau.reservations.copies.consumers import COPIES
from preau.reservations.orders.closing import EXPIRE_HOLDS
from preau.reservations.orders.consumers import ORDERS
from preau.reservations.orders.routes import router as orders
from preau.reservations.settings import ReservationsSettings
from preau.reservations.sites.routes import router as sites
from preau.reservations.slots.routes import router as slots


def create_app(settings: ReservationsSettings, *, broker: Broker | None = None) -> FastAPI:
    """Build the service; ``broker`` is shared when several services run in one process."""
    return build_app(
        service="reservations",
        settings=settings,
        topology=topology.QUEUES,
        broker=broker,
        routers=[sites, activities, calendars, basket, orders, bookings, slots, attendance],
        subscriptions=[COPIES, ORDERS],
        periodic=[EXPIRE_HOLDS],
    )
