"""What a régie prints on its invoices is stated by agents, checked, and kept as it was printed."""

from datetime import date
from uuid import UUID

import pytest

from preau.billing import demo
from preau.billing.invoices import listing_repository
from preau.billing.regies import repository as regies

URL = f"/agent/regies/{demo.MEALS}"
SIRET = "213 801 855 00015"


async def change(town, **body):
    return await town.service.client.patch(URL, json=body, headers=town.agent)


async def test_an_agent_states_what_invoices_print(town):
    answer = await change(
        town, street="1 place de la République", postal_code="38000", city="Jolieville", siret=SIRET,
        payable_to="Régie", remedies="Deux mois\npour contester.", accounting_notice="Trésor",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert answer.json()["siret"] == "21380185500015"
    assert answer.json()["remedies"] == "Deux mois\npour contester."
    assert (await change(town, siret="")).json()["siret"] == ""


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("siret", "123", "14 chiffres"),
        ("siret", "21380185500016", "n’existe pas"),
        ("siret", "٢١٣٨٠١٨٥٥٠٠٠١٥", "14 chiffres"),
        ("remedies", "x" * 1501, ""),
        ("remedies", "a\u0000b", ""),
        ("street", "a\nb", ""),
        ("postal_code", "abc", "code postal"),
    ],
)
async def test_what_is_wrong_is_refused_by_its_field(module_town, field, value, says):
    before = (await module_town.service.client.get(URL, headers=module_town.agent)).json()
    answer = await change(module_town, **{field: value})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field and says in error["message"]
    assert (await module_town.service.client.get(URL, headers=module_town.agent)).json() == before


async def test_an_invoice_keeps_the_heading_that_it_was_drawn_up_with(town):
    family = await town.household("Martin")
    await change(town, street="Rue d’avant")
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    await town.issue(await town.run())
    (own,) = await town.invoices(family)
    await change(town, street="Rue d’après")
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        invoice = await listing_repository.any_of_commune(session, UUID(own["invoice_id"]))
        assert invoice is not None
        heading = await regies.heading(session, demo.MEALS, invoice.created_at)
    assert heading is not None and heading.street == "Rue d’avant"
