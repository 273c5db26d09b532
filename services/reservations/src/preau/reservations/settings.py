"""Settings of the reservations service."""

from preau.common.settings import ServiceSettings


class ReservationsSettings(ServiceSettings):
    """What the reservations service needs to know; nothing beyond what each service does."""
