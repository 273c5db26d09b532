"""Sessions and the keys that sign for them, over HTTP."""

from typing import Literal

from preau.common.http.schemas import ResponseModel


class SessionStatusOut(ResponseModel):
    """Whether a session still stands."""

    active: bool


class PublicKey(ResponseModel):
    """A key that verifies signatures (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    kid: str
    alg: str
    use: str


class KeysOut(ResponseModel):
    """The public keys (RFC 7517)."""

    keys: list[PublicKey]
