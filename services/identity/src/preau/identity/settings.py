"""The settings of the identity service: environment variables with the prefix ``PREAU_``."""

from typing import Annotated

from fastapi import Depends, Request

from preau.common.settings import ServiceSettings


class IdentitySettings(ServiceSettings):
    """What the operator sets.

    ``smtp_url`` is ``smtp://user:password@host:587`` (STARTTLS when the server offers it) or ``smtps://``;
    without it, mails go to the sandbox, which exists in development only. ``challenge_cost`` is the number of
    PBKDF2 rounds a try of the human check (some 256 tries on average).
    """

    smtp_url: str = ""
    mail_sender: str = "ne-pas-repondre@preau.example"
    challenge_cost: int | None = None

    @property
    def effective_challenge_cost(self) -> int:
        """The cost that was set, else what a phone pays in a second or two; little in development."""
        if self.challenge_cost is not None:
            return self.challenge_cost
        return 50 if self.in_development else 5_000


async def _settings(request: Request) -> IdentitySettings:
    return request.app.state.settings


Settings = Annotated[IdentitySettings, Depends(_settings)]
"""The settings that the service runs with, for its routes."""
