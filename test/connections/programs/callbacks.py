"""
PORT CONNECTIONS [late]: callbacks of OpenSSL that use another socket. For each TLS message the
program asks a plain TCP service, inside of the TLS call, as for a session cache. Memory BIOs.
"""
import socket
import ssl
import sys
import threading

import truth

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


class Connection:
    def __init__(self, number):
        self.number = number
        self.sock = socket.create_connection(('127.0.0.1', port))
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing)
        self.repeat(self.tls.do_handshake)

    def repeat(self, action):
        while True:
            try:
                result = action()
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                self.incoming.write(self.sock.recv(65536))

    def flush(self):
        if self.outgoing.pending:
            self.sock.sendall(self.outgoing.read())

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


everyone = [Connection(number) for number in range(connections)]
for each in everyone:
    each.be_told(0)
truth.wait_for_go()
for each in everyone:
    each.repeat(lambda: each.tls.read(1000))
for number in range(1, 4):
    for each in everyone:
        each.exchange(number)
