"""Many invoices in one file: chosen by delivery, rendered by workers, begun again where one was killed."""

from base64 import b64encode
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import obstore
import pikepdf
import pytest
from PIL import Image

from preau.billing import demo
from preau.billing.prints import rendering, repository, service
from preau.billing.prints.schemas import PrintIn
from preau.common.ids import new_id
from preau.testing.town import commune_event
from preau.testing.waiting import eventually


async def billed(town, *labels: str, online: tuple[str, ...] = ()) -> str:
    """An issued run of these families; those of ``online`` have an account. Its id."""
    for label in labels:
        family = await town.household(label, has_account=label in online)
        await town.order(family, town.booking(family, date(2026, 3, 2)))
    run_id = await town.run()
    assert (await town.issue(run_id)).status_code == 200
    return run_id


async def begun(town, key: str = "", **body):
    headers = town.agent | {"Idempotency-Key": key or str(new_id())}
    return await town.service.client.post("/agent/prints", json=body, headers=headers)


async def printed(town, print_id: str) -> pikepdf.Pdf:
    url = f"/agent/prints/{print_id}"

    async def ready() -> bool:
        return (await town.service.client.get(url, headers=town.agent)).json()["status"] == "ready"

    await eventually(ready, "the print is ready")
    answer = await town.service.client.get(f"{url}/pdf", headers=town.agent)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    return pikepdf.open(BytesIO(answer.content))


@pytest.mark.parametrize("at_once", [1, 100])
async def test_a_run_is_printed_for_whom_no_mail_reaches(town, at_once, monkeypatch):
    monkeypatch.setattr(service, "AT_ONCE", at_once)
    run_id = await billed(town, "Martin", "Durand", "Petit", online=("Durand",))
    for delivery, pages in (("paper", 2), ("all", 3)):
        answer = await begun(town, run_id=run_id, delivery=delivery)
        assert answer.status_code == 202, answer.text
        assert answer.json()["invoices"] == pages
        assert len((await printed(town, answer.json()["print_id"])).pages) == pages
    store = town.service.app.state.prints
    left = [entry async for batch in obstore.list(store, prefix="prints") for entry in batch]
    assert len(left) == 2, "the chunks are cleared once they are joined"


async def test_what_is_printed_bears_the_logo_of_its_commune(town):
    logo = BytesIO()
    Image.new("RGB", (40, 20), (10, 90, 60)).save(logo, format="PNG")
    told = commune_event(demo.JOLIEVILLE, logo=b64encode(logo.getvalue()).decode(), aggregate_version=7)
    await town.service.deliver(told)
    run_id = await billed(town, "Martin")
    file = await printed(town, (await begun(town, run_id=run_id)).json()["print_id"])
    (invoice,) = (await town.service.client.get("/agent/invoices", headers=town.agent)).json()["items"]
    url = f"/agent/invoices/{invoice['invoice_id']}/pdf"
    alone = pikepdf.open(BytesIO((await town.service.client.get(url, headers=town.agent)).content))
    for pdf in (file, alone):
        widths = {int(each.Width) for each in pdf.pages[0].Resources["/XObject"].values()}
        assert 40 in widths


async def test_the_same_key_begins_one_print(town):
    run_id = await billed(town, "Martin")
    first = await begun(town, key="one-print", run_id=run_id)
    again = await begun(town, key="one-print", run_id=run_id)
    assert first.json()["print_id"] == again.json()["print_id"]
    listed = await town.service.client.get("/agent/prints", headers=town.agent)
    assert len(listed.json()["items"]) == 1


async def test_nothing_to_print_is_told(town, monkeypatch):
    run_id = await billed(town, "Martin", online=("Martin",))
    for body in ({"run_id": run_id}, {"period": "2020-01", "delivery": "all"}, {"run_id": str(new_id())}):
        answer = await begun(town, **body)
        assert answer.status_code == 409 and answer.json()["type"].endswith("nothing-to-print")
    assert (await begun(town, period="2026-13")).status_code == 422
    monkeypatch.setattr(service, "MOST", 0)
    answer = await begun(town, run_id=run_id, delivery="all")
    assert answer.status_code == 409 and answer.json()["type"].endswith("too-many-to-print")


async def test_another_commune_neither_sees_nor_fetches_it(town):
    run_id = await billed(town, "Martin")
    print_id = (await begun(town, run_id=run_id)).json()["print_id"]
    await printed(town, print_id)
    other = town.service.agent(demo.BEAUVAL, "billing")
    for path in ("", "/pdf"):
        answer = await town.service.client.get(f"/agent/prints/{print_id}{path}", headers=other)
        assert answer.status_code == 404
    assert (await town.service.client.get("/agent/prints", headers=other)).json()["items"] == []
    headers = other | {"Idempotency-Key": str(new_id())}
    answer = await town.service.client.post("/agent/prints", json={"run_id": run_id}, headers=headers)
    assert answer.status_code == 409


async def test_a_chunk_whose_worker_was_killed_is_rendered_by_another(town):
    run_id = await billed(town, "Martin")
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        job = await service.begin(session, demo.JOLIEVILLE, PrintIn(run_id=UUID(run_id)))
        killed = await repository.claim(session, timedelta(seconds=1))
        print_id = job.print_id
    assert killed is not None and killed.print_id == print_id
    assert len((await printed(town, str(print_id))).pages) == 1


async def test_a_chunk_is_one_worker_s_until_its_lease_ends(town):
    run_id = await billed(town, "Martin")
    lapsed, lease = timedelta(seconds=-1), timedelta(minutes=1)
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        await service.begin(session, demo.JOLIEVILLE, PrintIn(run_id=UUID(run_id)))
        late = await repository.claim(session, lapsed)
        present = await repository.claim(session, lease)
        assert late is not None and present is not None
        assert await repository.claim(session, lease) is None
        assert not await repository.keep_chunk(session, late, "prints/late")
        assert await repository.keep_chunk(session, present, "prints/present")
        assert not await repository.keep_chunk(session, present, "prints/again")


async def test_a_print_that_fails_time_and_again_ends(town, monkeypatch):
    monkeypatch.setattr(repository, "MOST_TRIES", 1)
    run_id = await billed(town, "Martin")
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        job = await service.begin(session, demo.JOLIEVILLE, PrintIn(run_id=UUID(run_id)))
        await repository.claim(session, timedelta(seconds=1))
        url = f"/agent/prints/{job.print_id}"

    async def ended() -> bool:
        return (await town.service.client.get(url, headers=town.agent)).json()["status"] == "failed"

    await eventually(ended, "it is given up")
    assert (await town.service.client.get(f"{url}/pdf", headers=town.agent)).status_code == 409


async def test_old_prints_and_files_of_nobody_are_cleared(town, monkeypatch):
    run_id = await billed(town, "Martin")
    await printed(town, (await begun(town, run_id=run_id)).json()["print_id"])
    store, database = town.service.app.state.prints, town.service.database
    await obstore.put_async(store, "prints/nobody", b"x")
    monkeypatch.setattr(rendering, "ORPHAN_AFTER", timedelta(seconds=-60))
    await rendering.sweep(database, store)
    left = [entry async for batch in obstore.list(store, prefix="prints") for entry in batch]
    assert len(left) == 1
    monkeypatch.setattr(rendering, "KEPT", timedelta(seconds=-60))
    await rendering.sweep(database, store)
    assert [entry async for batch in obstore.list(store, prefix="prints") for entry in batch] == []
