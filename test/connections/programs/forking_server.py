"""
PORT KEY CERT: a server that forks after accept. The children do the TLS; of every second connection
the parent did the handshake before.
"""
import os
import re
import signal
import socket
import ssl
import sys

import truth

port, key, cert = int(sys.argv[1]), sys.argv[2], sys.argv[3]
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)


def serve(tls):
    received = b''
    while chunk := tls.recv(4096):
        received += chunk
        if not received.endswith(b'\r\n\r\n'):
            continue
        token = re.search(rb'tok_[0-9a-z]+_', received).group()
        truth.tell(token.decode(), tls, 'server')
        tls.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s' % (len(token), token))
        received = b''
    tls.close()


listener = socket.create_server(('127.0.0.1', port), backlog=64)
truth.ready()
number = 0
while True:
    sock, _ = listener.accept()
    number += 1
    shaken = context.wrap_socket(sock, server_side=True) if number % 2 else None
    if os.fork() == 0:
        listener.close()
        serve(shaken or context.wrap_socket(sock, server_side=True))
        os._exit(0)
    (shaken or sock).close()
