"""The sandbox twin: mails land in a table that the developer reads. Development only."""

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.ids import new_id
from preau.identity.notifications import repository
from preau.identity.notifications.mailers.protocol import Mail


class SandboxMailer:
    """Keeps every mail instead of sending it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def send(self, mail: Mail) -> None:
        async with self._database.system_transaction() as session:
            await repository.keep_in_sandbox(
                session,
                {
                    "mail_id": new_id(),
                    "recipient": mail.recipient,
                    "subject": mail.subject,
                    "text": mail.text,
                    "html": mail.html,
                    "sent_at": await database_now(session),
                },
            )
