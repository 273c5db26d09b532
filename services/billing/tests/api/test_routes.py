"""Who may do what over HTTP, and what the answers look like."""

from datetime import date

import pytest_asyncio

from preau.billing import demo
from preau.common.http.permissions import routes_without_permission
from preau.common.ids import new_id


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def billed(module_town):
    town = module_town
    martin, durand = await town.household("Martin"), await town.household("Durand")
    for family in (martin, durand):
        await town.order(family, town.booking(family, date(2026, 3, 2)))
    assert (await town.issue(await town.run())).status_code == 200
    return town, martin, durand


async def test_every_route_declares_who_may(billed):
    assert routes_without_permission(billed[0].service.app) == []


async def test_another_family_s_invoice_does_not_exist(billed):
    town, martin, durand = billed
    (own,) = await town.invoices(martin)
    for family_id, invoice_id in (
        (durand.family_id, own["invoice_id"]),
        (martin.family_id, own["invoice_id"]),
        (durand.family_id, new_id()),
    ):
        for path in ("", "/pdf"):
            answer = await town.service.client.get(
                f"/parent/families/{family_id}/invoices/{invoice_id}{path}", headers=town.parent(durand)
            )
            assert answer.status_code == 404, path


async def test_an_agent_of_another_commune_sees_nothing(billed):
    town, martin, _ = billed
    (own,) = await town.invoices(martin)
    other = town.service.agent(demo.BEAUVAL, "billing")
    assert (await town.service.client.get("/agent/invoices", headers=other)).json()["items"] == []
    for path in (f"/agent/invoices/{own['invoice_id']}", f"/agent/invoices/{own['invoice_id']}/pdf"):
        assert (await town.service.client.get(path, headers=other)).status_code == 404
    codes = (await town.service.client.get("/agent/regies", headers=other)).json()["items"]
    assert [regie["code"] for regie in codes] == ["EN"]


async def test_only_billing_agents_bill(billed):
    town, martin, _ = billed
    attendance = town.service.agent(demo.JOLIEVILLE, "attendance")
    body = {"regie_id": str(demo.MEALS), "period": "2026-05"}
    for headers, status in ((attendance, 403), (town.parent(martin), 401), ({}, 401)):
        answer = await town.service.client.post("/agent/runs", json=body, headers=headers)
        assert answer.status_code == status


async def test_unknown_fields_are_refused(billed):
    town, _, _ = billed
    body = {"regie_id": str(demo.MEALS), "period": "2026-05", "status": "issued"}
    answer = await town.service.client.post("/agent/runs", json=body, headers=town.agent)
    assert answer.status_code == 422
    for period in ("2026-13", "2099-12"):
        body = {"regie_id": str(demo.MEALS), "period": period}
        answer = await town.service.client.post("/agent/runs", json=body, headers=town.agent)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["period"]


async def test_a_pdf_is_made_with_text_that_is_never_markup(billed):
    town, martin, _ = billed
    (own,) = await town.invoices(martin)
    answer = await town.service.client.get(
        f"/parent/families/{martin.family_id}/invoices/{own['invoice_id']}/pdf", headers=town.parent(martin)
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content.startswith(b"%PDF")


async def test_a_quote_tells_each_line_s_price_and_why(billed):
    town, martin, durand = billed
    lines = [
        {"child_id": str(martin.children[1]), "activity_id": str(activity), "date": "2026-03-11"}
        for activity in (town.REPAS, town.MERCREDI, demo.MEALS)
    ]
    url = f"/parent/families/{martin.family_id}/quotes"
    quote = (await town.service.client.post(url, json={"lines": lines}, headers=town.parent(martin))).json()
    assert [line["amount_cents"] for line in quote["lines"]] == [234, 675, None]
    assert quote["lines"][0]["explanation"].replace("\u00a0", " ") == (
        "QF 612 → tranche B 2,60 € ; 2e enfant −10 % → 2,34 €"
    )
    assert (quote["total_cents"], quote["prepaid_cents"]) == (909, 675)
    assert {regie["regie_label"]: regie["total_cents"] for regie in quote["by_regie"]} == {
        "Régie restauration scolaire": 234,
        "Régie accueils et loisirs": 675,
    }
    lines[0]["child_id"] = str(durand.children[0])
    answer = await town.service.client.post(url, json={"lines": lines}, headers=town.parent(martin))
    assert answer.json()["errors"][0]["field"] == "lines.0.child_id"


async def test_a_faulty_tariff_is_told_by_field(billed):
    town, _, _ = billed
    body = {
        "activity_id": str(town.REPAS),
        "effective_from": "2026-09-01",
        "definition": {
            "rows": [
                {
                    "price": {
                        "kind": "bands",
                        "bands": [
                            {"from": 0, "to": 400, "label": "A", "amount_cents": 120},
                            {"from": 500, "label": "B", "amount_cents": 260},
                        ],
                    }
                }
            ]
        },
    }
    answer = await town.service.client.post("/agent/tariffs", json=body, headers=town.agent)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "definition.rows.0.price.bands.1.from", "message": "Trou entre 400 et 500."}
    ]


async def test_a_tariff_is_tried_on_acts(billed):
    town, _, _ = billed
    rate = {"kind": "effort_rate", "rate": "0.0065", "floor_cents": 150, "ceiling_cents": 900}
    facts = [{"quotient": "612.50"}, {"quotient": None, "rank": 2}, {"quotient": 612, "units": 3}]
    body = {"definition": {"rows": [{"label": "tous", "price": rate}]}, "facts": facts}
    answer = await town.service.client.post("/agent/tariffs/quote", json=body, headers=town.agent)
    first, second, third = answer.json()["items"]
    assert [each["unit_cents"] for each in (first, second, third)] == [398, 900, 398]
    assert (first["row"], first["row_label"], second["quotient_is_missing"]) == (0, "tous", True)
    assert (third["quantity"], third["amount_cents"], third["total_cents"]) == (3, 1194, 1194)
    assert first["steps"][-1].startswith("arrondi")


async def test_stored_tariffs_are_tried_on_the_day_of_the_act(billed):
    town, _, _ = billed
    facts = [{"date": "2026-03-02", "quotient": 612}, {"date": "2020-03-02"}]
    body = {"activity_id": str(town.REPAS), "facts": facts}
    answer = await town.service.client.post("/agent/tariffs/quote", json=body, headers=town.agent)
    counts, none = answer.json()["items"]
    assert (counts["amount_cents"], none["amount_cents"], none["row"]) == (260, None, None)
    undated = await town.service.client.post(
        "/agent/tariffs/quote", json=body | {"facts": [{}]}, headers=town.agent
    )
    assert [error["field"] for error in undated.json()["errors"]] == ["facts.0.date"]
    for neither in ({"facts": [{}]}, body | {"definition": {"rows": []}}):
        answer = await town.service.client.post("/agent/tariffs/quote", json=neither, headers=town.agent)
        assert answer.status_code == 422


async def test_régies_are_added_changed_and_unique(billed):
    town, _, _ = billed
    body = {"code": "TR", "label": "Transport", "series_prefix": "TR", "due_days": 15}
    added = await town.service.client.post("/agent/regies", json=body, headers=town.agent)
    assert added.status_code == 201, added.text
    again = await town.service.client.post("/agent/regies", json=body, headers=town.agent)
    assert again.status_code == 422
    assert [error["field"] for error in again.json()["errors"]] == ["code", "series_prefix"]
    other_code = body | {"code": "TRB"}
    again = await town.service.client.post("/agent/regies", json=other_code, headers=town.agent)
    assert [error["field"] for error in again.json()["errors"]] == ["series_prefix"]
    url = f"/agent/regies/{added.json()['regie_id']}"
    changed = await town.service.client.patch(url, json={"due_days": 20}, headers=town.agent)
    assert changed.json()["due_days"] == 20
    prefix = await town.service.client.patch(url, json={"series_prefix": "X"}, headers=town.agent)
    assert prefix.status_code == 422


async def test_agents_find_invoices_and_turn_pages(billed):
    town, _, _ = billed
    found = await town.service.client.get("/agent/invoices?q=mart", headers=town.agent)
    assert [item["family_label"] for item in found.json()["items"]] == ["Martin"]
    first = (await town.service.client.get("/agent/invoices?limit=1", headers=town.agent)).json()
    second = (
        await town.service.client.get(
            f"/agent/invoices?limit=1&cursor={first['next_cursor']}", headers=town.agent
        )
    ).json()
    assert {first["items"][0]["family_label"], second["items"][0]["family_label"]} == {"Martin", "Durand"}
    assert second["next_cursor"] is None
    forged = await town.service.client.get("/agent/invoices?cursor=WzEsMl0", headers=town.agent)
    assert forged.status_code == 422


async def test_an_agent_cancels_an_invoice_once(town):
    family = await town.household("Martin")
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    await town.issue(await town.run())
    (invoice,) = await town.invoices(family)
    url = f"/agent/invoices/{invoice['invoice_id']}/cancellation"
    body = {"reason": "Erreur de saisie"}
    made = await town.service.client.post(url, json=body, headers=town.agent)
    assert made.status_code == 201, made.text
    assert made.json()["credit_note"]["total_cents"] == -260
    assert (await town.service.client.post(url, json=body, headers=town.agent)).status_code == 409
    note_url = f"/agent/invoices/{made.json()['credit_note']['invoice_id']}/cancellation"
    assert (await town.service.client.post(note_url, json=body, headers=town.agent)).status_code == 409
    # Its charges are open again.
    await town.service.forget_emitted()
    complement = await town.run(kind="complement")
    run = await town.service.client.get(f"/agent/runs/{complement}", headers=town.agent)
    assert run.json()["total_cents"] == 260


async def test_an_agent_reads_the_drafts_of_a_preview_and_parents_do_not(town):
    family = await town.household("Martin")
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    run_id = await town.run()
    (draft,) = (await town.service.client.get(f"/agent/runs/{run_id}/invoices", headers=town.agent)).json()[
        "items"
    ]
    detail = await town.service.client.get(f"/agent/invoices/{draft['invoice_id']}", headers=town.agent)
    assert (detail.json()["number"], detail.json()["status"]) == (None, "draft")
    assert detail.json()["lines"][0]["explanation"].startswith("QF 612")
    pdf = await town.service.client.get(f"/agent/invoices/{draft['invoice_id']}/pdf", headers=town.agent)
    assert pdf.status_code == 404
    assert (await town.service.client.get("/agent/invoices", headers=town.agent)).json()["items"] == []
    own = await town.service.client.get(
        f"/parent/families/{family.family_id}/invoices/{draft['invoice_id']}", headers=town.parent(family)
    )
    assert own.status_code == 404


async def test_control_characters_are_refused(billed):
    town, _, _ = billed
    body = {"code": "ZZ", "label": "a\x00b", "series_prefix": "ZZ"}
    assert (await town.service.client.post("/agent/regies", json=body, headers=town.agent)).status_code == 422
    found = await town.service.client.get("/agent/invoices", params={"q": "a\x00b"}, headers=town.agent)
    assert found.status_code == 422
