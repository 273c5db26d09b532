"""The identity service."""

from datetime import timedelta

from fastapi import FastAPI

from preau.common.app import build_app
from preau.common.auth.tokens import KeySource, TokenVerifier
from preau.common.http.changes import router as journal
from preau.common.messaging.broker import Broker
from preau.common.periodic import Periodic
from preau.contracts import topology
from preau.identity.accounts.recovery import PARENT_RESET, mail_reset_link
from preau.identity.accounts.routes import router as accounts
from preau.identity.agents.recovery import AGENT_RESET, mail_reset_links
from preau.identity.agents.recovery_routes import router as agent_recovery
from preau.identity.agents.routes import router as agents
from preau.identity.authentication.routes import router as authentication
from preau.identity.communes.routes import router as communes
from preau.identity.families.agent_routes import router as agent_families
from preau.identity.families.custody_routes import router as custodies
from preau.identity.families.due import publish_due
from preau.identity.families.effects import apply_moves
from preau.identity.families.list_routes import router as family_lists
from preau.identity.families.routes import router as families
from preau.identity.housekeeping import forget_traces
from preau.identity.human_check.routes import router as human_check
from preau.identity.mail_requests.answering import answering
from preau.identity.memberships.agent_routes import router as invitations
from preau.identity.memberships.routes import router as memberships
from preau.identity.notifications.mailers.choice import check_mail_settings, mailer_for
from preau.identity.notifications.routes import router as notifications
from preau.identity.notifications.sender import sender
from preau.identity.profile.routes import router as profile
from preau.identity.registration.routes import router as registration
from preau.identity.registration.service import REGISTERED, mail_outcome
from preau.identity.sessions.keys import OwnKeys, rotate_when_due
from preau.identity.sessions.routes import router as sessions
from preau.identity.settings import IdentitySettings
from preau.identity.subscriptions import subscriptions


def create_app(
    settings: IdentitySettings, *, broker: Broker | None = None, keys: KeySource | None = None
) -> FastAPI:
    """The service with its routes, its two consumers, the mail sender and the sweepers.

    Raises ``ValueError`` when mails would have nowhere to go.
    """
    check_mail_settings(settings)
    app = build_app(
        service="identity",
        settings=settings,
        topology=topology.QUEUES,
        routers=[
            journal,
            communes,
            human_check,
            registration,
            accounts,
            profile,
            authentication,
            sessions,
            memberships,
            families,
            family_lists,
            agents,
            agent_recovery,
            agent_families,
            custodies,
            invitations,
            notifications,
        ],
        subscriptions=subscriptions(settings.public_url),
        periodic=[
            Periodic(
                "send-mails",
                timedelta(seconds=1),
                sender(lambda database: mailer_for(settings, database)),
            ),
            Periodic(
                "answer-mail-requests",
                timedelta(seconds=1),
                answering(
                    {
                        PARENT_RESET: mail_reset_link(settings.public_url),
                        AGENT_RESET: mail_reset_links(settings.public_url),
                        REGISTERED: mail_outcome(settings.public_url),
                    }
                ),
            ),
            Periodic("apply-moves", timedelta(minutes=10), apply_moves),
            Periodic("publish-due-facts", timedelta(minutes=10), publish_due),
            Periodic("rotate-keys", timedelta(hours=1), rotate_when_due),
            Periodic("forget-traces", timedelta(hours=1), forget_traces),
        ],
        broker=broker,
        keys=keys,
    )
    if keys is None:  # identity holds the keys itself and asks nobody for them
        app.state.verifier = TokenVerifier(OwnKeys(app.state.database))
    return app
