import hashlib
from io import BytesIO

from PIL import Image

from preau.testing.services import ServiceUnderTest


def photo(side: int = 50) -> bytes:
    written = BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(written, "PNG")
    return written.getvalue()


async def test_a_document_comes_back_as_a_file_to_save(family) -> None:
    given = await family.upload(photo(), "../photo d’identité.html")
    assert given.status_code == 201, given.text
    about = given.json()
    assert (about["filename"], about["media_type"]) == ("photo d’identité.png", "image/png")
    got = await family.get(f"documents/{about['document_id']}")
    assert got.status_code == 200
    assert hashlib.sha256(got.content).hexdigest() == about["sha256"]
    assert len(got.content) == about["size"] == int(got.headers["content-length"])
    assert got.headers["content-type"] == "image/png"
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "private, no-store"
    [listed] = (await family.get("documents")).json()["items"]
    assert listed == about
    assert "object_key" not in about


async def test_what_is_refused_says_why(family) -> None:
    answer = await family.upload(b"<svg onload='alert(1)'/>", "photo.png")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/document-refused")
    assert "PDF" in answer.json()["detail"]
    assert answer.json()["errors"][0]["field"] == "file"
    assert (await family.get("documents")).json()["items"] == []


async def test_a_file_beyond_the_limit_is_refused_by_what_it_declares(family) -> None:
    answer = await family.upload(b"\xff\xd8\xff" + b"\0" * 2_100_000)
    assert answer.status_code == 413
    assert "2 Mo" in answer.json()["detail"]


async def test_a_form_that_lacks_something_is_told_by_field(service: ServiceUnderTest, family) -> None:
    url, headers = family.url("documents"), family.headers
    no_file = await service.client.post(url, headers=headers, files={"kind": (None, "identity")})
    assert no_file.json()["errors"][0]["field"] == "file"
    bad_kind = await family.upload(kind="../x")
    assert bad_kind.json()["errors"][0]["field"] == "kind"
    no_form = await service.client.post(url, headers=headers, json={})
    assert no_form.status_code == 400
    broken = await service.client.post(
        url, headers=headers | {"Content-Type": "multipart/form-data; boundary=x"}, content=b"nonsense"
    )
    assert broken.status_code == 400


async def test_a_family_keeps_so_much_and_no_more(family, neighbours) -> None:
    image = photo(700)  # about 1.5 MB
    assert (await family.upload(image)).status_code == 201
    full = await family.upload(image)
    assert full.status_code in (201, 409)
    answer = full if full.status_code == 409 else await family.upload(image)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/document-quota")
    assert (await neighbours.upload(image)).status_code == 201
    kept = (await family.get("documents")).json()["items"]
    assert (await family.delete(f"documents/{kept[0]['document_id']}")).status_code == 204
    assert (await family.upload(image)).status_code == 201


async def test_a_document_that_a_request_shows_stays(family) -> None:
    filed = await family.file()
    document_id = filed["documents"][0]["document_id"]
    answer = await family.delete(f"documents/{document_id}")
    assert answer.json()["type"].endswith("/document-in-use")
    assert (await family.get(f"documents/{document_id}")).status_code == 200


async def test_an_agent_reads_what_a_request_shows_and_nothing_else(family, town, other_town) -> None:
    unused = await family.document()
    draft = await family.file(submit=False)
    shown = draft["documents"][0]["document_id"]
    assert (await town.get(f"documents/{unused}")).status_code == 404
    assert (await town.get(f"documents/{shown}")).status_code == 404
    await family.post(f"requests/{draft['request_id']}/submit")
    got = await town.get(f"documents/{shown}")
    assert got.status_code == 200
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert (await other_town.get(f"documents/{shown}")).status_code == 404


async def test_nobody_uploads_for_another_family(service: ServiceUnderTest, family, neighbours) -> None:
    url = f"/parent/families/{neighbours.family_id}/documents"
    files = {"file": ("a.pdf", b"%PDF-1.7", "application/pdf")}
    assert (await service.client.post(url, headers=family.headers, files=files)).status_code == 404
    assert (await service.client.post(url, files=files)).status_code == 401
