import pytest

from preau.requests.documents.filenames import attachment, safe_filename


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("carte.pdf", "carte.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("M. Petit", "M. Petit.pdf"),
        ("C:\\Users\\moi\\pièce d'identité.JPG", "pièce d'identité.pdf"),
        ("facture.pdf.exe", "facture.pdf.pdf"),
        ("invoice\u202egpj.exe", "invoicegpj.pdf"),
        ('a"; filename="b.html', "a filename= b.pdf"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie x.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("x" * 500 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_name_loses_what_could_hurt(given: str, kept: str) -> None:
    assert safe_filename(given, ".pdf") == kept


def test_the_header_holds_in_ascii_and_in_full() -> None:
    assert attachment("pièce d'identité.pdf") == (
        "attachment; filename=\"piece d_identite.pdf\"; filename*=UTF-8''pi%C3%A8ce%20d%27identit%C3%A9.pdf"
    )
