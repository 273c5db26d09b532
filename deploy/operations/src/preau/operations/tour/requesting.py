"""Chapter 8: a request with a document, accepted, takes effect in the child's record."""

from typing import Any

from preau.operations.tour.calendar_days import dated, today
from preau.operations.tour.cast import Cast
from preau.operations.tour.documents import small_pdf
from preau.operations.tour.story import Narrator, check, wait_until

CATEGORY = "Autorisation de récupération d"
PERSON = "Dominique Exemple"


def requesting(narrator: Narrator, cast: Cast) -> None:
    """From the form to the effect."""
    filed: dict[str, Any] = {}
    narrator.step("The parent files a request with a document", lambda: _file(cast, filed))
    narrator.step(
        "The acknowledgement comes by mail", lambda: cast.mail(cast.family.email, "demande reçue")["subject"]
    )
    narrator.step("The agent reads it and accepts it", lambda: _accept(cast, filed))
    narrator.step("The person stands in the child’s record", lambda: _effect(cast))
    narrator.step(
        "The decision comes by mail", lambda: cast.mail(cast.family.email, "demande acceptée")["subject"]
    )


def _file(cast: Cast, filed: dict[str, Any]) -> str:
    categories = wait_until(
        lambda: cast.family.get("requests", "categories", expect=(200, 404)).get("items"), "the categories"
    )
    category = next(item for item in categories if item["label"].startswith(CATEGORY))
    document = cast.family.post(
        "requests",
        "documents",
        files={"file": ("piece-identite.pdf", small_pdf(), "application/pdf")},
        data={"kind": category["required_documents"][0]["code"]},
        expect=201,
    )
    answers: dict[str, str] = {}
    for field in category["form"]["fields"]:
        answer = _answer(cast, field)
        if answer:
            answers[field["name"]] = answer
    body = {
        "category_id": category["category_id"],
        "answers": answers,
        "documents": {item["code"]: document["document_id"] for item in category["required_documents"]},
        "submit": True,
    }
    filed.update(cast.family.once("requests", "requests", json=body))
    check(filed["status"] == "submitted", f"the request is {filed['status']}")
    filed["document_id"] = document["document_id"]
    cast.rivals.get("requests", f"documents/{document['document_id']}", expect=404)
    return f"request {filed['reference']}"


def _answer(cast: Cast, field: dict[str, Any]) -> str:
    """Something sensible for a field of the form."""
    if field["kind"] == "child":
        return cast.family.children[0]["child_id"]
    if field["kind"] == "date":
        return today().isoformat() if field.get("required", True) else ""
    if field["kind"] == "phone":
        return "0611223344"
    if field["kind"] == "choice":
        return str(field["options"][0])
    return PERSON


def _accept(cast: Cast, filed: dict[str, Any]) -> str:
    seen = cast.admin.api("GET", "requests", f"requests/{filed['request_id']}")
    content = cast.admin.api("GET", "requests", f"documents/{filed['document_id']}")
    check(content.startswith(b"%PDF"), "the agent cannot read the document")
    cast.admin.api(
        "POST",
        "requests",
        f"requests/{filed['request_id']}/decision",
        json={"decision": "accepted", "message": "C’est noté, merci."},
    )
    return seen["reference"]


def _effect(cast: Cast) -> str:
    def look() -> dict[str, Any] | None:
        record = cast.family.parent.api("GET", "identity", f"families/{cast.family.family_id}")
        child = next(
            item for item in record["children"] if item["child_id"] == cast.family.children[0]["child_id"]
        )
        return next((item for item in child["pickup_authorisations"] if item["person_name"] == PERSON), None)

    found = wait_until(look, "the person stands in the child's record")
    return f"{found['person_name']}, from {dated(found['valid_from'])} on"
