"""What differs between RabbitMQ and what there must be, as calls of its management API. Pure."""

import base64
import hashlib
from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from preau.common.messaging.rabbitmq_rights import NOTHING, Rights
from preau.common.messaging.rabbitmq_topology import EXCHANGE, Binding, Topology

VHOST = "/"
_AT = quote(VHOST, safe="")
_HASHES = {"rabbit_password_hashing_sha256": hashlib.sha256, "rabbit_password_hashing_sha512": hashlib.sha512}
_OURS = "preau"

Json = dict[str, Any]


class Found(NamedTuple):
    """What is there: ``/api/definitions``, and the bindings with their ``properties_key``."""

    definitions: Mapping[str, Any]
    bindings: Sequence[Json]

    def here(self, what: str) -> list[Json]:
        return [one for one in self.definitions.get(what, []) if one.get("vhost", VHOST) == VHOST]


class Change(NamedTuple):
    """One call, and what it does in words."""

    says: str
    method: str
    path: str
    body: Json | None = None
    starved: str = ""
    """The queue that events did not reach before."""


class CannotChange(RuntimeError):
    """Something of another kind has the name: to be removed by hand, as it may hold messages."""


def topology_changes(found: Found, wanted: Topology) -> Generator[Change]:
    """Exchanges, queues and bindings that are missing, then bindings that fill our queues against the plan.

    Raises CannotChange.
    """
    exchanges = {one["name"]: one for one in found.here("exchanges")}
    for name in wanted.exchanges:
        if name not in exchanges:
            body: Json = {"type": "topic", "durable": True}
            yield Change(f"exchange {name} made", "PUT", f"exchanges/{_AT}/{quote(name)}", body)
        elif exchanges[name]["type"] != "topic" or not exchanges[name]["durable"]:
            raise CannotChange(f"the exchange {name} is not a durable topic exchange")
    queues = {one["name"]: one for one in found.here("queues")}
    for name, arguments in wanted.queues.items():
        if name not in queues:
            body = {"durable": True, "arguments": dict(arguments)}
            yield Change(f"queue {name} made", "PUT", f"queues/{_AT}/{quote(name)}", body)
        elif odd := {key for key, value in arguments.items() if queues[name]["arguments"].get(key) != value}:
            raise CannotChange(f"the queue {name} has another {', '.join(sorted(odd))}")
    yield from _binding_changes(found, wanted)


def _binding_changes(found: Found, wanted: Topology) -> Generator[Change]:
    there = {
        Binding(one["source"], one["destination"], one["routing_key"]): one["properties_key"]
        for one in found.bindings
        if one["destination_type"] == "queue"
    }
    for binding in sorted(wanted.bindings - there.keys()):
        path = f"bindings/{_AT}/e/{quote(binding.exchange)}/q/{quote(binding.queue)}"
        body: Json = {"routing_key": binding.routing_key}
        starved = binding.queue if binding.exchange == EXCHANGE else ""
        yield Change(f"{binding} made", "POST", path, body, starved)
    for binding in sorted(there.keys() - wanted.bindings):
        if binding.exchange in wanted.exchanges and binding.queue in wanted.queues:
            path = f"bindings/{_AT}/e/{quote(binding.exchange)}/q/{quote(binding.queue)}"
            yield Change(f"{binding} removed", "DELETE", f"{path}/{quote(there[binding], safe='')}")


def former_exchanges(found: Found) -> Generator[Change]:
    """The retry exchanges of former versions: through a fanout one could write to any queue by its name.

    Their queues stay, with what waits in them.
    """
    for one in found.here("exchanges"):
        if one["type"] == "fanout" and one["name"].startswith("preau.retry."):
            path = f"exchanges/{_AT}/{quote(one['name'])}"
            yield Change(f"former exchange {one['name']} removed", "DELETE", path)


def user_changes(found: Found, wanted: Sequence[Rights], passwords: Mapping[str, str]) -> Generator[Change]:
    """Users and what they may do; of other users called ``preau_…`` the rights are taken away.

    Keys before exchanges: whoever may write to a topic exchange, and has no rule there, may use any key.
    """
    users = {one["name"]: one for one in found.definitions.get("users", [])}
    topics = {
        (one["user"], one["exchange"]): (one["write"], one["read"]) for one in found.here("topic_permissions")
    }
    permissions = {
        one["user"]: (one["configure"], one["write"], one["read"]) for one in found.here("permissions")
    }
    for rights in wanted:
        user = quote(rights.user)
        if not _same_user(users.get(rights.user), rights, passwords[rights.user]):
            body: Json = {"password": passwords[rights.user], "tags": ",".join(rights.tags)}
            yield Change(f"user {rights.user} made or changed", "PUT", f"users/{user}", body)
        for exchange, write in rights.topics.items():
            if topics.get((rights.user, exchange)) != (write, NOTHING):
                body = {"exchange": exchange, "write": write, "read": NOTHING}
                says = f"keys of {rights.user} at {exchange} limited to {write}"
                yield Change(says, "PUT", f"topic-permissions/{_AT}/{user}", body)
        if permissions.get(rights.user) != (rights.configure, rights.write, rights.read):
            body = {"configure": rights.configure, "write": rights.write, "read": rights.read}
            yield Change(f"rights of {rights.user} set", "PUT", f"permissions/{_AT}/{user}", body)
    for name in sorted(permissions.keys() - {rights.user for rights in wanted}):
        if name.startswith(f"{_OURS}_"):
            yield Change(f"rights of {name} taken away", "DELETE", f"permissions/{_AT}/{quote(name)}")


def _same_user(user: Json | None, rights: Rights, password: str) -> bool:
    if user is None or set(_tags(user["tags"])) != set(rights.tags):
        return False
    kept = base64.b64decode(user.get("password_hash") or "")
    algorithm = _HASHES.get(user.get("hashing_algorithm", ""))
    salt = kept[:4]
    return algorithm is not None and kept[4:] == algorithm(salt + password.encode()).digest()


def _tags(tags: str | list[str]) -> list[str]:
    return [tag for tag in tags.split(",") if tag] if isinstance(tags, str) else tags
