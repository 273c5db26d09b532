"""Access tokens: what they say of their subject. Five minutes; services verify them by the published keys."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OKPKey

from preau.common.auth.tokens import (
    AGENT_AUDIENCE,
    ALGORITHM,
    ISSUER,
    LIFETIME_SECONDS,
    PARENT_AUDIENCE,
)


def parent_token(
    key: OKPKey, *, account_id: UUID, session_id: UUID, memberships: Sequence[dict[str, str]]
) -> str:
    """The token of a parent: which families are theirs."""
    return _signed(
        key, aud=PARENT_AUDIENCE, sub=str(account_id), sid=str(session_id), memberships=[*memberships]
    )


def agent_token(
    key: OKPKey,
    *,
    agent_id: UUID,
    session_id: UUID,
    commune_id: UUID,
    roles: Sequence[str],
    name: str,
) -> str:
    """The token of an agent: which commune, which roles."""
    return _signed(
        key,
        aud=AGENT_AUDIENCE,
        sub=str(agent_id),
        sid=str(session_id),
        commune_id=str(commune_id),
        roles=sorted(roles),
        name=name,
    )


def _signed(key: OKPKey, **claims: Any) -> str:
    now = int(time.time())
    return jwt.encode(
        {"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"},
        {"iss": ISSUER, "iat": now, "exp": now + LIFETIME_SECONDS, **claims},
        key,
        algorithms=[ALGORITHM],
    )
