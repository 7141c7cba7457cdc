"""
PORT DEPTH: TLS calls inside of TLS calls. Each connection writes in a callback of OpenSSL that is
called while the one before it writes. Memory BIOs; what each gives is sent at once.
"""
import sys

import truth
from memory_connection import MemoryConnection

port, depth = int(sys.argv[1]), int(sys.argv[2])
# Those that are still to write, inside of the call that is open.
inside = []


def go_deeper(*_):
    if inside:
        inside.pop(0).say()


context = truth.context()
context._msg_callback = go_deeper


class Connection(MemoryConnection):
    rounds = 0

    def say(self):
        token = f'tok_c{self.number}r{self.rounds}_'
        self.rounds += 1
        truth.tell(token, self.sock)
        self.tls.write(token.encode() * 5)
        self.flush()


everyone = [Connection(number, port, context) for number in range(depth)]
for _ in range(3):
    inside = everyone[1:]
    everyone[0].say()
    for each in everyone:
        each.repeat(lambda: each.tls.read(1000))
