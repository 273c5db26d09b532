"""Days, months and instants as French sentences say them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from preau.wording import dates
from preau.wording.typography import NBSP, counted, sentence

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("value", "today", "text"),
    [
        ("2026-03-12", None, "jeudi 12 mars"),
        ("2026-05-01", None, "vendredi 1er mai"),
        (date(2027, 1, 4), "2026-12-20", "lundi 4 janvier 2027"),
        ("2026-03-11", "2026-03-01", "mercredi 11 mars"),
        ("2026-03-21", None, "samedi 21 mars"),
    ],
)
def test_day(value: date | str, today: str | None, text: str) -> None:
    assert dates.day(value, today) == text


def test_days_with_their_year() -> None:
    assert dates.weekday_date(date(2026, 3, 12)) == "jeudi 12 mars 2026"
    assert dates.full_date("2026-05-01T10:00:00Z") == "1er mai 2026"
    assert dates.full_date(datetime(2026, 5, 11, tzinfo=UTC)) == "11 mai 2026"
    assert dates.short_date("2026-05-01") == "01/05/2026"
    assert dates.weekday_short("2026-03-12") == "jeu."


def test_months() -> None:
    assert dates.month("2026-03") == "mars 2026"
    assert dates.month(date(2026, 8, 31)) == "août 2026"
    periods = ("2026-03", "2026-04", date(2026, 8, 1), "2026-10")
    told = ["de mars 2026", "d’avril 2026", "d’août 2026", "d’octobre 2026"]
    assert list(map(dates.of_period, periods)) == told
    assert [dates.month_name(number) for number in (1, 12)] == ["janvier", "décembre"]


@pytest.mark.parametrize(
    ("instant", "zone", "text"),
    [
        ("2026-03-28T11:00:00Z", PARIS, "samedi 28 mars à 12_h"),
        (datetime(2026, 3, 29, 10, 5, tzinfo=UTC), PARIS, "dimanche 29 mars à 12_h_05"),
        (datetime(2026, 1, 1, 12, 5, tzinfo=UTC), "Indian/Reunion", "jeudi 1er janvier à 16_h_05"),
        (datetime(2026, 1, 1, 2, 5, tzinfo=UTC), "America/Martinique", "mercredi 31 décembre à 22_h_05"),
    ],
)
def test_an_instant_is_said_in_civil_time(instant: datetime | str, zone: str, text: str) -> None:
    assert dates.moment(instant, zone) == text.replace("_", NBSP)


def test_an_instant_with_its_year() -> None:
    at = datetime(2026, 3, 10, 8, 5, tzinfo=UTC)
    assert dates.dated_moment(at, ZoneInfo(PARIS)) == f"mardi 10 mars 2026 à 9{NBSP}h{NBSP}05"
    assert dates.moment(at, PARIS, today="2027-01-01") == dates.dated_moment(at, PARIS)


def test_weeks_name_both_months_only_when_they_differ() -> None:
    assert dates.week_title(date(2026, 3, 16), date(2026, 3, 20)) == "du 16 au 20 mars 2026"
    assert dates.week_title(date(2026, 3, 30), date(2026, 4, 3)) == "du 30 mars au 3 avril 2026"
    assert dates.week_title(date(2026, 6, 1), date(2026, 6, 5)) == "du 1er au 5 juin 2026"


def test_days_from_one_to_another() -> None:
    assert dates.days_from_to("2026-03-16", "2026-03-16") == "le lundi 16 mars 2026"
    assert dates.days_from_to(date(2026, 3, 16), date(2026, 3, 20)) == (
        "du lundi 16 mars 2026 au vendredi 20 mars 2026"
    )


def test_lists_plurals_and_sentences() -> None:
    assert dates.and_list(["Léa"]) == "Léa"
    assert dates.and_list(["Léa", "Tom", "Inès"]) == "Léa, Tom et Inès"
    assert [counted(n, "facture", "factures").replace(NBSP, " ") for n in (0, 1, 2)] == [
        "0 facture",
        "1 facture",
        "2 factures",
    ]
    assert sentence("étude du dossier") == "Étude du dossier"
