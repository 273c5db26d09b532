"""Settings of the billing service."""

from preau.common.settings import ServiceSettings


class BillingSettings(ServiceSettings):
    """What the billing service needs beyond what every service needs."""

    consume_chunks: bool = False
    """Whether the ``serve`` role computes chunks of runs itself; else only the ``worker`` role does."""
    chunk_families: int = 250
    """Families a chunk of a run."""
    chunk_lease_seconds: int = 60
    """How long a worker may take for a chunk before another takes it over."""
