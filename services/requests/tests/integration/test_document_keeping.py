import asyncio
import os
import shutil
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import asyncpg
from PIL import Image
from sqlalchemy import text

from preau.requests.demo import JOLIEVILLE
from preau.requests.documents.orphans import sweep_orphans
from preau.requests.documents.repository import owned, take_room
from preau.testing.lock_waits import lock_waits
from preau.testing.services import ServiceUnderTest


def objects(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]


def age(paths: list[Path], hours: int) -> None:
    for path in paths:
        before = path.stat().st_mtime - timedelta(hours=hours).total_seconds()
        os.utime(path, (before, before))


async def test_two_uploads_at_once_cannot_both_take_the_last_room(service: ServiceUnderTest, family) -> None:
    """Seen to fail without the condition on the update."""

    async def take() -> bool:
        async with service.database.transaction(JOLIEVILLE) as session:
            return await take_room(session, JOLIEVILLE, family.family_id, 60, limit=100)

    assert sorted(await asyncio.gather(*(take() for _ in range(8)))) == [False] * 7 + [True]


async def as_owner(service: ServiceUnderTest, statement: str) -> None:
    connection = await asyncpg.connect(service.addresses.owner_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_row_that_cannot_be_written_leaves_nothing_counted_and_its_object_is_swept(
    service: ServiceUnderTest, family, tmp_path: Path
) -> None:
    await as_owner(service, "ALTER TABLE document ADD CONSTRAINT refuse CHECK (false) NOT VALID")
    assert (await family.upload()).status_code == 500
    async with service.database.transaction(JOLIEVILLE) as session:
        assert (await session.execute(text("SELECT count(*) FROM document_usage"))).scalar_one() == 0
    assert len(objects(tmp_path)) == 1
    assert await sweep_orphans(service.database, service.app.state.documents) == 0
    age(objects(tmp_path), 25)
    assert await sweep_orphans(service.database, service.app.state.documents) == 1
    assert objects(tmp_path) == []


async def test_a_store_that_fails_leaves_no_row(service: ServiceUnderTest, family, tmp_path: Path) -> None:
    folder = tmp_path / "objects"
    shutil.rmtree(folder)
    folder.write_text("not a folder any more")
    assert (await family.upload()).status_code >= 500
    assert (await family.get("documents")).json()["items"] == []


async def test_the_sweeper_leaves_what_a_row_knows(service: ServiceUnderTest, family, tmp_path: Path) -> None:
    kept, removed = await family.document(), await family.document()
    await family.delete(f"documents/{removed}")
    age(objects(tmp_path), 25)
    assert await sweep_orphans(service.database, service.app.state.documents) == 1
    assert (await family.get(f"documents/{kept}")).status_code == 200


async def test_a_file_over_the_quota_leaves_no_object(family, tmp_path: Path) -> None:
    written = BytesIO()
    Image.effect_noise((750, 750), 90).convert("RGB").save(written, "PNG")
    while (answer := await family.upload(written.getvalue())).status_code == 201:
        pass
    assert answer.status_code == 409
    assert len(objects(tmp_path)) == len((await family.get("documents")).json()["items"])


async def test_a_key_tells_nothing(family, tmp_path: Path) -> None:
    document = (await family.upload(filename="secret.pdf")).json()
    [path] = objects(tmp_path)
    assert path.name not in (document["document_id"], document["filename"])
    assert len(path.name) == 48


async def test_a_document_joined_while_it_is_removed_stays(service: ServiceUnderTest, family) -> None:
    """Seen to fail without the lock: the removal did not see the request and ran into the foreign key."""
    document_id = await family.document()
    draft = await family.file(submit=False, documents={})
    async with service.database.transaction(JOLIEVILLE) as session:
        assert await owned(session, family.family_id, [UUID(document_id)])
        await session.execute(
            text(
                "INSERT INTO request_document (commune_id, request_id, code, document_id)"
                " VALUES (:commune, :request, 'identity', :document)"
            ),
            {"commune": JOLIEVILLE, "request": UUID(draft["request_id"]), "document": UUID(document_id)},
        )
        removal = asyncio.create_task(family.delete(f"documents/{document_id}"))
        async with lock_waits(service.database) as waits:
            await waits.until()
    assert (await removal).status_code == 409
    assert (await family.get(f"documents/{document_id}")).status_code == 200


async def test_a_row_whose_object_is_lost_is_told_and_not_half_answered(family, tmp_path: Path) -> None:
    document_id = await family.document()
    objects(tmp_path)[0].unlink()
    answer = await family.get(f"documents/{document_id}")
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/document-unavailable")
