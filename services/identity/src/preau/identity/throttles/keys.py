"""What tries are counted by: hashes, so that the tables name nobody and no key grows with what is typed."""

import hashlib

from preau.common.http.client_address import network_of
from preau.identity.credentials.domain import email_key


def key_of(*parts: str) -> str:
    """The key of what ``parts`` name together."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def account_key(subject: str, email: str) -> str:
    """A login, whether or not it exists. Nothing else that a client sends may make two of it."""
    return key_of("account", subject, email_key(email))


def network_key(address: str) -> str:
    """The network of a client."""
    return key_of("network", network_of(address))
