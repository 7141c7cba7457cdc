"""PORT NAME namespaces: messages from a fixed port, so that two of these have the same addresses."""
import socket
import sys
import time

import truth

SOURCE_PORT = 30001

port, name = int(sys.argv[1]), sys.argv[2]
sock = socket.create_connection(('127.0.0.1', port), source_address=('127.0.0.1', SOURCE_PORT))
with truth.context().wrap_socket(sock) as tls:
    for number in range(8):
        token = f'tok_{name}{number}_'
        truth.tell(token, tls)
        tls.sendall(token.encode())
        tls.recv(100)
        time.sleep(0.1)
