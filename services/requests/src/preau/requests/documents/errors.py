"""Why a document is not taken, named after what happened. Each says what would do."""

from preau.common.errors import Conflict, Problem, Unavailable, Unprocessable


class DocumentRefused(Unprocessable):
    """The content is of no accepted type, or could not be decoded."""

    type, title = "document-refused", "Fichier refusé"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, errors=[{"field": "file", "message": reason}])


class DocumentTooLarge(Problem):
    """The upload passes the limit; the rest of it was not read."""

    status, type, title = 413, "document-too-large", "Fichier trop volumineux"

    def __init__(self, limit_bytes: int) -> None:
        reason = (
            f"Ce fichier dépasse {limit_bytes // 1_000_000} Mo. Réduisez la photo, "
            "ou numérisez le document avec une résolution plus basse."
        )
        super().__init__(reason, limit_bytes=limit_bytes, errors=[{"field": "file", "message": reason}])


class UploadTooSlow(Problem):
    """The file did not arrive in time."""

    status, type, title = 408, "upload-too-slow", "Envoi trop lent"

    def __init__(self) -> None:
        super().__init__("L’envoi a duré trop longtemps. Réessayez avec une meilleure connexion.")


class TooManyUploads(Unavailable):
    """More files wait to be checked than may."""

    type, title = "too-many-uploads", "Beaucoup d’envois en ce moment"

    def __init__(self) -> None:
        super().__init__("Beaucoup de fichiers arrivent. Réessayez dans un instant.", retry_after=5)


class DocumentUnavailable(Unavailable):
    """The object store does not give the document."""

    type, title = "document-unavailable", "Document momentanément indisponible"

    def __init__(self) -> None:
        super().__init__("Ce document ne peut pas être lu à présent. Réessayez plus tard.", retry_after=30)


class QuotaReached(Conflict):
    """The family keeps as much as it may."""

    type, title = "document-quota", "Plus de place pour vos documents"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"Vos documents atteignent {limit_bytes // 1_000_000} Mo. Supprimez ceux qui ne servent plus.",
            limit_bytes=limit_bytes,
        )


class DocumentInUse(Conflict):
    """A request shows the document."""

    type, title = "document-in-use", "Document joint à une demande"

    def __init__(self) -> None:
        super().__init__("Ce document est joint à une demande : il ne peut pas être supprimé.")
