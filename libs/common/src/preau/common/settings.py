"""Settings of a service: the environment with the prefix ``PREAU_``, or files of a secrets folder."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from preau.common.server.limits import ListeningSettings

SECRETS_FOLDER = Path(os.environ.get("PREAU_SECRETS_DIR", "/run/secrets"))
"""Where files named after settings stand for them."""


DEMONSTRATION_PASSWORD = "demonstration"  # noqa: S105 - public, and refused outside development
DEMO_PASSWORD = "demo-Preau-2026"  # noqa: S105 - of the demonstration's accounts, who are fictions


class ServiceSettings(ListeningSettings, BaseSettings):
    """What every service needs to know.

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
    database_url: str
    """``postgresql://…`` with the role of the application, which owns nothing."""
    owner_database_url: str = ""
    """``postgresql://…`` with the role that owns the tables: only migrations use it."""
    database_pool_size: int = 10
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
    log_level: str = "INFO"
    log_format: Literal["json", "console"] = "json"

    @model_validator(mode="after")
    def demonstration_passwords_stay_in_development(self) -> Self:
        """The passwords of the demonstration are public: nothing real may rest on them."""
        urls = (self.database_url, self.owner_database_url, self.broker_url)
        if not self.in_development and any(f":{DEMONSTRATION_PASSWORD}@" in url for url in urls):
            raise ValueError("a password of the demonstration is refused outside development")
        return self

    @property
    def in_development(self) -> bool:
        return self.environment == "development"
