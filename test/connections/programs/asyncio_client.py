"""
asyncio on one thread: PORT CONNECTIONS REQUESTS [late] [download] [sequential] [?QUERY].

All connections at a time, or with `sequential` one after another. With `late` they go on after the
first request when they are told to. With `download` the program is ready while responses are
still coming.
"""
import asyncio
import sys

import truth

port, connections, requests = (int(word) for word in sys.argv[1:4])
query = next((word for word in sys.argv if word.startswith('?')), '')
context = truth.context()


def open_connection():
    return asyncio.open_connection('127.0.0.1', port, ssl=context)


async def ask(reader, writer, token):
    writer.write(truth.get(token, query))
    truth.tell(token, writer.get_extra_info('socket'))
    received = b''
    while (left := truth.missing(received)) is None or left > 0:
        received += await reader.read(4096)
        if 'download' in sys.argv and len(received) > 1000:
            sys.argv.remove('download')
            truth.ready()


async def go_on(number, reader, writer):
    for request in range(1, requests):
        await ask(reader, writer, f'tok_c{number}r{request}_')
    writer.close()
    await writer.wait_closed()


async def main():
    if 'sequential' in sys.argv:
        for number in range(connections):
            stream = await open_connection()
            await ask(*stream, f'tok_c{number}_')
            await go_on(number, *stream)
        return
    streams = await asyncio.gather(*(open_connection() for _ in range(connections)))
    await asyncio.gather(*(ask(*each, f'tok_c{number}_') for number, each in enumerate(streams)))
    truth.wait_for_go()
    await asyncio.gather(*(go_on(number, *each) for number, each in enumerate(streams)))


asyncio.run(main())
