"""What the set-up job of the databases needs: a superuser, and a password for each role that it makes."""

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from preau.common.db.roles import Passwords
from preau.common.settings import DEMONSTRATION_PASSWORD
from preau.operations.services import SERVICES


class RolePasswords(BaseSettings):
    """The passwords of one service's roles: ``PREAU_DATABASE_PASSWORD_BILLING_OWNER`` …"""

    application: str = Field(min_length=1)
    system: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    audit: str = Field(min_length=1)


class DatabasesSettings(BaseSettings):
    """From the environment; it is the first job of all, and refuses for all of them what is not said."""

    model_config = SettingsConfigDict(env_prefix="PREAU_", extra="ignore", hide_input_in_errors=True)

    environment: Literal["development", "production"] = "production"
    wanted_environment: str = ""
    """What the operator says of the environment; the passwords say it too."""
    public_url: str = ""
    postgres_admin_url: str = Field(min_length=1)
    """``postgresql://user:password@host/postgres`` of a superuser."""

    @model_validator(mode="after")
    def nothing_is_left_to_a_default(self) -> Self:
        if self.wanted_environment not in {"", self.environment}:
            raise ValueError(
                f"PREAU_ENVIRONMENT says {self.wanted_environment}, the passwords are for {self.environment}:"
                " run make secrets, and set PREAU_SECRETS"
            )
        if self.environment == "production" and not self.public_url:
            raise ValueError("PREAU_PUBLIC_URL is not set: the address that families type")
        return self

    def passwords(self) -> dict[str, Passwords]:
        """By service. Raises ``ValidationError`` for one that is missing or, in production, public."""
        found: dict[str, Passwords] = {}
        for service in SERVICES:
            roles = RolePasswords(_env_prefix=f"PREAU_DATABASE_PASSWORD_{service.upper()}_")  # pyright: ignore[reportCallIssue]
            found[service] = Passwords(**roles.model_dump())
        public = any(DEMONSTRATION_PASSWORD in roles for roles in found.values())
        if self.environment == "production" and (
            public or f":{DEMONSTRATION_PASSWORD}@" in self.postgres_admin_url
        ):
            raise ValueError("a password of the demonstration is refused outside development")
        return found
