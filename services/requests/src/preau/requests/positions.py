"""Where a page of rows in the order of their ids begins."""

from uuid import UUID

from preau.common.errors import FieldErrors
from preau.common.http.pages import decode_cursor


def position_in(cursor: str | None) -> UUID | None:
    """The id that the page before ended with; None for the first page.

    Raises:
        FieldErrors: the cursor is not one of ours.
    """
    keys = decode_cursor(cursor, 1)
    if keys is None:
        return None
    try:
        return UUID(str(keys[0]))
    except ValueError as error:
        raise FieldErrors({"cursor": "Ce curseur n'est pas valide."}) from error
