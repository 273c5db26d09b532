"""Settings of the requests service."""

from preau.common.settings import ServiceSettings


class RequestsSettings(ServiceSettings):
    """What the service needs besides the common settings."""

    documents_url: str = "file:var/documents"
    """Where documents lie: ``file:<folder>`` or ``s3://<bucket>/<prefix>``."""
    document_max_bytes: int = 10_000_000
    family_max_bytes: int = 200_000_000
    """What a family may keep in a commune, over all its documents."""
