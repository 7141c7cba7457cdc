"""
TLS that goes through no TCP connection: a Unix socket pair, a pair of pipes, memory. Meanwhile the
process moves other data through TCP sockets: KEY CERT.
"""
import os
import socket
import ssl
import sys
import threading

import truth

key, cert = sys.argv[1:3]
server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_context.load_cert_chain(cert, key)
client_context = truth.context()


def tell(token):
    truth.say({'token': token, 'role': 'client', 'local': None, 'remote': None})


class PlainTcp:
    """A connection to ourselves, without TLS."""

    def __init__(self):
        with socket.create_server(('127.0.0.1', 0)) as listener:
            self.ours = socket.create_connection(listener.getsockname())
            self.theirs, _ = listener.accept()

    def use(self):
        self.ours.sendall(b'\x17\x03\x03 looks like a record')
        self.theirs.recv(100)


def answer(tls, rounds):
    for _ in range(rounds):
        tls.sendall(tls.recv(100))


def over_unix_socket(plain):
    ours, theirs = socket.socketpair()

    def serve():
        with server_context.wrap_socket(theirs, server_side=True) as tls:
            answer(tls, 3)

    thread = threading.Thread(target=serve)
    thread.start()
    with client_context.wrap_socket(ours) as tls:
        for number in range(3):
            tell(f'tok_unix{number}_')
            tls.sendall(f'tok_unix{number}_'.encode())
            plain.use()
            tls.recv(100)
    thread.join()


class Memory:
    def __init__(self, context, **options):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, **options)

    def shake(self):
        try:
            self.tls.do_handshake()
            return True
        except ssl.SSLWantReadError:
            return False


def over_memory(plain, name, carry):
    client, server = Memory(client_context), Memory(server_context, server_side=True)

    def move(sender, receiver):
        if sender.outgoing.pending:
            receiver.incoming.write(carry(sender.outgoing.read()))

    while not (client.shake() & server.shake()):
        move(client, server)
        plain.use()
        move(server, client)
    for number in range(3):
        token = f'tok_{name}{number}_'
        tell(token)
        client.tls.write(token.encode())
        plain.use()
        move(client, server)
        server.tls.write(server.tls.read(100))
        move(server, client)
        client.tls.read(100)


def through_pipe(data):
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    received = os.read(reader, 65536)
    os.close(reader)
    return received


plain = PlainTcp()
over_unix_socket(plain)
over_memory(plain, 'pipe', through_pipe)
over_memory(plain, 'memory', lambda data: data)
