"""Reads a response, asks again on the same connection, and aborts it when the next response
begins: with SO_LINGER of 0, close(2) sends an RST.

Usage: abort.py HOST PORT PATH
"""

import socket
import ssl
import struct
import sys

host, port, path = sys.argv[1:]
request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()

context = ssl.create_default_context()
with context.wrap_socket(socket.create_connection((host, int(port))), server_hostname=host) as tls:
    tls.sendall(request)
    response = b""
    while not response.endswith(b"0\r\n\r\n"):
        response += tls.recv(4096)
    tls.sendall(request)
    tls.recv(4096)
    tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
