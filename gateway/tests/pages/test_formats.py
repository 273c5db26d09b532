"""How pages write money, days and instants."""

import pytest

from preau.gateway.api.models.requests import AnswerLine
from preau.gateway.pages import formats

NBSP = "\N{NO-BREAK SPACE}"


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
        formats.answer(AnswerLine(name="n", label="l", kind="date", value="2026-12-01", text="2026-12-01"))
        == "1er décembre 2026"
    )
    assert (
        formats.answer(AnswerLine(name="n", label="l", kind="date", value="bientôt", text="bientôt"))
        == "bientôt"
    )
    phone = formats.answer(
        AnswerLine(name="n", label="l", kind="phone", value="0612345678", text="0612345678")
    )
    assert phone.replace(NBSP, " ") == "06 12 34 56 78"
