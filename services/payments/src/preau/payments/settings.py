"""What the payments service needs to know besides what every service does."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from preau.common.settings import ServiceSettings

_DAYS_LATER = tuple(timedelta(days=days) for days in (1, 2, 3, 4))


class PaymentsSettings(ServiceSettings):
    """Schedules, providers, and the sandbox bank (development only)."""

    recheck_after: tuple[timedelta, ...] = (
        timedelta(minutes=2),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(minutes=60),
        timedelta(hours=6),
        *_DAYS_LATER,
    )
    """The ages at which a payment that is not final is asked about; past the last one it has expired."""
    recheck_pause: timedelta = timedelta(seconds=1)
    """How often the due questions are looked for."""
    refund_pause: timedelta = timedelta(seconds=1)
    """How often refunds that were ordered are looked for; after an attempt in vain one waits five minutes."""
    ask_at_most_every: timedelta = timedelta(seconds=2)
    """A parent who reloads the page does not make us ask the provider more often than that."""
    provider_timeout: timedelta = timedelta(seconds=10)

    default_provider: Literal["", "sandbox"] = ""
    """Who collects for a régie without a agreement; the sandbox in development."""
    sandbox_secret: SecretStr = SecretStr("banque d’essai: aucun argent réel")
    """Signs the sandbox bank's notifications."""
    sandbox_hooks_url: str = ""
    """Where the sandbox bank posts its notifications; empty: ``<public_url>/hooks/payments``."""
    sandbox_lifetime: timedelta = timedelta(minutes=14)
    """A transaction that nobody decides expires after that: before a prepaid order's hold ends."""
    sandbox_notification_copies: int = Field(default=1, ge=0, le=100)
    """How often the sandbox bank posts each notification: 0 loses it, more repeats it (fault tests)."""
    sandbox_notification_delay: timedelta = timedelta(0)

    @model_validator(mode="after")
    def sandbox_stays_in_development(self) -> Self:
        """Play money must never pay a real invoice."""
        if not self.in_development and self.default_provider == "sandbox":
            raise ValueError("the sandbox provider is for development only")
        if self.in_development and "default_provider" not in self.model_fields_set:
            self.default_provider = "sandbox"
        return self
