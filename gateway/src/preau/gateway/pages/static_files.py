"""The front's own files, read once, compressed once, and named by their content so that browsers keep them.

The stylesheet is written in parts (``static/css/*.css``, in their order) and served as one file.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
BUNDLE = "preau.css"
COMPRESSED = (".css", ".js", ".svg", ".md", ".LICENSE")
FOREVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=300"

mimetypes.add_type("font/woff2", ".woff2")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent: its bytes, plain and compressed, and the first signs of its digest."""

    content: bytes
    compressed: bytes | None
    media_type: str
    version: str


def _read(name: str, content: bytes) -> StaticFile:
    media_type = mimetypes.guess_type(name)[0] or "text/plain"
    return StaticFile(
        content=content,
        compressed=gzip.compress(content, 9, mtime=0) if name.endswith(COMPRESSED) else None,
        media_type=media_type,
        version=hashlib.sha256(content).hexdigest()[:10],
    )


@lru_cache(maxsize=1)
def static_files() -> dict[str, StaticFile]:
    """Every static file by its path under ``static/``, and the bundle of the stylesheet's parts."""
    files = {
        path.relative_to(STATIC).as_posix(): _read(path.name, path.read_bytes())
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and path.parent.name != "css"
    }
    parts = "\n".join(path.read_text() for path in sorted((STATIC / "css").glob("*.css")))
    for name, file in files.items():
        parts = parts.replace(f'url("{name}")', f'url("{name}?v={file.version}")')
    files[BUNDLE] = _read(BUNDLE, parts.encode())
    return files


def static_url(name: str) -> str:
    """The address of a static file, with its version. Raises KeyError for a file that is not there."""
    return f"/static/{name}?v={static_files()[name].version}"


async def serve_static(request: Request) -> Response:
    """Answer ``/static/<path>``; only names that were read at start exist, so no path can lead outside."""
    file = static_files().get(request.path_params["path"])
    if file is None:
        return Response("Fichier introuvable.", 404, media_type="text/plain")
    headers = {
        "Cache-Control": FOREVER if request.query_params.get("v") == file.version else SHORTLY,
        "ETag": f'"{file.version}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(file.compressed, headers=headers, media_type=file.media_type)
    return Response(file.content, headers=headers, media_type=file.media_type)
