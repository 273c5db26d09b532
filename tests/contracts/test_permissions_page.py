"""The page that says who may call what is that of the routes as they are."""

from tests.fleet import SERVICES
from tests.permissions_page import PAGE, page, rows_of


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text() == page(), "run `make docs`"


def test_every_row_says_who_and_what_is_seen() -> None:
    rows = [row for service in SERVICES for row in rows_of(service)]
    assert len(rows) > 100
    assert [row for row in rows if not all(row)] == []
