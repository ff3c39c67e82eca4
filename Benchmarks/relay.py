# mailmove: a relay that makes loopback as slow as the world.
# SPDX-License-Identifier: Apache-2.0
"""Passes TCP connections on, each byte half a round trip late, and counts round trips.

A round trip is counted whenever the client sends something after the server did: so often did
one side have to wait for the other, however many commands were on their way at once. The TCP
handshake counts as one.
"""

import argparse
import asyncio
import json
import signal

# What may be under way in one direction: more than any window the tools' sockets have.
UNDER_WAY_BYTES = 8 << 20
CHUNK_BYTES = 128 << 10


class Tally:
    """What went through since the start."""

    def __init__(self):
        self.connections = 0
        self.round_trips = 0
        self.longest = 0
        self.bytes = 0


class Conversation:
    """One connection in both directions."""

    def __init__(self, tally):
        self.tally = tally
        self.round_trips = 0
        self.turn()
        self.server_spoke = False

    def turn(self):
        self.round_trips += 1
        self.tally.round_trips += 1
        self.tally.longest = max(self.tally.longest, self.round_trips)

    def note(self, from_client, count):
        self.tally.bytes += count
        if not from_client:
            self.server_spoke = True
        elif self.server_spoke:
            self.server_spoke = False
            self.turn()


async def carry(reader, writer, delay, conversation, from_client):
    loop = asyncio.get_running_loop()
    waiting = asyncio.Queue()
    room = asyncio.Semaphore(UNDER_WAY_BYTES // CHUNK_BYTES)

    async def deliver():
        while True:
            due, data = await waiting.get()
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            room.release()
            if not data:
                break
            # What the client sends is a reaction to what has reached it by now.
            conversation.note(from_client, len(data))
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    delivery = asyncio.create_task(deliver())
    try:
        while True:
            await room.acquire()
            data = await reader.read(CHUNK_BYTES)
            await waiting.put((loop.time() + delay, data))
            if not data:
                break
        await delivery
    except (ConnectionError, OSError):
        delivery.cancel()


async def serve(options):
    tally = Tally()
    delay = options.round_trip / 2000
    host, port = options.to.rsplit(":", 1)

    async def connection(reader, writer):
        tally.connections += 1
        conversation = Conversation(tally)
        await asyncio.sleep(2 * delay)
        try:
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            carry(reader, far_writer, delay, conversation, True),
            carry(far_reader, writer, delay, conversation, False))
        for end in (writer, far_writer):
            end.close()

    server = await asyncio.start_server(connection, "127.0.0.1", options.listen)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)

    def report():
        with open(options.tally, "w", encoding="ascii") as file:
            json.dump(tally.__dict__, file)
        tally.__init__()

    loop.add_signal_handler(signal.SIGUSR1, report)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", type=int, default=0, help="port; any free one by default")
    parser.add_argument("--to", required=True, help="HOST:PORT")
    parser.add_argument("--round-trip", type=float, default=0, help="milliseconds")
    parser.add_argument("--tally", required=True,
                        help="file that gets the counts since the last time, at SIGUSR1")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
