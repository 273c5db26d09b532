"""Who and what the tour is about, learnt step by step."""

import secrets
from datetime import date
from typing import Any
from urllib.parse import quote

from preau.common.settings import DEMO_PASSWORD
from preau.operations.tour.client import Client
from preau.operations.tour.story import wait_until

SCHOOL_MEALS = "Cantine Jules-Ferry"
LEISURE_CENTRE = "Centre de loisirs Les Tilleuls"


class Household:
    """A family of the tour: its record, and the parent who signs in for it."""

    def __init__(self, url: str, label: str) -> None:
        self.tag = secrets.token_hex(4)
        self.label = f"{label} {self.tag}"
        self.email = f"tour-{self.tag}@famille.example"
        self.password = f"Tour-{secrets.token_urlsafe(12)}"
        self.parent = Client(url, "parent")
        self.record: dict[str, Any] = {}
        self.code = ""
        self.activation = ""

    @property
    def family_id(self) -> str:
        return self.record["family_id"]

    @property
    def children(self) -> list[dict[str, Any]]:
        return self.record["children"]

    def get(self, service: str, path: str, **options: Any) -> Any:
        return self.parent.api("GET", service, f"families/{self.family_id}/{path}", **options)

    def post(self, service: str, path: str, **options: Any) -> Any:
        return self.parent.api("POST", service, f"families/{self.family_id}/{path}", **options)

    def once(self, service: str, path: str, **options: Any) -> Any:
        return self.parent.once(service, f"families/{self.family_id}/{path}", **options)


class Cast:
    """The agents, the two families, and what the tour has found so far.

    ``beside_former``: a former version serves as well; what it does not know yet is left out.
    """

    def __init__(self, url: str, *, beside_former: bool = False) -> None:
        self.url = url
        self.beside_former = beside_former
        self.anyone = Client(url, "public")
        self.admin = Client(url, "agent")
        self.stranger = Client(url, "agent")
        self.family = Household(url, "Famille du tour")
        self.rivals = Household(url, "Famille rivale")
        self.sites: dict[str, dict[str, Any]] = {}
        self.attended_on: date | None = None
        self.invoices: list[dict[str, Any]] = []
        self.run_id = ""

    def sign_agents_in(self) -> None:
        self.admin.sign_in("admin@jolieville.example", DEMO_PASSWORD)
        self.stranger.sign_in("admin@beauval.example", DEMO_PASSWORD)

    def activity(self, site: str, label: str) -> dict[str, Any]:
        return next(item for item in self.sites[site]["activities"] if item["label"] == label)

    def mails(self, email: str) -> list[dict[str, Any]]:
        """The mails to an address, newest first, from the development mailbox."""
        path = f"/api/public/identity/sandbox/mails?to={quote(email)}"
        return self.anyone.call("GET", path)["items"]

    def mail(self, email: str, *words: str) -> dict[str, Any]:
        """Wait for a mail whose subject has all the words."""

        def look() -> dict[str, Any] | None:
            for mail in self.mails(email):
                if all(word.lower() in mail["subject"].lower() for word in words):
                    return mail
            return None

        return wait_until(look, f"a mail to {email} with {words}")
