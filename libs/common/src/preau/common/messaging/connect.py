"""From a setting to a broker."""

from preau.common.messaging.broker import Broker
from preau.common.messaging.local import LocalBroker
from preau.common.messaging.rabbitmq import RabbitBroker


def broker_from_url(url: str, *, name: str, management_url: str = "") -> Broker:
    """``amqp://…`` gives RabbitMQ, ``local:postgresql://…`` the in-process adapter with its journal there.

    ``name`` shows up in the broker's list of connections; at RabbitMQ's ``management_url``
    (``http://host:15672``), if given, bindings are looked at. Raises ``ValueError`` for another scheme.
    """
    if url.startswith(("amqp://", "amqps://")):
        return RabbitBroker(url, name=name, management_url=management_url)
    if url.startswith("local:"):
        return LocalBroker(url.removeprefix("local:"))
    raise ValueError("the broker's URL begins with amqp:// or local:postgresql://")
