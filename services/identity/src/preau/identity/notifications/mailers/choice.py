"""Which mailer the settings ask for."""

from preau.common.db.database import Database
from preau.identity.notifications.mailers.protocol import Mailer
from preau.identity.notifications.mailers.sandbox import SandboxMailer
from preau.identity.notifications.mailers.smtp import SmtpMailer
from preau.identity.settings import IdentitySettings


def check_mail_settings(settings: IdentitySettings) -> None:
    """Raise ``ValueError`` when mails would have nowhere to go: a service like that must not start."""
    if settings.smtp_url:
        SmtpMailer(settings.smtp_url, settings.mail_sender)
    elif not settings.in_development:
        raise ValueError("PREAU_SMTP_URL is missing: the sandbox mailer is for development only")


def mailer_for(settings: IdentitySettings, database: Database) -> Mailer:
    """SMTP when an address is set, else the sandbox."""
    if settings.smtp_url:
        return SmtpMailer(settings.smtp_url, settings.mail_sender)
    return SandboxMailer(database)
