"""The clock once the slot is ours decides: waiting for it may have taken the order past a cut-off."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from preau.reservations.bookings.domain import Wish
from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.catalogue.domain import Activity
from preau.reservations.copies.domain import ChildRecord, CommuneRecord
from preau.reservations.deadlines.domain import SameDay
from preau.reservations.rules.context import BookingContext

CHILD, ACTIVITY, COMMUNE = uuid4(), uuid4(), uuid4()
DAY = date(2026, 11, 26)
CUT_OFF = datetime(2026, 11, 26, 9, tzinfo=UTC)
CONTEXT = BookingContext(
    now=CUT_OFF - timedelta(seconds=1),
    commune=CommuneRecord(COMMUNE, "Jolieville"),
    calendar=CommuneCalendar(ZoneInfo("Europe/Paris")),
    family_is_active=True,
    children={CHILD: ChildRecord(CHILD, uuid4(), "Zoé", "Martin", date(2018, 3, 1))},
    activities={
        ACTIVITY: Activity(
            activity_id=ACTIVITY,
            commune_id=COMMUNE,
            site_id=uuid4(),
            site_label="Cantine",
            label="Repas",
            regie_id=uuid4(),
            default_capacity=10,
            booking_deadline=SameDay(at="10:00"),
            cancellation_deadline=SameDay(at="10:00"),
        )
    },
    bookings={},
    places={},
)


@pytest.mark.parametrize("action", ["book", "cancel"])
def test_a_cut_off_that_passed_while_waiting_refuses(action):
    wish = Wish(CHILD, ACTIVITY, DAY, action)
    assert CONTEXT.at(CUT_OFF - timedelta(microseconds=1)).late([wish]) == []
    [late] = CONTEXT.at(CUT_OFF).late([wish])
    assert late.refusal.rule.endswith("-deadline")
    assert late.refusal.cut_off == CUT_OFF
