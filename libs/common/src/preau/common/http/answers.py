"""Answers as they go out: of hot routes, and problems of what is no FastAPI application."""

import json

from fastapi import Response
from pydantic import BaseModel

from preau.common.errors import Problem

MEDIA_TYPE = b"application/problem+json"


def problem_answer(problem: Problem) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of a problem (RFC 9457), for plain ASGI."""
    body = json.dumps(problem.document(), ensure_ascii=False).encode()
    headers = [
        (b"content-type", MEDIA_TYPE),
        (b"cache-control", b"no-store"),
        (b"content-length", str(len(body)).encode("ascii")),
    ]
    if problem.retry_after is not None:
        headers.append((b"retry-after", str(problem.retry_after).encode("ascii")))
    if problem.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return headers, body


def as_json(answer: BaseModel) -> Response:
    """A model written at once: FastAPI would check anew what a hot route has just made."""
    return Response(answer.model_dump_json(by_alias=True), media_type="application/json")
