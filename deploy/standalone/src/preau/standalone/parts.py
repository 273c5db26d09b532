"""The five services as the standalone sees them: how to set each up, start it and fill its demonstration."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from preau.billing.app import create_app as create_billing
from preau.billing.demo import seed as seed_billing
from preau.billing.settings import BillingSettings
from preau.common.db.database import Database
from preau.identity.app import create_app as create_identity
from preau.identity.demo import seed as seed_identity
from preau.identity.settings import IdentitySettings
from preau.payments.app import create_app as create_payments
from preau.payments.settings import PaymentsSettings
from preau.requests.app import create_app as create_requests
from preau.requests.demo import seed as seed_requests
from preau.requests.settings import RequestsSettings
from preau.reservations.app import create_app as create_reservations
from preau.reservations.demo.seed import seed as seed_reservations
from preau.reservations.settings import ReservationsSettings


@dataclass(frozen=True)
class Part:
    """One service: its settings, its app, and what fills its demonstration."""

    name: str
    settings: type[Any]
    create_app: Callable[..., FastAPI]
    seed: Callable[[Database], Coroutine[Any, Any, None]] | None = None

    @property
    def database(self) -> str:
        return f"preau_{self.name}"


PARTS: tuple[Part, ...] = (
    Part("identity", IdentitySettings, create_identity, seed_identity),
    Part("reservations", ReservationsSettings, create_reservations, seed_reservations),
    Part("billing", BillingSettings, create_billing, seed_billing),
    Part("payments", PaymentsSettings, create_payments),
    Part("requests", RequestsSettings, create_requests, seed_requests),
)
"""Identity first: the others verify tokens with its keys."""
