"""Settings of the billing service."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field

from preau.common.settings import ServiceSettings


class BillingSettings(ServiceSettings):
    """What the billing service needs beyond what every service needs."""

    consume_chunks: bool = False
    """Whether the ``serve`` role computes chunks of runs itself; else only the ``worker`` role does."""
    chunk_families: int = Field(default=1000, ge=1, le=2000)
    """Families a chunk of a run."""
    chunk_lease_seconds: int = Field(default=60, ge=1)
    """How long a worker may take for a chunk before another takes it over."""

    prints_url: str = "file:var/prints"
    """Where files of many invoices lie: shared by the ``serve`` and ``worker`` roles, a folder or S3."""

    @property
    def chunk_lease(self) -> timedelta:
        return timedelta(seconds=self.chunk_lease_seconds)


async def _settings(request: Request) -> BillingSettings:
    return request.app.state.settings


Settings = Annotated[BillingSettings, Depends(_settings)]
"""The settings, as a dependency of a route."""
