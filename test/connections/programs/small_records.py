"""PORT CONNECTIONS [late]: asyncio with messages of six bytes each."""
import asyncio
import sys

import truth

port, connections = int(sys.argv[1]), int(sys.argv[2])


async def exchange(reader, writer, token):
    truth.tell(token, writer.get_extra_info('socket'))
    for _ in range(3):
        writer.write(token.encode())
        await reader.readexactly(len(token))


async def main():
    context = truth.context()
    streams = [
        await asyncio.open_connection('127.0.0.1', port, ssl=context) for _ in range(connections)
    ]
    truth.wait_for_go()
    await asyncio.gather(
        *(exchange(*each, f'tok_{number}_') for number, each in enumerate(streams))
    )


asyncio.run(main())
