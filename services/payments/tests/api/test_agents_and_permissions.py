"""What agents see and set, and who may call what."""

from datetime import date, timedelta

import pytest

from preau.common.http.permissions import routes_of, routes_without_permission
from preau.common.ids import new_id
from preau.payments.app import create_app
from preau.payments.settings import PaymentsSettings


def test_every_route_says_who_may_call_it(service):
    assert routes_without_permission(service.app) == []


def test_the_sandbox_bank_is_not_there_in_production():
    settings = PaymentsSettings(
        environment="production",
        database_url="postgresql://nobody@localhost/x",
        system_database_url="postgresql://nobody@localhost/x",
        broker_url="amqp://x",
        gateway_key="a-key-that-gateway-and-services-share",
    )
    app = create_app(settings)
    paths = [route.path for route in routes_of(app)]
    assert "/hooks/{provider}/{regie_id}" in paths
    assert not [path for path in paths if "sandbox" in path]
    assert "sandbox" not in app.state.provider_calls.providers


async def test_an_accountant_sees_the_communes_payments_by_status(town):
    payment = await town.start(await town.issue())
    await town.start(await town.issue())
    await town.at_bank(payment, "pay")
    await town.read(payment)
    accountant = town.service.agent(town.commune_id, "billing")
    client = town.service.client
    everything = (await client.get("/agent/payments", headers=accountant)).json()["items"]
    assert len(everything) == 2
    settled = (await client.get("/agent/payments?status=settled", headers=accountant)).json()["items"]
    assert [item["payment_id"] for item in settled] == [payment["payment_id"]]
    one = await client.get(f"/agent/payments/{payment['payment_id']}", headers=accountant)
    assert one.json()["received_cents"] == 1380

    elsewhere = town.service.agent(new_id(), "billing")
    assert (await client.get("/agent/payments", headers=elsewhere)).json()["items"] == []
    hidden = await client.get(f"/agent/payments/{payment['payment_id']}", headers=elsewhere)
    assert hidden.status_code == 404


async def test_payments_are_found_by_family_number_date_and_amount(town):
    invoice = await town.issue()
    small = await town.start(invoice)
    large = await town.start(await town.issue(total_cents=9000, regie_id=town.leisure))
    accountant = town.service.agent(town.commune_id, "billing")

    async def found(**query: object) -> list[str]:
        answer = await town.service.client.get("/agent/payments", headers=accountant, params=query)
        assert answer.status_code == 200, answer.text
        assert {item["family_label"] for item in answer.json()["items"]} <= {"Famille Martin"}
        return [item["payment_id"] for item in answer.json()["items"]]

    small_id, large_id = small["payment_id"], large["payment_id"]
    today = small["created_at"][:10]
    yesterday, tomorrow = (date.fromisoformat(today) + timedelta(days=days) for days in (-1, 1))
    assert await found() == [large_id, small_id]
    assert await found(sort="amount") == [small_id, large_id]
    assert await found(sort="-family", q="MARTIN famille") == [large_id, small_id]
    assert await found(q=invoice.number.lower()) == [small_id]
    assert await found(q="personne") == []
    assert await found(min_cents=1381) == [large_id]
    assert await found(max_cents=1380, family_id=town.family_id) == [small_id]
    assert await found(regie_id=town.leisure) == [large_id]
    assert await found(date_from=yesterday, date_to=tomorrow) == [large_id, small_id]
    assert await found(date_to=yesterday) == await found(date_from=tomorrow + timedelta(days=1)) == []


@pytest.mark.parametrize("path", ["/agent/payments", "/agent/regies/{regie}/provider"])
async def test_other_roles_and_parents_are_kept_out(town, path):
    path = path.format(regie=town.canteen)
    client = town.service.client
    clerk = town.service.agent(town.commune_id, "attendance")
    assert (await client.get(path, headers=clerk)).status_code == 403
    assert (await client.get(path, headers=town.parent)).status_code == 401
    assert (await client.get(path)).status_code == 401


async def test_an_agent_cannot_pay_as_a_parent(town):
    agent = town.service.agent(town.commune_id)
    assert (await town.service.client.get(town.path, headers=agent)).status_code == 401


async def test_the_provider_of_a_regie_is_chosen_and_recorded(town):
    client, path = town.service.client, f"/agent/regies/{town.canteen}/provider"
    admin = town.service.agent(town.commune_id)
    assert (await client.get(path, headers=admin)).json()["provider"] == "sandbox"
    chosen = await client.put(
        path, json={"provider": "sandbox", "options": {"client": "123456"}}, headers=admin
    )
    assert chosen.json()["options"] == {"client": "123456"}
    assert (await client.get(path, headers=admin)).json()["options"] == {"client": "123456"}
    recorded = await town.execute("SELECT action FROM audit_log WHERE entity_id = :id", id=town.canteen)
    assert recorded.scalar_one() == "regie.provider-chosen"

    unknown = await client.put(path, json={"provider": "payfip"}, headers=admin)
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["field"] == "provider"


async def test_an_agent_cannot_claim_the_regie_of_another_commune(town):
    client, path = town.service.client, f"/agent/regies/{town.canteen}/provider"
    stranger = town.service.agent(new_id())
    await client.put(path, json={"provider": "sandbox", "options": {"client": "666"}}, headers=stranger)
    admin = town.service.agent(town.commune_id)
    assert (await client.get(path, headers=admin)).json()["options"] == {}


async def test_a_regie_without_provider_takes_no_online_payment(town_with):
    town = await town_with(default_provider="")
    answer = await town.post_payment(await town.issue())
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/no-provider")


async def test_an_idempotency_key_is_asked_for(town):
    answer = await town.service.client.post(
        town.path, json={"invoice_ids": [str(new_id())]}, headers=town.parent
    )
    assert answer.status_code == 400
