"""A form as a browser sent it, read at one place: what is none is refused before any page looks at it."""

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from preau.common.errors import BadRequest, Problem

FORM_TYPES = frozenset({b"application/x-www-form-urlencoded", b"multipart/form-data"})
MOST_FIELDS = 4_000
"""More than the largest form has: a tariff of fifty rows and fifty steps, each with its conditions."""
UTF_8 = frozenset({b"utf-8", b"utf8"})


class NotAForm(Problem):
    """The body is something else than a form of ours."""

    status, type, title = 415, "not-a-form", "Envoi non reconnu"

    def __init__(self) -> None:
        super().__init__("Cet envoi n’est pas un formulaire du portail. Revenez à la page et recommencez.")


class UnreadableForm(BadRequest):
    """The body breaks the rules of its own type: cut, without end, or with too many fields."""

    type, title = "unreadable-form", "Formulaire illisible"

    def __init__(self) -> None:
        super().__init__(
            "Le formulaire est arrivé incomplet ou abîmé. Revenez à la page précédente et renvoyez-le."
        )


async def sent_form(request: Request) -> FormData:
    """The fields of the request, none without a body. Raises NotAForm, UnreadableForm.

    Our pages are UTF-8 and so are their forms: another charset would let in texts that nothing can write
    (lone surrogates) or run a decoder of the client's choice.
    """
    content_type = request.headers.get("content-type")
    if content_type:
        media_type, options = parse_options_header(content_type)
        if media_type not in FORM_TYPES or options.get(b"charset", b"utf-8").lower() not in UTF_8:
            raise NotAForm
    try:
        return await request.form(max_fields=MOST_FIELDS)
    except HTTPException as error:
        raise UnreadableForm from error


def to_send_again(request: Request) -> list[tuple[str, str]]:
    """The fields of a form of ours that was sent and not answered, [] when they cannot be sent as they were.

    Files and passwords are not kept: a form with one of them is filled in again.
    """
    sent: FormData = getattr(request.state, "sent", None) or FormData()
    fields = [(name, value) for name, value in sent.multi_items() if name != "csrf_token"]
    texts = [(name, value) for name, value in fields if isinstance(value, str) and "password" not in name]
    return texts if len(texts) == len(fields) else []
