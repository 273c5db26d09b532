"""How pages write money, days and instants."""

from datetime import UTC, date, datetime

import pytest

from preau.gateway.web import formats

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("cents", "text"),
    [(345, "3,45 €"), (0, "0,00 €"), (-750, "-7,50 €"), (None, "0,00 €")],
)
def test_money(cents, text):
    assert formats.money(cents).replace(NBSP, " ") == text


@pytest.mark.parametrize(
    ("value", "today", "text"),
    [
        ("2026-03-12", None, "jeudi 12 mars"),
        ("2026-05-01", None, "vendredi 1er mai"),
        (date(2027, 1, 4), "2026-12-20", "lundi 4 janvier 2027"),
        ("2026-03-11", "2026-03-01", "mercredi 11 mars"),
    ],
)
def test_day(value, today, text):
    assert formats.day(value, today) == text


def test_an_instant_is_told_in_civil_time_over_daylight_saving():
    assert formats.moment("2026-03-28T11:00:00Z").replace(NBSP, " ") == "samedi 28 mars à 12 h"
    assert formats.moment(datetime(2026, 3, 29, 10, 5, tzinfo=UTC)).replace(NBSP, " ").endswith("à 12 h 05")


def test_weeks_name_both_months_only_when_they_differ():
    assert formats.week_title(date(2026, 3, 16), date(2026, 3, 20)) == "du 16 au 20 mars 2026"
    assert formats.week_title(date(2026, 3, 30), date(2026, 4, 3)) == "du 30 mars au 3 avril 2026"
    assert formats.week_title(date(2026, 6, 1), date(2026, 6, 5)) == "du 1er au 5 juin 2026"


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (14, "14 jours avant l’échéance"),
        (1, "1 jour avant l’échéance"),
        (0, "à payer aujourd’hui"),
        (-1, "délai dépassé depuis 1 jour"),
        (-23, "délai dépassé depuis 23 jours"),
    ],
)
def test_days_to_the_due_date(days, text):
    assert formats.due_phrase(days) == text


def test_answers_read_by_their_kind():
    assert (
        formats.answer({"kind": "date", "value": "2026-12-01", "text": "2026-12-01"}) == "1er décembre 2026"
    )
    assert formats.answer({"kind": "date", "value": "bientôt", "text": "bientôt"}) == "bientôt"
    phone = formats.answer({"kind": "phone", "value": "0612345678", "text": "0612345678"})
    assert phone.replace(NBSP, " ") == "06 12 34 56 78"
