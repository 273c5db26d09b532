"""Who is who in a database: four login roles a service, and the groups that rights and policies name.

``<database>_owner`` migrates; ``<database>`` works for one commune or account at a time;
``<database>_system`` does what is not one commune's (relay, periodic work, sign-in); ``<database>_audit``
only reads. All but the owner are members of the groups below: a migration names these, and no database.
"""

from typing import NamedTuple

APPLICATION = "preau_application"
SYSTEM = "preau_system"
AUDIT = "preau_audit"
GROUPS = (APPLICATION, SYSTEM, AUDIT)


class Passwords(NamedTuple):
    """A password for each login role of a database."""

    application: str
    system: str
    owner: str
    audit: str


class ServiceDatabase(NamedTuple):
    """The addresses of a service's database, one a role."""

    url: str
    system_url: str
    owner_url: str
    audit_url: str


def role_names(database: str) -> ServiceDatabase:
    """The login roles of ``database``, in the order of its addresses."""
    return ServiceDatabase(database, f"{database}_system", f"{database}_owner", f"{database}_audit")
