"""
PORT CONNECTIONS: asyncio that has more to write than is taken. It is ready in the middle, and goes on
for a while when it is told to.
"""
import asyncio
import socket
import sys

import truth

SECONDS = 2

port, connections = int(sys.argv[1]), int(sys.argv[2])
context = truth.context()


async def upload(number, over):
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
    while not over.is_set():
        writer.write(token.encode() * 5000)
        await writer.drain()
    writer.transport.abort()


async def main():
    over = asyncio.Event()
    uploads = asyncio.gather(*(upload(number, over) for number in range(connections)))
    await asyncio.sleep(1)
    truth.ready()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await asyncio.sleep(SECONDS)
    over.set()
    await uploads


asyncio.run(main())
