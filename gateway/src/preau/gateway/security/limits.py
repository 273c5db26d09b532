"""Limits of rate: by address, by account, and tighter where passwords and codes are tried."""

from preau.common.http.client_address import network_of
from preau.gateway.security.csrf import SAFE_METHODS
from preau.gateway.security.rate_limits import RateLimit
from preau.gateway.settings import GatewaySettings

BURST_SECONDS = 5
SIGN_IN_BURST = 60

GUESSED = (
    "/public/sessions",
    "/public/accounts",
    "/public/activations",
    "/public/email-confirmations",
    "/public/password-resets",
    "/public/agent-password-resets",
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

    def count_address(self, address: str) -> None:
        """Count a request from `address`, to a page or to a service."""
        self._address.take(network_of(address))

    def count_guess(self, address: str, method: str, service: str, path: str) -> None:
        """Count a call from `address`, by the API or by a page, if something can be guessed by it."""
        if (
            service == "identity"
            and method not in SAFE_METHODS
            and path.startswith(GUESSED)
            and not path.endswith("/refresh")
        ):
            self._sign_in.take(network_of(address))

    def count_account(self, account: str) -> None:
        """Count a request of a signed-in account (`Caller.counted_as`)."""
        self._account.take(account)
