"""The reservations service."""

from fastapi import FastAPI

from preau.common.app import build_app
from preau.common.http.changes import router as journal
from preau.common.messaging.broker import Broker
from preau.contracts import topology
from preau.reservations.agenda.routes import router as agenda
from preau.reservations.attendance.routes import router as attendance
from preau.reservations.basket.routes import router as basket
from preau.reservations.bookings.routes import router as bookings
from preau.reservations.catalogue.offer import OfferBook
from preau.reservations.catalogue.routes import router as activities
from preau.reservations.catalogue.site_routes import router as sites
from preau.reservations.catalogue.slot_routes import router as slots
from preau.reservations.changes.routes import router as changes
from preau.reservations.closures.applying import APPLY_CLOSURES
from preau.reservations.closures.routes import router as closures
from preau.reservations.orders.holds import EXPIRE_HOLDS
from preau.reservations.orders.routes import router as orders
from preau.reservations.settings import ReservationsSettings
from preau.reservations.subscriptions import COPIES, DEBTS, ORDERS, TARIFFS


def create_app(settings: ReservationsSettings, *, broker: Broker | None = None) -> FastAPI:
    """Build the service; ``broker`` is shared when several services run in one process."""
    app = build_app(
        service="reservations",
        settings=settings,
        topology=topology.QUEUES,
        broker=broker,
        routers=[
            journal,
            sites,
            activities,
            slots,
            closures,
            agenda,
            basket,
            orders,
            bookings,
            changes,
            attendance,
        ],
        subscriptions=[COPIES, DEBTS, TARIFFS, ORDERS],
        periodic=[EXPIRE_HOLDS, APPLY_CLOSURES],
    )
    app.state.offers = OfferBook()
    return app
