"""Reads the begin of a response, and then aborts the connection: SO_LINGER of 0 makes close(2)
send an RST.

Usage: abort.py HOST PORT PATH
"""

import socket
import ssl
import struct
import sys

host, port, path = sys.argv[1:]
tcp_socket = socket.create_connection((host, int(port)))
tls_socket = ssl.create_default_context().wrap_socket(tcp_socket, server_hostname=host)
tls_socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
tls_socket.recv(4096)
tls_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
tls_socket.close()
