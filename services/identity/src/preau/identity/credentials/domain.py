"""What a password and an e-mail must look like. Pure: no I/O, no clock."""

from collections.abc import Callable
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email

MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 128
_COMMONPLACE = ("motdepasse", "password", "azerty", "qwerty", "123456", "preau")


class Candidate(NamedTuple):
    """A password that someone would like, and the e-mail it would protect."""

    password: str
    email: str


Weakness = str | None


def long_enough(candidate: Candidate) -> Weakness:
    """Twelve characters at least, as the CNIL asks where tries are limited (délibération 2022-100)."""
    if len(candidate.password) < MIN_PASSWORD_LENGTH:
        return f"Le mot de passe doit compter au moins {MIN_PASSWORD_LENGTH} caractères."
    if len(candidate.password) > MAX_PASSWORD_LENGTH:
        return f"Le mot de passe ne peut pas dépasser {MAX_PASSWORD_LENGTH} caractères."
    return None


def varied_enough(candidate: Candidate) -> Weakness:
    """Not one character over and over."""
    if len(set(candidate.password)) < 6:
        return "Le mot de passe répète trop peu de caractères différents."
    return None


def not_commonplace(candidate: Candidate) -> Weakness:
    """More than a word that everybody tries, with some decoration."""
    rest = candidate.password.casefold()
    for word in _COMMONPLACE:
        rest = rest.replace(word, "")
    if len(rest) < MIN_PASSWORD_LENGTH // 2:
        return "Ce mot de passe est trop courant."
    return None


def not_the_email(candidate: Candidate) -> Weakness:
    """Not the login itself."""
    name = email_key(candidate.email).partition("@")[0]
    if len(name) >= 4 and candidate.password.casefold().strip("0123456789!?.-_ ") in {
        name,
        email_key(candidate.email),
    }:
        return "Le mot de passe ne peut pas être votre adresse e-mail."
    return None


RULES: tuple[Callable[[Candidate], Weakness], ...] = (
    long_enough,
    varied_enough,
    not_commonplace,
    not_the_email,
)


def password_weakness(password: str, email: str) -> Weakness:
    """The first reason why the password will not do, in French, or ``None``."""
    candidate = Candidate(password, email)
    return next((weakness for rule in RULES if (weakness := rule(candidate))), None)


def valid_email(address: str) -> str:
    """The address, tidied up.

    Raises ``ValueError`` with a French message when it is not one.
    """
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError("Cette adresse e-mail n’est pas valide.") from error


def email_key(address: str) -> str:
    """The address as accounts are looked up by: case does not make another person."""
    return address.strip().casefold()
