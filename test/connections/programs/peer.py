"""
PORT KEY CERT [namespaces]: what the other ends of connections do, in threads. A message is a token and
what to do with it; without that it comes back as it is.

It tells what it saw of the ends of connections: a FIN or an RST of the client.
"""
import re
import socket
import ssl
import struct
import sys
import threading
import time

import truth

MESSAGE = re.compile(rb'(tok_[0-9a-z]+_)(?: (\w+)\n)?')
LINGER_NOT = struct.pack('ii', 1, 0)
# Between the last data and the end, so that the time of the one is not that of the other.
PAUSE = 0.6
PIECES = 5

port, key, cert = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
# Else a client that does not read has something unread.
context.num_tickets = 0


def see_end(tls):
    """Waits for the client's end of the connection."""
    try:
        while tls.recv(4096):
            pass
    except ConnectionResetError:
        pass


def watch(tls, token):
    see_end(tls)
    truth.tell_end(token, 'rst' if truth.was_reset(tls) else 'fin', 'client')


def flood(tls, token):
    tls.sendall(token.encode() * 1000)
    watch(tls, token)


def later(tls, token):
    """The client reads this before it writes again, and then goes on."""
    time.sleep(2)
    tls.sendall(token.encode() * 5)
    echo(tls)


def sip(tls, token):
    """Reads less than comes."""
    try:
        socket.socket.setsockopt(tls, socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        while tls.recv(4096):
            time.sleep(0.005)
    except OSError:
        pass


def fin(tls, token):
    time.sleep(PAUSE)


def rst(tls, token):
    time.sleep(PAUSE)
    socket.socket.setsockopt(tls, socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)


def half(tls, token):
    """The client does not write any more, but reads on."""
    see_end(tls)
    for _ in range(PIECES):
        socket_write(tls, token)
        time.sleep(PAUSE / PIECES)


def half_flood(tls, token):
    """The client does not write any more, and goes away with something unread."""
    half(tls, token)
    try:
        while True:
            tls.write(token.encode())
            time.sleep(0.005)
    except OSError:
        if truth.was_reset(tls):
            truth.tell_end(token, 'rst', 'client')


def socket_write(tls, token):
    tls.write(token.encode() * 50)


def half_peer(tls, token):
    """We do not write any more, but read on."""
    socket.socket.shutdown(tls, socket.SHUT_WR)
    see_end(tls)
    truth.tell_end(token, 'fin', 'server')


VERBS = {
    'later': later,
    'sip': sip,
    'watch': watch,
    'flood': flood,
    'fin': fin,
    'rst': rst,
    'half': half,
    'half_flood': half_flood,
    'half_peer': half_peer,
}


def echo(tls):
    while received := tls.recv(4096):
        token, verb = MESSAGE.match(received).groups()
        truth.tell(token.decode(), tls, 'server')
        if verb:
            tls.sendall(token)
            VERBS[verb.decode()](tls, token.decode())
            return
        tls.sendall(received)


def serve(sock):
    with context.wrap_socket(sock, server_side=True) as tls:
        echo(tls)


listener = socket.create_server(('127.0.0.1', port), backlog=64)
truth.ready()
while True:
    sock, _ = listener.accept()
    threading.Thread(target=serve, args=(sock,), daemon=True).start()
