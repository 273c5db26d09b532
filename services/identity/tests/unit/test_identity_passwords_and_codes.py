import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.identity.credentials.bulkheads import NEW_PASSWORD, SIGN_IN
from preau.identity.credentials.domain import email_key, password_weakness, valid_email
from preau.identity.credentials.one_time import (
    hash_code,
    hash_token,
    normalised_code,
    random_code,
    random_token,
)
from preau.identity.credentials.passwords import hash_password, password_matches


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("court", "au moins 12"),
        ("a" * 129, "dépasser 128"),
        ("aaaaaaaabbbbbbbb", "répète"),
        ("motdepasse2026", "courant"),
        ("claire.martin!", "adresse"),
        ("cheval-agrafe-pile", None),
    ],
)
def test_weaknesses_are_named(password: str, reason: str | None) -> None:
    weakness = password_weakness(password, "claire.martin@jolieville.example")
    assert (weakness is None) if reason is None else (weakness is not None and reason in weakness)


def test_an_email_is_tidied_and_compared_without_case() -> None:
    assert valid_email("  Claire@Jolieville.EXAMPLE ") == "Claire@jolieville.example"
    assert email_key(" Claire@Jolieville.example") == "claire@jolieville.example"
    for odd in ("claire", "a@b@c.example", "x@y.example\nBcc: z@y.example", ""):
        with pytest.raises(ValueError, match="pas valide"):
            valid_email(odd)


def test_a_code_survives_how_people_type_it() -> None:
    code = random_code()
    assert normalised_code(f"  {code.lower().replace('-', ' ')} ") == code
    assert not set("01ILO") & set(code)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    code = normalised_code(typed)
    assert code is None or normalised_code(code) == code


async def test_hashes_are_stable_and_tell_nothing() -> None:
    token, code = random_token(), random_code()
    assert hash_token(token) == hash_token(token) != token
    assert await hash_code(code) == await hash_code(code)
    assert code not in await hash_code(code)


async def test_passwords_are_argon2id_and_nobody_has_none() -> None:
    stored = await hash_password("cheval-agrafe-pile", NEW_PASSWORD)
    assert stored.startswith("$argon2id$") and "m=19456,t=2,p=1" in stored
    assert await password_matches("cheval-agrafe-pile", stored, SIGN_IN)
    assert not await password_matches("cheval-agrafe-pilé", stored, SIGN_IN)
    assert not await password_matches("the password of an account that does not exist", None, SIGN_IN)
