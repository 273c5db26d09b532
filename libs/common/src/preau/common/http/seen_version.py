"""Two who change the same record: whoever did not see the first change is told, and overwrites nothing.

A client may say which version it saw (``If-Match: "7"``, RFC 9110); without it the last to write is right.
"""

from typing import Annotated

from fastapi import Depends, Header

from preau.common.errors import Conflict


class ChangedMeanwhile(Conflict):
    """Somebody changed the record after it was read. ``version`` is the one that stands now."""

    type, title = "changed-meanwhile", "Modifié entre-temps"


async def _seen_version(
    if_match: Annotated[
        str | None, Header(pattern=r'^"[0-9]{1,9}"$', description="The version that was seen, in quotes")
    ] = None,
) -> int | None:
    return int(if_match.strip('"')) if if_match else None


SeenVersion = Annotated[int | None, Depends(_seen_version)]
"""The version of the record that the client saw; None if it does not say."""


def refuse_if_changed(seen: int | None, present: int) -> None:
    """Raise ``ChangedMeanwhile`` unless the record, locked, is still of the version that was seen."""
    if seen is not None and seen != present:
        raise ChangedMeanwhile(
            "Cette fiche a été modifiée entre-temps par quelqu’un d’autre. Rien n’a été enregistré :"
            " comparez avec les valeurs actuelles, puis enregistrez de nouveau.",
            version=present,
        )
