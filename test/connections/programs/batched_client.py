"""
Memory BIOs, in batches: PORT CONNECTIONS REQUESTS [io-thread] [late] [download] [slow] [?QUERY].

All sockets are read before any TLS object is fed, and all are fed before anything is sent, each time
in another order. With `io-thread` sockets and TLS objects are never touched by the same thread.
With `late` all go on after the first request when they are told to. With `download` the program is
ready while responses are still coming. With `slow` it reads less than comes.
"""
import queue
import random
import select
import socket
import ssl
import sys
import threading
import time

import truth

port, connections, requests = (int(word) for word in sys.argv[1:4])
query = next((word for word in sys.argv if word.startswith('?')), '?bytes=5000')
slow = 'slow' in sys.argv
random.seed(4711)


class Connection:
    def __init__(self, number):
        self.number = number
        self.sock = socket.create_connection(('127.0.0.1', port))
        self.sock.setblocking(False)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = truth.context().wrap_bio(self.incoming, self.outgoing)
        self.shaken = False
        self.asked = 0
        self.head = b''
        self.left = None

    @property
    def idle(self):
        return self.left == 0

    def ask(self):
        token = f'tok_c{self.number}r{self.asked}_'
        self.head, self.left = b'', None
        self.asked += 1
        truth.tell(token, self.sock)
        self.tls.write(truth.get(token, query))

    def advance(self, limit):
        """As far as the TLS object comes with what it was fed."""
        try:
            if not self.shaken:
                self.tls.do_handshake()
                self.shaken = True
            while True:
                if self.asked == 0 or (self.idle and self.asked < limit):
                    self.ask()
                self.receive(self.tls.read(2048))
        except ssl.SSLWantReadError:
            pass

    def receive(self, data):
        if self.left is None:
            self.head += data
            self.left = truth.missing(self.head)
        else:
            self.left -= len(data)


def shuffled(items):
    return random.sample(items, len(items))


def receive_all(sockets, timeout):
    readable, _, _ = select.select(sockets, [], [], timeout)
    if slow:
        time.sleep(0.002)
    return {sock: sock.recv(4096 if slow else 65536) for sock in shuffled(readable)}


def step(everyone, arrived, limit):
    """Feeds all, then lets all go on, then takes what all want to send."""
    for each in shuffled([each for each in everyone if each.sock in arrived]):
        each.incoming.write(arrived[each.sock])
    for each in shuffled(everyone):
        each.advance(limit)
    if 'download' in sys.argv and all(each.left is not None for each in everyone):
        sys.argv.remove('download')
        truth.ready()
    return {each.sock: each.outgoing.read() for each in shuffled(everyone) if each.outgoing.pending}


def send_all(sending):
    for sock, data in shuffled(list(sending.items())):
        sock.sendall(data)


class SameThread:
    def __init__(self, sockets):
        self.sockets = sockets

    def receive(self):
        return receive_all(self.sockets, 5)

    def send(self, sending):
        send_all(sending)

    def end(self):
        pass


class OtherThread:
    """A thread that does nothing but receive and send."""

    def __init__(self, sockets):
        self.sockets = sockets
        self.arrivals, self.departures = queue.Queue(), queue.Queue()
        self.thread = threading.Thread(target=self.carry)
        self.thread.start()

    def carry(self):
        while True:
            while not self.departures.empty():
                sending = self.departures.get()
                if sending is None:
                    return
                send_all(sending)
            if arrived := receive_all(self.sockets, 0.002):
                self.arrivals.put(arrived)

    def receive(self):
        return self.arrivals.get(timeout=5)

    def send(self, sending):
        self.departures.put(sending)

    def end(self):
        self.departures.put(None)
        self.thread.join()


def go_on(everyone, carrier, limit):
    """Until each has the responses to so many requests."""
    carrier.send(step(everyone, {}, limit))
    while not all(each.idle and each.asked == limit for each in everyone):
        carrier.send(step(everyone, carrier.receive(), limit))


def main():
    everyone = [Connection(number) for number in range(connections)]
    sockets = [each.sock for each in everyone]
    carrier = (OtherThread if 'io-thread' in sys.argv else SameThread)(sockets)
    go_on(everyone, carrier, 1)
    truth.wait_for_go()
    go_on(everyone, carrier, requests)
    carrier.end()


main()
