"""
PORT CONNECTIONS [late]: callbacks of OpenSSL that use another socket. For each TLS message the
program asks a plain TCP service, inside of the TLS call, as for a session cache. Memory BIOs.
"""
import socket
import sys
import threading

import truth
from memory_connection import MemoryConnection

port, connections = int(sys.argv[1]), int(sys.argv[2])


def serve(listener):
    sock, _ = listener.accept()
    while data := sock.recv(100):
        sock.sendall(data)


def start_service():
    listener = socket.create_server(('127.0.0.1', 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    return socket.create_connection(listener.getsockname())


service = start_service()


def ask_service(*_):
    service.sendall(b'is this known?')
    service.recv(100)


context = truth.context()
context._msg_callback = ask_service


class Connection(MemoryConnection):
    def exchange(self, number):
        token = f'tok_c{self.number}r{number}_'
        truth.tell(token, self.sock)
        self.tls.write(token.encode() * 5)
        self.flush()
        self.repeat(lambda: self.tls.read(1000))

    def be_told(self, number):
        """The other end sends first."""
        token = f'tok_c{self.number}r{number}_'
        truth.tell(token, self.sock)
        self.tls.write(f'{token} later\n'.encode())
        self.flush()
        self.repeat(lambda: self.tls.read(1000))


everyone = [Connection(number, port, context) for number in range(connections)]
for each in everyone:
    each.be_told(0)
truth.wait_for_go()
for each in everyone:
    each.repeat(lambda: each.tls.read(1000))
for number in range(1, 4):
    for each in everyone:
        each.exchange(number)
