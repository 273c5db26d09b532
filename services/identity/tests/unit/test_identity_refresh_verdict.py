from datetime import UTC, datetime, timedelta

import pytest

from preau.identity.sessions.domain import GRACE, Verdict, judge

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("rotated_at", "revoked_at", "expires_at", "verdict"),
    [
        (None, None, LATER, Verdict.ROTATE),
        (NOW - GRACE, None, LATER, Verdict.ROTATE),
        (NOW - GRACE - timedelta(microseconds=1), None, LATER, Verdict.STOLEN),
        (None, NOW, LATER, Verdict.ENDED),
        (None, None, NOW, Verdict.ENDED),
        (NOW - timedelta(days=9), NOW - timedelta(days=1), LATER, Verdict.ENDED),
    ],
)
def test_what_a_token_deserves(rotated_at, revoked_at, expires_at, verdict) -> None:
    assert judge(rotated_at=rotated_at, revoked_at=revoked_at, expires_at=expires_at, now=NOW) is verdict
