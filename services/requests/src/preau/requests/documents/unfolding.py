"""How much a PDF unfolds to, measured without keeping it: a few kilobytes can stand for gigabytes."""

import zlib

import pikepdf

STREAMS_MAX_BYTES = 1 << 30
"""All streams: three hundred scanned pages stay well below."""
WORDS_MAX_BYTES = 100_000_000
"""What draws the pages, as often as pages name it: it is read whole, here and by whoever opens the file."""
PIECE_BYTES = 1 << 20


class UnfoldsTooFar(Exception):
    """The file is small and its content is not."""


def check_unfolding(pdf: pikepdf.Pdf) -> None:
    """Raises UnfoldsTooFar."""
    sizes: dict[tuple[int, int], int] = {}
    left = STREAMS_MAX_BYTES
    for part in pdf.objects:
        if isinstance(part, pikepdf.Stream):
            sizes[part.objgen] = size = unfolded_bytes(part, left)
            left -= size
    words = 0
    for page in pdf.pages:
        content = page.obj.get("/Contents")
        for stream in content if isinstance(content, pikepdf.Array) else (content,):
            words += sizes.get(stream.objgen, 0) if isinstance(stream, pikepdf.Stream) else 0
            if words > WORDS_MAX_BYTES:
                raise UnfoldsTooFar


def unfolded_bytes(stream: pikepdf.Stream, most: int) -> int:
    """The length of the stream once each deflate is undone, 0 for other filters; raises UnfoldsTooFar."""
    filters = stream.get("/Filter")
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if names.count(pikepdf.Name.FlateDecode) > 1:  # pyright: ignore[reportUnknownMemberType]
        raise UnfoldsTooFar  # no program packs twice
    if names != [pikepdf.Name.FlateDecode]:
        return 0
    unpacker, packed, size = zlib.decompressobj(), stream.read_raw_bytes(), 0
    try:
        while packed and not unpacker.eof:
            size += len(unpacker.decompress(packed, PIECE_BYTES))
            packed = unpacker.unconsumed_tail
            if size > most:
                raise UnfoldsTooFar
    except zlib.error:  # damaged: nobody reads further either
        pass
    return size
