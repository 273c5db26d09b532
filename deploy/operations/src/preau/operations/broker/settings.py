"""What the set-up job needs: the administrator's access, and a password for each user that it makes."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from preau.common.messaging.rabbitmq_rights import OPERATIONS, user_of
from preau.common.settings import DEMONSTRATION_PASSWORD

_SECRETS = Path(os.environ.get("PREAU_SECRETS_DIR", "/run/secrets"))


class BrokerSettings(BaseSettings):
    """From the environment (``PREAU_BROKER_PASSWORD_BILLING``), or a file of that name in small letters in
    the secrets folder; each password is that of ``PREAU_BROKER_URL`` of the service.
    """

    model_config = SettingsConfigDict(
        env_prefix="PREAU_",
        secrets_dir=_SECRETS if _SECRETS.is_dir() else None,
        extra="ignore",
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = "production"
    broker_admin_url: str
    """``http://user:password@rabbitmq:15672``: the management API, with an administrator of RabbitMQ."""
    broker_password_identity: str = Field(min_length=1)
    broker_password_reservations: str = Field(min_length=1)
    broker_password_billing: str = Field(min_length=1)
    broker_password_payments: str = Field(min_length=1)
    broker_password_requests: str = Field(min_length=1)
    broker_password_operations: str = Field(min_length=1)

    @model_validator(mode="after")
    def demonstration_passwords_stay_in_development(self) -> Self:
        """The passwords of the demonstration are public: nothing real may rest on them."""
        used = DEMONSTRATION_PASSWORD in self.passwords().values()
        if self.environment != "development" and (
            used or f":{DEMONSTRATION_PASSWORD}@" in self.broker_admin_url
        ):
            raise ValueError("a password of the demonstration is refused outside development")
        return self

    def passwords(self) -> dict[str, str]:
        """By the user's name."""
        return {
            user_of("identity"): self.broker_password_identity,
            user_of("reservations"): self.broker_password_reservations,
            user_of("billing"): self.broker_password_billing,
            user_of("payments"): self.broker_password_payments,
            user_of("requests"): self.broker_password_requests,
            OPERATIONS: self.broker_password_operations,
        }
