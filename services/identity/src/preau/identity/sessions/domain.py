"""How long sessions last, and what a refresh token that is presented deserves. Pure: no clock of its own."""

from datetime import datetime, timedelta
from enum import Enum

PARENT_LIFETIME = timedelta(days=30)
AGENT_LIFETIME = timedelta(hours=12)
GRACE = timedelta(seconds=60)
"""How long a token that was exchanged is taken once more: two tabs refresh at once, an answer gets lost."""

KEY_LIFETIME = timedelta(days=30)
"""How long a key signs before the next one takes over."""
KEY_RETIREMENT = timedelta(hours=1)
"""How long a retired key is still published: longer than a token lives and than keys are cached."""


class Verdict(Enum):
    """What becomes of a refresh token."""

    ROTATE = "rotate"
    ENDED = "ended"
    STOLEN = "stolen"


def judge(
    *, rotated_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> Verdict:
    """A live session's token is exchanged; one that was exchanged too long ago is in two hands.

    RFC 9700, 4.14.2: reuse of a refresh token ends the session, for nobody knows which hand is the thief's.
    """
    if revoked_at is not None or expires_at <= now:
        return Verdict.ENDED
    if rotated_at is not None and now - rotated_at > GRACE:
        return Verdict.STOLEN
    return Verdict.ROTATE
