"""
PORT KEY CERT: a server with memory BIOs, in batches: it reads all sockets before it feeds any TLS
object, and feeds all before it sends anything. It wants another key exchange than clients offer, so
each connection begins with a HelloRetryRequest, which says the same to all.
"""
import random
import re
import select
import socket
import ssl
import sys
import time

import truth

port, key, cert = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
context.set_ecdh_curve('secp384r1')
random.seed(4711)


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.shaken = False
        self.over = False

    def advance(self):
        try:
            if not self.shaken:
                self.tls.do_handshake()
                self.shaken = True
            while request := self.tls.read(4096):
                token = re.search(rb'tok_[0-9a-z]+_', request).group()
                truth.tell(token.decode(), self.sock, 'server')
                head = f'HTTP/1.1 200 OK\r\nContent-Length: {len(token)}\r\n\r\n'
                self.tls.write(head.encode() + token)
            self.over = True
        except ssl.SSLWantReadError:
            pass


def shuffled(items):
    return random.sample(items, len(items))


listener = socket.create_server(('127.0.0.1', port), backlog=64)
truth.ready()
everyone = {}
while True:
    readable, _, _ = select.select([listener, *everyone], [], [])
    # Meanwhile others become readable, too.
    time.sleep(0.02)
    readable, _, _ = select.select([listener, *everyone], [], [])
    if listener in readable:
        readable.remove(listener)
        while select.select([listener], [], [], 0)[0]:
            sock, _ = listener.accept()
            everyone[sock] = Connection(sock)
    for sock, data in [(sock, sock.recv(65536)) for sock in shuffled(readable)]:
        everyone[sock].incoming.write(data)
    for each in shuffled(list(everyone.values())):
        each.advance()
    for sock, each in shuffled(list(everyone.items())):
        if each.outgoing.pending:
            sock.sendall(each.outgoing.read())
        if each.over:
            everyone.pop(sock).sock.close()
