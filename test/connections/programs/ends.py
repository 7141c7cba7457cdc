"""PORT: connections that end in all ways, each some time after its last data."""
import os
import signal
import socket
import struct
import sys
import threading
import time

import truth

PAUSE = 0.6
LINGER_NOT = struct.pack('ii', 1, 0)

port = int(sys.argv[1])
context = truth.context()


def connect(token, verb):
    """A connection whose first message was answered."""
    tls = context.wrap_socket(socket.create_connection(('127.0.0.1', port)))
    truth.tell(token, tls)
    tls.sendall(f'{token} {verb}\n'.encode())
    received = b''
    while len(received) < len(token):
        received += tls.recv(len(token))
    time.sleep(PAUSE)
    return tls


def read_on(tls):
    while tls.recv(500):
        pass


def close(token):
    connect(token, 'watch').close()


def close_second(token):
    tls = connect(token, 'fin')
    read_on(tls)
    truth.tell_end(token, 'fin', 'server')
    time.sleep(0.2)
    tls.close()


def close_half(token):
    """The connection ends when the other end, too, has nothing more to say."""
    tls = connect(token, 'half')
    socket.socket.shutdown(tls, socket.SHUT_WR)
    read_on(tls)
    truth.tell_end(token, 'fin', 'client')
    tls.close()


def close_half_second(token):
    tls = connect(token, 'half_peer')
    for _ in range(3):
        tls.sendall(token.encode())
        time.sleep(0.2)
    tls.close()


def close_half_unread(token):
    tls = connect(token, 'half_flood')
    socket.socket.shutdown(tls, socket.SHUT_WR)
    time.sleep(2 * PAUSE)
    tls.close()


def close_unread(token):
    connect(token, 'flood').close()


def shut_down(token):
    """Both directions; what came before can still be read."""
    tls = connect(token, 'flood')
    socket.socket.shutdown(tls, socket.SHUT_RDWR)
    time.sleep(0.1)
    read_on(tls)
    tls.close()


def abort(token):
    tls = connect(token, 'watch')
    socket.socket.setsockopt(tls, socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    tls.close()


def be_aborted(token):
    tls = connect(token, 'rst')
    try:
        read_on(tls)
    except ConnectionResetError:
        pass
    truth.tell_end(token, 'rst' if truth.was_reset(tls) else 'fin', 'server')
    tls.close()


def die(token):
    _alive = connect(token, 'watch')
    os.kill(os.getpid(), signal.SIGKILL)


def die_unread(token):
    _alive = connect(token, 'flood')
    os.kill(os.getpid(), signal.SIGKILL)


def main():
    children = []
    for number, death in enumerate((die, die_unread)):
        if (child := os.fork()) == 0:
            death(f'tok_d{number}_')
        children.append(child)
    kinds = (
        close,
        close_second,
        close_half,
        close_half_second,
        close_half_unread,
        close_unread,
        shut_down,
        abort,
        be_aborted,
    )
    threads = [
        threading.Thread(target=kind, args=(f'tok_{kind.__name__.replace("_", "")}_',))
        for kind in kinds
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for child in children:
        os.waitpid(child, 0)


main()
