"""A weak link in between: slow, far, and it loses things: datagrams for good; of a stream, they come again later."""

import asyncio
import random
import socket
import threading
from contextlib import contextmanager

#: What waits in buffers is not seen by who sends: a weak line has little room.
_BUFFER = 1 << 14


def _small(host):
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    made.bind((host, 0))
    return made


class Relay:
    """Listens at ports of its own, and passes on both ways.

    Parameters
    ----------
    kbps
        So much goes each way.
    delay_s
        One way takes so long.
    loss
        So many of the datagrams are lost; of a stream, so many pieces come a round trip and a half later.
    """

    def __init__(self, kbps, delay_s, loss, seed=1):
        self.kbps, self.delay_s, self.loss = kbps, delay_s, loss
        self._dice = random.Random(seed)
        self.lost = self.passed = 0
        self._loop = asyncio.new_event_loop()

    def _is_lost(self):
        lost = self._dice.random() < self.loss
        self.lost, self.passed = self.lost + lost, self.passed + (not lost)
        return lost

    def tcp(self, port):
        """A port that leads to a port of this machine."""

        async def start():
            server = await asyncio.start_server(
                lambda *ends: self._meet(*ends, port), sock=_small("127.0.0.1"), limit=_BUFFER
            )
            return server.sockets[0].getsockname()[1]

        return self._run(start())

    def udp(self, port):
        """The same for datagrams."""

        async def start():
            found, _ = await self._loop.create_datagram_endpoint(
                lambda: _Datagrams(self, port), ("127.0.0.1", 0)
            )
            return found.get_extra_info("sockname")[1]

        return self._run(start())

    def _run(self, what):
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _meet(self, reader, writer, port):
        there, back = await asyncio.open_connection("127.0.0.1", port, limit=_BUFFER)
        ways = [
            asyncio.create_task(self._carry(reader, back)),
            asyncio.create_task(self._carry(there, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_EXCEPTION)
        for way in ways:
            way.cancel()
        for end in (back, writer):
            end.close()

    async def _carry(self, reader, writer):
        """Pieces in their order, none sooner than the line has carried it and all before it."""
        free = self._loop.time()
        waiting = asyncio.Queue(32)

        async def deliver():
            while (piece := await waiting.get()) is not None:
                at, data = piece
                await asyncio.sleep(max(0.0, at - self._loop.time()))
                writer.write(data)
                await writer.drain()
            writer.close()

        delivering = asyncio.create_task(deliver())
        while data := await reader.read(1400):
            free = max(free, self._loop.time()) + len(data) * 8 / (1000 * self.kbps)
            free += 3 * self.delay_s if self._is_lost() else 0.0
            await waiting.put((free + self.delay_s, data))
        await waiting.put(None)
        await delivering

    @contextmanager
    def running(self):
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._run(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(10)
            self._loop.close()

    async def _end(self):
        """Nothing is left half done: Python would end it at any moment later, and what it does then may suffer."""
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


class _Datagrams(asyncio.DatagramProtocol):
    """Of the sender's side; each sender has a socket of its own on the other one."""

    def __init__(self, relay, port):
        self._relay, self._port, self._ends = relay, port, {}

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, sender):
        if not self._relay._is_lost():
            self._relay._loop.create_task(self._pass_on(data, sender))

    async def _pass_on(self, data, sender):
        await asyncio.sleep(self._relay.delay_s)
        if sender not in self._ends:
            self._ends[sender], _ = await self._relay._loop.create_datagram_endpoint(
                lambda: _Back(self._relay, self._transport, sender), remote_addr=("127.0.0.1", self._port)
            )
        self._ends[sender].sendto(data)


class _Back(asyncio.DatagramProtocol):
    def __init__(self, relay, transport, sender):
        self._relay, self._to, self._sender = relay, transport, sender

    def datagram_received(self, data, _):
        if not self._relay._is_lost():
            self._relay._loop.call_later(self._relay.delay_s, self._to.sendto, data, self._sender)
