"""``python -m preau.reservations serve | migrate | demo-data``."""

from preau.common.db.database import Database
from preau.common.run import service_main
from preau.reservations.app import create_app
from preau.reservations.demo.seed import seed
from preau.reservations.settings import ReservationsSettings


async def demo_data(settings: ReservationsSettings) -> None:
    """Fill the demonstration."""
    database = Database(settings.database_url)
    try:
        await seed(database)
    finally:
        await database.close()


if __name__ == "__main__":
    service_main("reservations", ReservationsSettings, create_app, demo_data=demo_data)
