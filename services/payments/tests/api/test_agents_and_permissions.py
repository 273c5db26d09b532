"""What agents see and set, and who may call what."""

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
