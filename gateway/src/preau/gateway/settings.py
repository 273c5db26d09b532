"""The gateway's settings, read from PREAU_… variables."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from preau.common.http.client_address import check_gateway_key, is_within
from preau.common.server.limits import ListeningSettings
from preau.common.settings import SECRETS_FOLDER

SERVICES = ("identity", "reservations", "billing", "payments", "requests")

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE


class GatewaySettings(ListeningSettings, BaseSettings):
    """Where the services are, what a client may use, and how long we wait. The gateway owns no database."""

    model_config = SettingsConfigDict(
        env_prefix="PREAU_",
        secrets_dir=SECRETS_FOLDER if SECRETS_FOLDER.is_dir() else None,
        extra="ignore",
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = "production"
    log_level: str = "INFO"
    log_format: Literal["json", "console"] = "json"
    public_url: str = "http://localhost:8000"
    """What families type; links and the CSRF check stand on it, never on the Host header alone."""

    identity_url: str = "http://127.0.0.1:8101"
    reservations_url: str = "http://127.0.0.1:8102"
    billing_url: str = "http://127.0.0.1:8103"
    payments_url: str = "http://127.0.0.1:8104"
    requests_url: str = "http://127.0.0.1:8105"

    payment_page_origins: list[str] = Field(
        default=[
            "https://www.payfip.gouv.fr",
            "https://www.tipi.budget.gouv.fr",
            "https://paiement.systempay.fr",
        ]
    )
    """Where a form of ours may lead by redirect (CSP form-action): the providers' payment pages."""

    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Addresses or networks of our own reverse proxies, with commas: what they append to X-Forwarded-For
    counts. By default none: the address is that of the connection."""
    gateway_key: str = ""
    """Shared with the services: signs the client's address for them. Required outside development."""
    connections_per_address: int = Field(default=250, ge=0)
    """Many phones share one address. A reverse proxy of ours may have as many as there are."""

    max_body_bytes: int = MEGABYTE
    max_document_bytes: int = 15 * MEGABYTE
    connect_seconds: float = 2.0
    answer_seconds: float = 30.0
    """The longest silence of a service that is borne, before its answer and inside it."""
    upstream_connections: int = 256
    """Connections a service; further requests wait `connect_seconds` for one, then get 503."""

    session_recheck_seconds: float = 30.0
    """Logout and password change end a session everywhere within twice this."""

    address_rate: float = 100.0
    """Requests a second from one address (many phones share one); 0: no limit. Burst: five seconds' worth."""
    account_rate: float = 20.0
    """Requests a second of one account; 0: no limit. Burst: five seconds' worth."""
    sign_in_rate: float = 2.0
    """Attempts a second from one address to sign in, register or use a code; 0: no limit. Burst: 60.
    Identity slows down by account besides; an address may be a whole school or carrier."""

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _with_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @model_validator(mode="after")
    def addresses_are_signed_outside_development(self) -> Self:
        """Services would take every client for one: the gateway."""
        check_gateway_key(self.gateway_key, in_development=self.development)
        return self

    def connections_of(self, peer: str) -> int:
        return 0 if is_within(peer, self.trusted_proxies) else super().connections_of(peer)

    @property
    def upstreams(self) -> dict[str, str]:
        """The root URL of each service, by its name."""
        return {
            "identity": self.identity_url.rstrip("/"),
            "reservations": self.reservations_url.rstrip("/"),
            "billing": self.billing_url.rstrip("/"),
            "payments": self.payments_url.rstrip("/"),
            "requests": self.requests_url.rstrip("/"),
        }

    @property
    def public_origin(self) -> str:
        """Scheme, host and port of `public_url`, as a browser writes them in Origin."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def development(self) -> bool:
        """Whether the sandbox bank and other twins are within reach."""
        return self.environment == "development"
