import pytest

from preau.wording.documents import kind_shown, status_shown
from preau.wording.kinds import DOCUMENT as DOCUMENT_KIND
from preau.wording.kinds import INVOICE
from preau.wording.statuses import DOCUMENT


@pytest.mark.parametrize("kind", INVOICE)
def test_below_zero_everything_is_an_avoir(kind):
    assert INVOICE[kind_shown(kind, -1)] == "avoir"
    assert kind_shown(kind, 0) == kind


@pytest.mark.parametrize("kind", INVOICE)
def test_what_asks_for_money_is_no_avoir(kind):
    assert DOCUMENT_KIND[kind_shown(kind, 1)] == (
        "annulation d’avoir" if kind == "credit_note" else INVOICE[kind]
    )


@pytest.mark.parametrize("status", DOCUMENT)
def test_nobody_has_paid_an_avoir(status):
    assert DOCUMENT[status_shown(status, -1)] != "payée"
    assert status_shown(status, 1) == status
