"""One contract, two adapters: what the outbox and the inbox rely on."""

import asyncio
from collections.abc import Sequence

from uuid_utils.compat import uuid7

from preau.common.messaging.broker import Broker, Delivery, Handled, Message, Outcome, QueueSpec, Unroutable

DONE = Handled(Outcome.DONE)


class Recorder:
    """Takes deliveries, answers as told, and can be waited for."""

    def __init__(self, *answers: Handled) -> None:
        self.answers = list(answers)
        self.deliveries: list[Delivery] = []
        self.batches: list[int] = []
        self.arrived = asyncio.Condition()

    async def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Handled]:
        async with self.arrived:
            self.deliveries += deliveries
            self.batches.append(len(deliveries))
            self.arrived.notify_all()
        return [self.answers.pop(0) if self.answers else DONE for _ in deliveries]

    async def wait_for(self, count: int, seconds: float = 15) -> None:
        async with asyncio.timeout(seconds), self.arrived:
            await self.arrived.wait_for(lambda: len(self.deliveries) >= count)

    @property
    def bodies(self) -> list[bytes]:
        return [delivery.message.body for delivery in self.deliveries]


def message(queue: QueueSpec, body: str = "{}") -> Message:
    return Message(str(uuid7()), queue.routing_keys[0], body.encode())


async def publish(broker: Broker, *messages: Message) -> None:
    assert list(await broker.publish(messages)) == [None] * len(messages)


async def wait_for_depth(broker: Broker, queue: QueueSpec, messages: int, parked: int) -> None:
    for _ in range(300):
        [depth] = await broker.depths([queue.name])
        if (depth.messages, depth.parked) == (messages, parked):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{depth} instead of {messages} and {parked} parked")


async def test_messages_arrive_in_order_with_all_they_carry(broker: Broker, queue: QueueSpec) -> None:
    await broker.declare([queue])
    sent = [message(queue, f'{{"n": {n}}}') for n in range(30)]
    await publish(broker, *sent)
    recorder = Recorder()
    consumption = await broker.consume(queue, recorder)
    await recorder.wait_for(30)
    await consumption.stop()
    assert [delivery.message for delivery in recorder.deliveries] == sent
    assert max(recorder.batches) <= queue.prefetch
    await wait_for_depth(broker, queue, 0, 0)


async def test_a_message_waits_for_a_consumer_that_comes_later(broker: Broker, queue: QueueSpec) -> None:
    await broker.declare([queue])
    await publish(broker, message(queue))
    await wait_for_depth(broker, queue, 1, 0)
    recorder = Recorder()
    consumption = await broker.consume(queue, recorder)
    await recorder.wait_for(1)
    await consumption.stop()


async def test_each_bound_queue_gets_its_copy(broker: Broker, queue: QueueSpec) -> None:
    other = QueueSpec(f"{queue.name}-other", queue.routing_keys[:1])
    await broker.declare([queue, other])
    await publish(broker, message(queue))
    for spec in (queue, other):
        await wait_for_depth(broker, spec, 1, 0)


async def test_an_unroutable_message_is_told_and_its_neighbours_go_on(
    broker: Broker, queue: QueueSpec
) -> None:
    await broker.declare([queue])
    lost = Message(str(uuid7()), "nobody.listens.v1", b"{}")
    before, error, after = await broker.publish([message(queue), lost, message(queue)])
    assert (before, after) == (None, None)
    assert isinstance(error, Unroutable)
    await wait_for_depth(broker, queue, 2, 0)


async def test_a_failed_message_comes_back_after_its_tier_with_its_failures_counted(
    broker: Broker, queue: QueueSpec
) -> None:
    await broker.declare([queue])
    recorder = Recorder(Handled(Outcome.RETRY, "not yet"), Handled(Outcome.RETRY, "not yet"))
    consumption = await broker.consume(queue, recorder)
    started = asyncio.get_running_loop().time()
    sent = message(queue, '{"kept": true}')
    await publish(broker, sent)
    await recorder.wait_for(3)
    waited = asyncio.get_running_loop().time() - started
    await consumption.stop()
    assert [delivery.failures for delivery in recorder.deliveries] == [0, 1, 2]
    assert {delivery.message for delivery in recorder.deliveries} == {sent}
    assert waited >= 2.5  # the tiers of these tests are 1 s and 2 s


async def test_a_parked_message_can_be_looked_at_and_replayed(broker: Broker, queue: QueueSpec) -> None:
    await broker.declare([queue])
    recorder = Recorder(Handled(Outcome.PARK, "malformed"))
    consumption = await broker.consume(queue, recorder)
    bad, good = message(queue, "bad"), message(queue, "good")
    await publish(broker, bad, good)
    await recorder.wait_for(2)
    await wait_for_depth(broker, queue, 0, 1)
    for _ in range(2):  # looking takes nothing away
        [parked] = [item async for item in broker.parked(queue.name)]
        assert (parked.message, parked.reason) == (bad, "malformed")
    assert [item async for item in broker.replay(queue.name)] == [parked]
    await recorder.wait_for(3)
    await consumption.stop()
    assert recorder.bodies == [b"bad", b"good", b"bad"]
    await wait_for_depth(broker, queue, 0, 0)


MANY = 300
"""More than are taken at a time, of either adapter."""


async def park_many(broker: Broker, queue: QueueSpec) -> list[Message]:
    """Have ``MANY`` messages parked, each third with another reason."""
    await broker.declare([queue])
    reasons = [Handled(Outcome.PARK, "odd" if n % 3 == 0 else "malformed") for n in range(MANY)]
    sent = [message(queue, str(n)) for n in range(MANY)]
    consumption = await broker.consume(queue, Recorder(*reasons))
    await publish(broker, *sent)
    await wait_for_depth(broker, queue, 0, MANY)
    await consumption.stop()
    return sent


async def test_all_that_is_parked_is_seen_and_replayed(broker: Broker, queue: QueueSpec) -> None:
    sent = await park_many(broker, queue)
    assert {item.message async for item in broker.parked(queue.name)} == set(sent)
    assert {item.message async for item in broker.replay(queue.name)} == set(sent)
    await wait_for_depth(broker, queue, MANY, 0)


async def test_the_chosen_are_dropped_and_the_others_stay(broker: Broker, queue: QueueSpec) -> None:
    sent = await park_many(broker, queue)
    odd = {item.message async for item in broker.drop(queue.name, lambda item: item.reason == "odd")}
    assert odd == set(sent[::3])
    left = [item async for item in broker.parked(queue.name)]
    assert {item.message for item in left} == set(sent) - odd
    assert {item.reason for item in left} == {"malformed"}
    await wait_for_depth(broker, queue, 0, len(left))


async def test_a_replay_ends_though_what_it_puts_back_is_parked_again(
    broker: Broker, queue: QueueSpec
) -> None:
    await broker.declare([queue])
    recorder = Recorder(*(Handled(Outcome.PARK, "malformed") for _ in range(50)))
    consumption = await broker.consume(queue, recorder)
    await publish(broker, *(message(queue, str(n)) for n in range(3)))
    await wait_for_depth(broker, queue, 0, 3)
    async with asyncio.timeout(30):
        assert len([item async for item in broker.replay(queue.name)]) == 3
    await recorder.wait_for(6)
    await consumption.stop()
    await wait_for_depth(broker, queue, 0, 3)


async def test_consumers_compete_and_each_message_goes_to_one(broker: Broker, queue: QueueSpec) -> None:
    """Guard (local): one look at the journal at a time (``LocalBroker.take``)."""
    single = QueueSpec(queue.name, queue.routing_keys, prefetch=1)
    await broker.declare([single])
    recorders = [Recorder() for _ in range(8)]
    consumptions = [await broker.consume(single, recorder) for recorder in recorders]
    await publish(broker, *(message(queue, str(n)) for n in range(200)))
    await wait_for_depth(broker, queue, 0, 0)
    for consumption in consumptions:
        await consumption.stop()
    taken = [int(body) for recorder in recorders for body in recorder.bodies]
    assert sorted(taken) == list(range(200))


async def test_what_is_in_hand_is_finished_before_a_consumer_stops(broker: Broker, queue: QueueSpec) -> None:
    await broker.declare([queue])
    begun, may_finish, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(deliveries: Sequence[Delivery]) -> Sequence[Handled]:
        begun.set()
        await may_finish.wait()
        finished.set()
        return [DONE] * len(deliveries)

    consumption = await broker.consume(queue, slow)
    await publish(broker, message(queue))
    await asyncio.wait_for(begun.wait(), 10)
    stopping = asyncio.create_task(consumption.stop())
    await asyncio.wait([stopping], timeout=0.2)
    assert not stopping.done()
    may_finish.set()
    await stopping
    assert finished.is_set()
    await wait_for_depth(broker, queue, 0, 0)


async def test_declaring_again_changes_nothing(broker: Broker, queue: QueueSpec) -> None:
    await broker.declare([queue])
    await publish(broker, message(queue))
    await broker.declare([queue])
    await wait_for_depth(broker, queue, 1, 0)
