"""What the Python programs of these tests share: how they tell the truth, and a little HTTP."""
import json
import os
import re
import socket
import ssl
import sys
import time

# include/net/tcp_states.h
TCP_CLOSE = 7
LENGTH = re.compile(rb'content-length: (\d+)', re.IGNORECASE)


def say(fact):
    """In one system call, so that threads and processes do not mix their lines."""
    os.write(1, f'{json.dumps(fact, separators=(",", ":"))}\n'.encode())


def tell(token, sock, role='client'):
    """The message goes, or came, through this socket."""
    local, remote = sock.getsockname()[:2], sock.getpeername()[:2]
    fact = {'token': token, 'role': role, 'local': local, 'remote': remote}
    if 'namespaces' in sys.argv and role == 'client':
        # Of the host's /proc, also in another namespace of pids.
        fact['netns'] = os.stat('/proc/self/ns/net').st_ino
        fact['pid'] = int(os.readlink('/proc/self'))
    say(fact)


def tell_end(token, cause, by):
    """The connection of the message ends now."""
    say({'ended': token, 'cause': cause, 'by': by, 'time': time.time()})


def was_reset(sock):
    """
    What the kernel says of a connection that ended. Python itself tells an RST from a FIN no more
    since it uses SSL_read_ex.
    """
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_CLOSE


def ready():
    """Tells the driver that it may go on."""
    print('ready', file=sys.stderr, flush=True)


def wait_for_go(after=''):
    """Until the driver says so, if the program was started with `late`."""
    if 'late' in sys.argv:
        ready()
        sys.stdin.readline()


def context():
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    # A FIN without a close_notify is no error: then we can write on.
    trusting.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    return trusting


def get(token, query=''):
    return f'GET /{token}{query} HTTP/1.1\r\nHost: localhost\r\n\r\n'.encode()


def missing(received):
    """How many bytes of a response are still to come; None while its head is not whole."""
    head, separator, body = received.partition(b'\r\n\r\n')
    if not separator:
        return None
    return int(LENGTH.search(head).group(1)) - len(body)
