"""Settings of a service: the environment with the prefix ``PREAU_``, or files of a secrets folder."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from preau.common.server.limits import ListeningSettings

SECRETS_FOLDER = Path(os.environ.get("PREAU_SECRETS_DIR", "/run/secrets"))
"""Where files named after settings stand for them."""


DEMONSTRATION_PASSWORD = "demonstration"  # noqa: S105 - public, and refused outside development
DEMO_PASSWORD = "demo-Preau-2026"  # noqa: S105 - of the demonstration's accounts, who are fictions


class _Settings(BaseSettings):
    """What every process of a service needs to know.

    URLs hold credentials and therefore come from the environment (``PREAU_DATABASE_URL``) or from a file
    named ``preau_database_url`` in the secrets folder (``PREAU_SECRETS_DIR``, default ``/run/secrets``).
    """

    model_config = SettingsConfigDict(
        env_prefix="PREAU_",
        secrets_dir=SECRETS_FOLDER if SECRETS_FOLDER.is_dir() else None,
        extra="ignore",
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = "production"
    log_level: str = "INFO"
    log_format: Literal["json", "console"] = "json"

    @property
    def in_development(self) -> bool:
        return self.environment == "development"

    def _refuse_demonstration(self, *urls: str) -> None:
        """The passwords of the demonstration are public: nothing real may rest on them."""
        if not self.in_development and any(f":{DEMONSTRATION_PASSWORD}@" in url for url in urls):
            raise ValueError("a password of the demonstration is refused outside development")


class MigrationSettings(_Settings):
    """What a migration needs to know: it holds the owner's password, and no service does."""

    owner_database_url: str
    """``postgresql://…`` with the role that owns the tables."""

    @model_validator(mode="after")
    def demonstration_passwords_stay_in_development(self) -> Self:
        self._refuse_demonstration(self.owner_database_url)
        return self


class ServiceSettings(ListeningSettings, _Settings):
    """What a service needs to know."""

    database_url: str
    """``postgresql://…`` with the role of the application, which owns nothing."""
    system_database_url: str
    """``postgresql://…`` with the role for work over all communes: relay, periodic work, sign-in."""
    database_pool_size: int = 10
    system_database_pool_size: int = 10
    database_statement_seconds: float = Field(default=5, gt=0)
    """How long a statement may take before its request is answered 503."""
    database_lock_seconds: float = Field(default=2, gt=0)
    """How long a statement may wait for what another one holds, before its request is answered 503."""
    event_log_months: int = Field(default=24, ge=0)
    """How many whole months the event log goes back; older ones are dropped. 0 keeps all, 12 is the least."""
    event_log_exports: str = ""
    """A folder that gets each month as a compressed CSV before it is dropped; none: dropped for good."""
    broker_url: str
    """``amqp://…``, or ``local:postgresql://…`` for the in-process adapter and its journal."""
    broker_management_url: str = ""
    """``http://host:15672`` of RabbitMQ: where the service sees, with the user of ``broker_url``, whether its
    bindings are there; without it they are not looked at."""
    topology_check_seconds: float = 60
    """How often the service looks whether its queues and bindings are at the broker."""
    relay_enabled: bool = True
    """Whether this process relays the outbox of its database."""
    jwks_url: str = ""
    """Where the identity service publishes the keys of its tokens."""
    gateway_key: str = ""
    """Shared with the gateway, which signs the client's address with it; required to serve routes outside
    development."""
    public_url: str = "http://localhost:8000"
    """The address that people see, for links in mails and returns from the bank."""

    @model_validator(mode="after")
    def demonstration_passwords_stay_in_development(self) -> Self:
        self._refuse_demonstration(self.database_url, self.system_database_url, self.broker_url)
        return self

    @field_validator("event_log_months")
    @classmethod
    def a_year_at_least(cls, months: int) -> int:
        """The database drops nothing younger than a year: say so at start, not at the first clean-up."""
        if 0 < months < 12:
            raise ValueError("the event log goes back 12 months at least (0: for ever)")
        return months
