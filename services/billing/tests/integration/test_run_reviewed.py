"""What an agent looks at before issuing, and the families that are kept out of a run."""

from datetime import date
from typing import Any

from sqlalchemy import text

from preau.billing import demo
from preau.common.ids import new_id


async def run_of(town, run_id: str) -> dict[str, Any]:
    return (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()


async def review(town, run_id: str) -> dict[str, Any]:
    answer = await town.service.client.get(f"/agent/runs/{run_id}/review", headers=town.agent)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def aside(town, run_id: str, family, **body: str) -> Any:
    url = f"/agent/runs/{run_id}/families/{family.family_id}/set-aside"
    return await town.service.client.put(url, json=body, headers=town.agent)


async def back(town, run_id: str, family) -> Any:
    url = f"/agent/runs/{run_id}/families/{family.family_id}/set-aside"
    return await town.service.client.delete(url, headers=town.agent)


async def three(town) -> tuple[list[Any], str]:
    families = [await town.household(label, children=1) for label in ("Martin", "Durand", "Petit")]
    for family in families:
        await town.order(family, town.booking(family, date(2026, 3, 2)))
    return families, await town.run()


async def test_a_family_set_aside_is_not_issued_and_its_days_wait(town):
    (martin, durand, petit), run_id = await three(town)
    changed = await aside(town, run_id, durand, reason="Garde à éclaircir")
    assert changed.status_code == 200, changed.text
    assert (changed.json()["families"], changed.json()["total_cents"]) == (2, 520)
    run = await run_of(town, run_id)
    assert [(each["family_label"], each["reason"]) for each in run["set_aside"]] == [
        ("Durand", "Garde à éclaircir")
    ]
    assert run["left_to_issue"] == 2
    assert (await town.issue(run_id)).json()["invoices_issued"] == 2
    assert await town.invoices(durand) == [] and len(await town.invoices(martin)) == 1
    late = await aside(town, run_id, petit, reason="Trop tard")
    assert late.status_code == 409
    await town.service.forget_emitted()
    complement = await town.run(kind="complement")
    assert (await town.issue(complement)).json()["invoices_issued"] == 1
    assert [invoice["total_cents"] for invoice in await town.invoices(durand)] == [260]


async def test_a_family_set_aside_is_taken_up_again(town):
    (_, durand, _), run_id = await three(town)
    await aside(town, run_id, durand, reason="Garde à éclaircir")
    await town.service.forget_emitted()
    brought = await back(town, run_id, durand)
    assert (brought.status_code, brought.json()["status"]) == (202, "computing")
    await town.compute()
    run = await run_of(town, run_id)
    assert (run["status"], run["families"], run["total_cents"], run["set_aside"]) == ("computed", 3, 780, [])
    assert (await back(town, run_id, durand)).json()["status"] == "computed"
    assert (await town.issue(run_id)).json()["invoices_issued"] == 3


async def test_a_family_set_aside_stays_out_when_its_chunk_is_computed_again(town):
    (martin, durand, petit), run_id = await three(town)
    await aside(town, run_id, durand, reason="Garde à éclaircir")
    await town.service.forget_emitted()
    for family in (martin, durand, petit):
        await town.order(family, town.booking(family, date(2026, 3, 3)))
    await town.service.client.post(f"/agent/runs/{run_id}/recompute", headers=town.agent)
    await town.compute()
    run = await run_of(town, run_id)
    assert (run["status"], run["families"], run["total_cents"]) == ("computed", 2, 4 * 260)


async def test_a_reason_is_needed_and_a_family_of_the_run(town):
    (_, durand, _), run_id = await three(town)
    assert (await aside(town, run_id, durand, reason="")).status_code == 422
    other = await town.household("Ailleurs")
    assert (await aside(town, run_id, other, reason="Pas là")).status_code == 404
    assert (await run_of(town, run_id))["families"] == 3


async def test_what_differs_from_the_month_before_is_told(town):
    (martin, durand, _), first = await three(town)
    await town.issue(first)
    await town.service.forget_emitted()
    for day in range(1, 29):
        await town.order(martin, town.booking(martin, date(2026, 4, day)))
    await town.order(durand, town.booking(durand, date(2026, 4, 2)))
    run_id = await town.run("2026-04")
    told = await review(town, run_id)
    assert [(each["label"], each["now_cents"], each["before_cents"]) for each in told["families"]] == [
        ("Martin", 28 * 260, 260),
        ("Petit", 0, 260),
    ]
    (meals,) = told["activities"]
    assert (meals["now_quantity"], meals["before_quantity"]) == (29, 3)
    assert (meals["now_cents"], meals["before_cents"]) == (29 * 260, 3 * 260)
    odd = [(each["family_label"], each["kind"]) for each in (await run_of(town, run_id))["anomalies"]]
    assert odd == [("Martin", "far_from_last_month")]


async def test_a_day_whose_roll_was_done_in_part_is_told(town):
    (martin, durand, petit), _ = await three(town)
    others = [town.booking(family, date(2026, 3, 3)) for family in (martin, durand)]
    for family, booking in zip((martin, durand), others, strict=True):
        await town.order(family, booking)
    await town.order(petit, town.booking(petit, date(2026, 3, 4), activity=town.MERCREDI))
    run_id = (await town.service.client.get("/agent/runs", headers=town.agent)).json()["items"][0]["run_id"]
    assert (await review(town, run_id))["unmarked"] == [], "no roll is done at all: nothing lacks"
    await town.change(others[0], "attended")
    unmarked = (await review(town, run_id))["unmarked"]
    assert [(each["day"], each["children"]) for each in unmarked] == [("2026-03-02", 3), ("2026-03-03", 1)]


async def test_a_run_says_which_families_it_lacks(town):
    families, _ = await three(town)
    for family in families:
        await town.order(family, town.booking(family, date(2026, 4, 2)))
    await town.service.forget_emitted()
    run_id = (await town.begin_run("2026-04")).json()["run_id"]
    await town.compute_first()
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        await session.execute(text("UPDATE run_chunk SET tries = 2 WHERE status <> 'done'"))
    run = await run_of(town, run_id)
    assert (run["status"], run["chunks_done"], len(run["lacking"])) == ("computing", 1, 1)
    lacking = next(each for each in families if str(each.family_id) == run["lacking"][0]["family_id"])
    await town.service.client.post(f"/agent/runs/{run_id}/pause", headers=town.agent)
    assert (await aside(town, run_id, lacking, reason="Lot en échec")).status_code == 200
    await town.service.forget_emitted()
    await town.service.client.post(f"/agent/runs/{run_id}/resume", headers=town.agent)
    await town.compute()
    run = await run_of(town, run_id)
    assert (run["status"], run["families"], run["lacking"]) == ("computed", 2, [])


async def test_a_run_is_followed_until_it_no_longer_moves(town):
    _, run_id = await three(town)
    answer = await town.service.client.get(f"/agent/runs/{run_id}/progress", headers=town.agent)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.count("data:") == 1 and '"status":"computed"' in answer.text
    unknown = await town.service.client.get(f"/agent/runs/{new_id()}/progress", headers=town.agent)
    assert unknown.status_code == 404
