"""What a signed-in person is to the gateway."""

import base64
import binascii
import json
import time
from dataclasses import dataclass
from typing import Any, Literal, cast

from preau.gateway.api.models.identity import SessionOut

Subject = Literal["parent", "agent"]

EXPIRY_MARGIN_SECONDS = 30
"""An access token is renewed this long before it ends, so that none ends on its way to a service."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One family of one commune that the account reaches."""

    commune_id: str
    family_id: str
    guardian_id: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session as identity last described it; services verify `access_token`, the rest is for display."""

    subject: Subject
    session_id: str
    account_id: str
    display_name: str
    access_token: str
    refresh_token: str
    renew_at: float
    """`time.monotonic()` from which the access token is to be renewed."""
    memberships: tuple[Membership, ...] = ()
    commune_id: str | None = None
    roles: frozenset[str] = frozenset()

    def may(self, *roles: str) -> bool:
        """Whether an agent holds one of `roles`: services decide, this only hides what they would refuse."""
        return "admin" in self.roles or not self.roles.isdisjoint(roles)

    @property
    def is_fresh(self) -> bool:
        """Whether the access token still has time to reach a service."""
        return time.monotonic() < self.renew_at


def session_of(answer: SessionOut) -> Session:
    """Read identity's answer to a sign-in or a refresh.

    The token's claims are read without verifying its signature: it comes straight from identity.
    """
    claims = unverified_claims(answer.access_token)
    memberships = cast("list[dict[str, str]]", claims.get("memberships") or [])
    return Session(
        subject=answer.subject,
        session_id=answer.session_id,
        account_id=str(claims.get("sub", "")),
        display_name=answer.display_name,
        access_token=answer.access_token,
        refresh_token=answer.refresh_token,
        renew_at=time.monotonic() + max(answer.expires_in - EXPIRY_MARGIN_SECONDS, 1.0),
        memberships=tuple(
            Membership(each["commune_id"], each["family_id"], each["guardian_id"]) for each in memberships
        ),
        commune_id=claims.get("commune_id"),
        roles=frozenset(claims.get("roles") or ()),
    )


def unverified_claims(token: str) -> dict[str, Any]:
    """The claims of a JWT as it states them, {} when it is none. Never a ground to let somebody in."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", claims) if isinstance(claims, dict) else {}
