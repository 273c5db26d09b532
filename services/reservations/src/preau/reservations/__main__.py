"""``python -m preau.reservations serve | migrate | demo-data``."""

from preau.common.run import service_main
from preau.reservations.app import create_app
from preau.reservations.demo.seed import seed
from preau.reservations.settings import ReservationsSettings

if __name__ == "__main__":
    service_main("reservations", ReservationsSettings, create_app, seed=seed)
