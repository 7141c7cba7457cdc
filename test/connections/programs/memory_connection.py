"""A connection whose TLS object has memory BIOs: what it gives is sent at once."""
import socket
import ssl


class MemoryConnection:
    def __init__(self, number, port, context):
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
