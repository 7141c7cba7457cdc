"""
PORT: OpenSSL's own functions, as C programs use them, one kind of BIO after another. The other end is
peer.py.
"""
import ctypes
import os
import socket
import ssl  # noqa: F401 loads the library that Python has
import sys

import truth

port = int(sys.argv[1])
libssl = ctypes.CDLL('libssl.so.3')
libcrypto = ctypes.CDLL('libcrypto.so.3')
P, INT = ctypes.c_void_p, ctypes.c_int


def declare(library, name, result, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


TLS_client_method = declare(libssl, 'TLS_client_method', P)
SSL_CTX_new = declare(libssl, 'SSL_CTX_new', P, P)
SSL_new = declare(libssl, 'SSL_new', P, P)
SSL_free = declare(libssl, 'SSL_free', None, P)
SSL_clear = declare(libssl, 'SSL_clear', INT, P)
SSL_connect = declare(libssl, 'SSL_connect', INT, P)
SSL_set_fd = declare(libssl, 'SSL_set_fd', INT, P, INT)
SSL_set_rfd = declare(libssl, 'SSL_set_rfd', INT, P, INT)
SSL_set_wfd = declare(libssl, 'SSL_set_wfd', INT, P, INT)
SSL_set_bio = declare(libssl, 'SSL_set_bio', None, P, P, P)
SSL_read = declare(libssl, 'SSL_read', INT, P, P, INT)
SSL_write = declare(libssl, 'SSL_write', INT, P, P, INT)
SSL_shutdown = declare(libssl, 'SSL_shutdown', INT, P)
BIO_new_socket = declare(libcrypto, 'BIO_new_socket', P, INT, INT)
BIO_new_bio_pair = declare(libcrypto, 'BIO_new_bio_pair', INT, P, ctypes.c_size_t, P, ctypes.c_size_t)
BIO_read = declare(libcrypto, 'BIO_read', INT, P, P, INT)
BIO_write = declare(libcrypto, 'BIO_write', INT, P, P, INT)

context = SSL_CTX_new(TLS_client_method())


def connect():
    return socket.create_connection(('127.0.0.1', port))


def exchange(tls, sock, token):
    """Two messages and their echos."""
    for number in range(2):
        message = f'tok_{token}{number}_'.encode()
        truth.tell(message.decode(), sock)
        assert SSL_write(tls, message, len(message)) == len(message)
        buffer = ctypes.create_string_buffer(100)
        assert SSL_read(tls, buffer, 100) == len(message)


def clear():
    """One object, used again for one connection after another, of which each has the same fd."""
    tls = SSL_new(context)
    for number in range(5):
        sock = connect()
        SSL_set_fd(tls, sock.fileno())
        assert SSL_connect(tls) == 1
        exchange(tls, sock, f'clear{number}x')
        SSL_shutdown(tls)
        SSL_clear(tls)
        sock.close()
    SSL_free(tls)


def leak():
    """Objects that outlive their sockets, whose fds are those of the next ones."""
    objects = []
    for number in range(5):
        sock = connect()
        tls = SSL_new(context)
        objects.append(tls)
        SSL_set_fd(tls, sock.fileno())
        assert SSL_connect(tls) == 1
        exchange(tls, sock, f'leak{number}x')
        sock.close()
    for tls in objects:
        SSL_free(tls)


def two_fds():
    """A duplicate to read from and another to write to; the first one is closed."""
    sock = connect()
    reader, writer = sock.dup(), sock.dup()
    sock.close()
    tls = SSL_new(context)
    SSL_set_rfd(tls, reader.fileno())
    SSL_set_wfd(tls, writer.fileno())
    assert SSL_connect(tls) == 1
    exchange(tls, reader, 'dup')
    SSL_free(tls)


def socket_bio():
    sock = connect()
    tls = SSL_new(context)
    bio = BIO_new_socket(sock.fileno(), 0)
    SSL_set_bio(tls, bio, bio)
    assert SSL_connect(tls) == 1
    exchange(tls, sock, 'bio')
    SSL_free(tls)


def early_fd():
    """An object that gets its socket before that is connected to anything."""
    sock = socket.socket()
    tls = SSL_new(context)
    SSL_set_fd(tls, sock.fileno())
    sock.connect(('127.0.0.1', port))
    assert SSL_connect(tls) == 1
    exchange(tls, sock, 'early')
    SSL_free(tls)


def moved_fd():
    """Another socket takes the place of the one that the object was given."""
    first, second = connect(), connect()
    tls = SSL_new(context)
    SSL_set_fd(tls, first.fileno())
    os.dup2(second.fileno(), first.fileno())
    assert SSL_connect(tls) == 1
    exchange(tls, second, 'moved')
    SSL_free(tls)


def bio_pair():
    sock = connect()
    tls = SSL_new(context)
    inner, outer = P(), P()
    assert BIO_new_bio_pair(ctypes.byref(inner), 0, ctypes.byref(outer), 0) == 1
    SSL_set_bio(tls, inner, inner)
    buffer = ctypes.create_string_buffer(20000)

    def send():
        while (length := BIO_read(outer, buffer, 20000)) > 0:
            sock.sendall(buffer.raw[:length])

    def receive():
        data = sock.recv(10000)
        assert BIO_write(outer, data, len(data)) == len(data)

    while SSL_connect(tls) != 1:
        send()
        receive()
    send()
    for number in range(2):
        message = f'tok_pair{number}_'.encode()
        truth.tell(message.decode(), sock)
        assert SSL_write(tls, message, len(message)) == len(message)
        send()
        receive()
        assert SSL_read(tls, buffer, 100) == len(message)
    SSL_free(tls)


for kind in (clear, leak, two_fds, socket_bio, early_fd, moved_fd, bio_pair):
    kind()
