"""HTTP clients of what a test runs on this machine."""

import ssl

import httpx2

TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For plain HTTP: left to itself, each client reads all the certificates that the system trusts, in 20 ms."""


def client_of(url: str, timeout: float = 30) -> httpx2.AsyncClient:
    """A client of the server at ``url``, without TLS."""
    return httpx2.AsyncClient(base_url=url, timeout=timeout, verify=TRUSTING_NOBODY)
