"""Decompression bombs: their process ends or refuses, and the service goes on."""

import asyncio
import os
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from preau.requests.documents import isolation
from preau.requests.documents.cleaning import FileRefused
from preau.requests.documents.isolation import Cleaner

MEGABYTE = 1_000_000
DECOMPRESSED = 600 * MEGABYTE


def deflated(size: int, start: bytes = b"", filler: bytes = b" ") -> bytes:
    packer = zlib.compressobj(1)
    packed = [packer.compress(start)]
    block = filler * (MEGABYTE // len(filler))
    packed += [packer.compress(block) for _ in range(size // len(block))]
    return b"".join([*packed, packer.flush()])


def object_stream_bomb() -> bytes:
    """The objects of the document lie in a stream that decompresses to more than there is memory."""
    inside = b"1 0 2 33 3 80 " + b"<</Type/Catalog/Pages 2 0 R>>    " + b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    packed = deflated(DECOMPRESSED, inside)
    body = b"%PDF-1.7\n"
    stream_at = len(body)
    body += b"4 0 obj\n<</Type/ObjStm/N 3/First 14/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    body += packed + b"\nendstream\nendobj\n"
    table_at = len(body)
    rows = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + index.to_bytes(1, "big")
        for kind, place, index in [
            (0, 0, 0),
            (2, 4, 0),
            (2, 4, 1),
            (2, 4, 2),
            (1, stream_at, 0),
            (1, table_at, 0),
        ]
    )
    body += b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n" % len(rows)
    return body + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % table_at


def content_bomb(repeated: int) -> bytes:
    """A page whose content is one stream of that kind, over and over."""
    document = pikepdf.new()
    document.add_blank_page()
    stream = document.make_stream(b"")
    stream.write(deflated(20 * MEGABYTE, filler=b"/X Do "), filter=Name.FlateDecode)
    page = document.pages[0].obj
    form = document.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
    page.Resources = Dictionary(XObject=Dictionary(X=form))
    page.Contents = Array([stream] * repeated)
    written = BytesIO()
    document.save(written, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return written.getvalue()


def nested_bomb() -> bytes:
    """Each layer of deflate decompresses a thousandfold."""
    return page_of(zlib.compress(deflated(100 * MEGABYTE)), Array([Name.FlateDecode, Name.FlateDecode]))


def picture_bomb() -> bytes:
    return page_of(deflated(1100 * MEGABYTE), Name.FlateDecode)


def page_of(data: bytes, filters: object) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    stream = document.make_stream(b"")
    stream.write(data, filter=filters)
    document.pages[0].obj.Resources = Dictionary(XObject=Dictionary(X=stream))
    written = BytesIO()
    document.save(written, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return written.getvalue()


async def test_objects_that_need_more_memory_than_there_is_end_their_process() -> None:
    with pytest.raises(FileRefused):
        await Cleaner(memory_bytes=400 * MEGABYTE).clean(object_stream_bomb())


@pytest.mark.parametrize("bomb", [lambda: content_bomb(6), nested_bomb, picture_bomb])
async def test_a_pdf_that_is_a_decompression_bomb_is_refused_unread(bomb) -> None:
    given = bomb()
    assert len(given) < 8 * MEGABYTE
    with pytest.raises(FileRefused, match="bien plus que sa taille"):
        await Cleaner().clean(given)


async def test_what_decompresses_to_little_is_kept() -> None:
    assert (await Cleaner().clean(content_bomb(1))).media_type == "application/pdf"


async def test_a_process_that_goes_on_for_too_long_is_ended(monkeypatch) -> None:
    """Whatever a decoder may be led to do: here it waits for the rest of a file, and never gets it."""

    async def give_half(pipe: asyncio.StreamWriter, data: bytes) -> None:
        pipe.write(data[: len(data) // 2])
        await asyncio.Event().wait()

    monkeypatch.setattr(isolation, "_give", give_half)
    before = children()
    with pytest.raises(FileRefused, match="n’a pas pu être ouvert"):
        await Cleaner(timeout_seconds=3).clean(content_bomb(1))
    assert children() <= before


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


async def test_an_answer_that_swells_is_cut() -> None:
    noise = Image.frombytes("RGB", (300, 300), os.urandom(270_000))
    written = BytesIO()
    noise.save(written, "PNG")
    with pytest.raises(FileRefused, match="n’a pas pu être ouvert"):
        await Cleaner(output_bytes=100_000).clean(written.getvalue())
    assert (await Cleaner().clean(written.getvalue())).media_type == "image/png"
