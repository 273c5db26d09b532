"""Decompression bombs: how much a PDF decompresses to, measured without keeping it."""

import zlib

import pikepdf

STREAMS_MAX_BYTES = 1 << 30
"""All streams: three hundred scanned pages stay well below."""
CONTENT_MAX_BYTES = 100_000_000
"""Content streams (ISO 32000, 7.8.2), as often as pages name them: a reader reads them whole."""
PIECE_BYTES = 1 << 20


class DecompressionBomb(Exception):
    """The file is small and its content is not."""


def check_decompressed_size(pdf: pikepdf.Pdf) -> None:
    """Raises ``DecompressionBomb`` when the streams, or what draws the pages, pass their limits."""
    sizes: dict[tuple[int, int], int] = {}
    left = STREAMS_MAX_BYTES
    for part in pdf.objects:
        if isinstance(part, pikepdf.Stream):
            sizes[part.objgen] = size = decompressed_bytes(part, left)
            left -= size
    drawn = 0
    for page in pdf.pages:
        content = page.obj.get("/Contents")
        for stream in content if isinstance(content, pikepdf.Array) else (content,):
            drawn += sizes.get(stream.objgen, 0) if isinstance(stream, pikepdf.Stream) else 0
            if drawn > CONTENT_MAX_BYTES:
                raise DecompressionBomb


def decompressed_bytes(stream: pikepdf.Stream, most: int) -> int:
    """The length of a deflated stream once decompressed, 0 for other filters.

    Raises ``DecompressionBomb`` past ``most`` bytes.
    """
    filters = stream.get("/Filter")
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if names.count(pikepdf.Name.FlateDecode) > 1:  # pyright: ignore[reportUnknownMemberType]
        raise DecompressionBomb  # no program packs twice
    if names != [pikepdf.Name.FlateDecode]:
        return 0
    unpacker, packed, size = zlib.decompressobj(), stream.read_raw_bytes(), 0
    try:
        while packed and not unpacker.eof:
            size += len(unpacker.decompress(packed, PIECE_BYTES))
            packed = unpacker.unconsumed_tail
            if size > most:
                raise DecompressionBomb
    except zlib.error:  # damaged: nobody reads further either
        pass
    return size
