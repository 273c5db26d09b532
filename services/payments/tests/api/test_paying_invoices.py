"""A parent selects invoices, pays on the bank's page, and comes back to a receipt."""

from datetime import timedelta

import pytest


async def test_two_invoices_are_paid_with_one_receipt(town):
    november, complement = await town.issue(1380), await town.issue(450)
    payment = await town.start(november, complement)
    assert payment["amount_cents"] == 1830
    assert payment["status"] == "redirected"
    assert payment["redirect_url"].startswith("http://localhost:8000/sandbox/bank/")

    back = await town.at_bank(payment, "pay")
    assert back.headers["location"] == (
        f"http://localhost:8000/paiements/retour?payment={payment['payment_id']}"
    )
    paid = await town.read(payment)
    assert paid["status"] == "settled"
    assert paid["redirect_url"] is None
    assert paid["receipt_number"].endswith("-000001")

    (event,) = await town.settled()
    assert event.amount_cents == 1830
    assert {part.invoice_id: part.amount_cents for part in event.allocations} == {
        november.invoice_id: 1380,
        complement.invoice_id: 450,
    }
    assert event.account_id == town.account_id
    assert event.receipt_number == paid["receipt_number"]
    assert str(event.aggregate_id) == payment["payment_id"]

    receipt = await town.service.client.get(
        f"{town.path}/{payment['payment_id']}/receipt", headers=town.parent
    )
    assert receipt.json()["payer_name"] == "Léa Martin"
    assert receipt.json()["commune_name"] == "Jolieville"
    assert receipt.json()["amount_cents"] == 1830


async def test_a_selection_over_two_regies_is_one_payment_each(town):
    meals, wednesday = await town.issue(1380), await town.issue(1100, town.leisure)
    answer = await town.post_payment(meals, wednesday)
    payments = answer.json()["payments"]
    assert [(p["regie_id"], p["amount_cents"]) for p in payments] == [
        (str(town.canteen), 1380),
        (str(town.leisure), 1100),
    ]
    for payment in payments:
        await town.at_bank(payment, "pay")
        assert (await town.read(payment))["receipt_number"].endswith("-000001")  # numbered per régie


async def test_the_return_alone_proves_nothing(town):
    payment = await town.start(await town.issue())
    assert (await town.read(payment))["status"] == "redirected"
    assert await town.settled() == []


async def test_a_refused_card_frees_the_invoice(town):
    invoice = await town.issue()
    payment = await town.start(invoice)
    await town.at_bank(payment, "refuse")
    assert (await town.read(payment))["status"] == "refused"
    (event,) = await town.failed()
    assert event.reason == "refused"
    again = await town.start(invoice)
    assert again["payment_id"] != payment["payment_id"]


async def test_giving_up_frees_the_invoice(town):
    invoice = await town.issue()
    payment = await town.start(invoice)
    await town.at_bank(payment, "cancel")
    assert (await town.read(payment))["status"] == "cancelled"
    assert [event.reason for event in await town.failed()] == ["cancelled"]
    await town.start(invoice)


async def test_a_paid_invoice_is_refused(town):
    invoice = await town.issue()
    payment = await town.start(invoice)
    await town.at_bank(payment, "pay")
    await town.read(payment)
    again = await town.post_payment(invoice)
    assert again.status_code == 409
    assert again.json()["type"].endswith("/invoice-already-paid")


async def test_the_same_key_gives_the_same_payment(town):
    invoice = await town.issue()
    first = await town.post_payment(invoice, key="one-click")
    second = await town.post_payment(invoice, key="one-click")
    assert first.json() == second.json()
    other = await town.post_payment(await town.issue(), key="one-click")
    assert other.status_code == 422


async def test_going_back_and_trying_again_resumes_the_payment(town):
    invoice = await town.issue()
    first, second = await town.start(invoice), await town.start(invoice)
    assert first["payment_id"] == second["payment_id"]
    assert first["redirect_url"] == second["redirect_url"]


async def test_another_selection_waits_until_the_payment_is_given_up(town):
    one, two = await town.issue(), await town.issue()
    payment = await town.start(one)
    refused = await town.post_payment(one, two)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/invoice-being-paid")
    assert refused.json()["payment_id"] == payment["payment_id"]

    given_up = await town.service.client.post(
        f"{town.path}/{payment['payment_id']}/cancellation", headers=town.parent
    )
    assert given_up.json()["status"] == "cancelled"
    assert (await town.start(one, two))["amount_cents"] == 2760


async def test_giving_up_what_was_paid_meanwhile_settles_it(town):
    payment = await town.start(await town.issue())
    await town.at_bank(payment, "pay")
    answer = await town.service.client.post(
        f"{town.path}/{payment['payment_id']}/cancellation", headers=town.parent
    )
    assert answer.json()["status"] == "settled"


async def test_an_invoice_on_its_way_is_not_yet_payable(town):
    answer = await town.post_payment(town.invoice())
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/not-yet-payable")
    assert answer.headers["retry-after"] == "1"


async def test_an_unknown_invoice_is_not_found(town):
    from uuid import UUID

    old = town.invoice(invoice_id=UUID("01900000-0000-7000-8000-00000000ffff"))
    assert (await town.post_payment(old)).status_code == 404


async def test_another_familys_invoice_and_payment_do_not_exist(town):
    from preau.common.ids import new_id

    theirs = await town.issue(family_id=new_id())
    assert (await town.post_payment(theirs)).status_code == 404

    payment = await town.start(await town.issue())
    stranger = town.neighbour()
    for path in ("", "/receipt"):
        url = f"{town.path}/{payment['payment_id']}{path}"
        assert (await town.service.client.get(url, headers=stranger)).status_code == 404


async def test_a_neighbour_cannot_read_the_payment_through_their_own_family(town):
    from preau.common.auth.subjects import Membership
    from preau.common.ids import new_id

    payment = await town.start(await town.issue())
    other_family = new_id()
    stranger = town.service.parent(Membership(town.commune_id, other_family, new_id()))
    url = f"/parent/families/{other_family}/payments/{payment['payment_id']}"
    for method, path in (("GET", url), ("GET", f"{url}/receipt"), ("POST", f"{url}/cancellation")):
        answer = await town.service.client.request(method, path, headers=stranger)
        assert answer.status_code == 404


async def test_a_return_path_leads_only_to_our_own_site(town):
    invoice = await town.issue()
    for path in ("//evil.example", "https://evil.example", "/a?b", "/\\evil.example", ""):
        assert (await town.post_payment(invoice, return_path=path)).status_code == 422


async def test_unknown_fields_are_refused(town):
    answer = await town.post_payment(await town.issue(), amount_cents=1)
    assert answer.status_code == 422


async def test_the_list_is_newest_first_and_paged(town):
    made = [await town.start(await town.issue()) for _ in range(3)]
    client = town.service.client
    first = (await client.get(town.path, params={"limit": 2}, headers=town.parent)).json()
    assert [item["payment_id"] for item in first["items"]] == [
        made[2]["payment_id"],
        made[1]["payment_id"],
    ]
    rest = (await client.get(town.path, params={"cursor": first["next_cursor"]}, headers=town.parent)).json()
    assert [item["payment_id"] for item in rest["items"]] == [made[0]["payment_id"]]
    assert rest["next_cursor"] is None


async def test_the_provider_is_not_asked_too_often(town):
    payment = await town.start(await town.issue())
    settings = town.service.app.state.settings
    settings.ask_at_most_every = timedelta(minutes=1)
    try:
        await town.read(payment)
        asked_at = (await town.row(payment))["asked_at"]
        await town.read(payment)
        assert (await town.row(payment))["asked_at"] == asked_at
    finally:
        settings.ask_at_most_every = timedelta(0)


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJ4Il0", "W251bGxd"])
async def test_a_forged_cursor_is_a_field_error(town, cursor):
    answer = await town.service.client.get(town.path, params={"cursor": cursor}, headers=town.parent)
    assert answer.status_code == 422
