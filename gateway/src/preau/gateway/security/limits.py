"""Limits at the door: by address, by account, and tighter where passwords and codes are tried."""

from preau.gateway.proxy.routes import Target
from preau.gateway.security.csrf import SAFE_METHODS
from preau.gateway.security.rate_limits import RateLimit
from preau.gateway.settings import GatewaySettings

BURST_SECONDS = 5
SIGN_IN_BURST = 60

GUESSED = (
    "/public/sessions",
    "/public/accounts",
    "/public/activations",
    "/parent/memberships",
    "/parent/account/password",
)
"""Identity's paths where a password, an e-mail, a link or a code can be guessed."""


class Limits:
    """Raises TooManyRequests with the seconds to wait."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._address = RateLimit(settings.address_rate, settings.address_rate * BURST_SECONDS)
        self._account = RateLimit(settings.account_rate, settings.account_rate * BURST_SECONDS)
        self._sign_in = RateLimit(settings.sign_in_rate, SIGN_IN_BURST)

    def count_address(self, address: str, target: Target | None, method: str) -> None:
        """Count a request from `address`, to a page (no target) or to a service."""
        self._address.take(address)
        if (
            target is not None
            and method not in SAFE_METHODS
            and target.service == "identity"
            and target.path.startswith(GUESSED)
            and not target.path.endswith("/refresh")
        ):
            self._sign_in.take(address)

    def count_guess(self, address: str) -> None:
        """Count an attempt to sign in or to register through a page."""
        self._sign_in.take(address)

    def count_account(self, account: str) -> None:
        """Count a request of a signed-in account."""
        self._account.take(account)
