"""PORT CONNECTIONS: asyncio that has more to write than is taken, and is ready in the middle."""
import asyncio
import socket
import sys

import truth

SECONDS = 3

port, connections = int(sys.argv[1]), int(sys.argv[2])
context = truth.context()


async def upload(number):
    sock = socket.socket()
    # Little waits in the kernel: what the program wants to send waits in the program.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)
    sock.connect(('127.0.0.1', port))
    reader, writer = await asyncio.open_connection(sock=sock, ssl=context, server_hostname='')
    writer.transport.set_write_buffer_limits(high=30000)
    token = f'tok_up{number}_'
    truth.tell(token, writer.get_extra_info('socket'))
    writer.write(f'{token} sip\n'.encode())
    await reader.readexactly(len(token))
    end = asyncio.get_running_loop().time() + SECONDS
    while asyncio.get_running_loop().time() < end:
        writer.write(token.encode() * 5000)
        await writer.drain()
    writer.transport.abort()


async def main():
    uploads = asyncio.gather(*(upload(number) for number in range(connections)))
    await asyncio.sleep(1)
    truth.ready()
    await uploads


asyncio.run(main())
