"""
PORT exec|pid: processes that follow one another under one pid, with TLS objects at the same addresses
that nobody frees. Run without address randomization (setarch -R).
"""
import ctypes
import os
import signal
import socket
import ssl
import sys

import truth

SYS_CLONE3 = 435
GENERATIONS = 5

port, kind = int(sys.argv[1]), sys.argv[2]
generation = int(sys.argv[3]) if len(sys.argv) > 3 else 0


class CloneArguments(ctypes.Structure):
    """struct clone_args of include/uapi/linux/sched.h"""

    _fields_ = [
        (name, ctypes.c_uint64)
        for name in (
            'flags pidfd child_tid parent_tid exit_signal stack stack_size tls set_tid '
            'set_tid_size cgroup'
        ).split()
    ]


def fork_as(pid):
    """As os.fork(), but for the child's pid."""
    wanted = ctypes.c_int(pid)
    arguments = CloneArguments(
        exit_signal=signal.SIGCHLD, set_tid=ctypes.addressof(wanted), set_tid_size=1
    )
    size = ctypes.sizeof(arguments)
    result = ctypes.CDLL(None, use_errno=True).syscall(SYS_CLONE3, ctypes.byref(arguments), size)
    if result < 0:
        raise OSError(ctypes.get_errno(), 'clone3')
    return result


def exchange(number):
    """With a memory BIO, which tells nothing of the socket."""
    sock = socket.create_connection(('127.0.0.1', port))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = truth.context().wrap_bio(incoming, outgoing)

    def repeat(action):
        while True:
            try:
                result = action()
                sock.sendall(outgoing.read())
                return result
            except ssl.SSLWantReadError:
                sock.sendall(outgoing.read())
                incoming.write(sock.recv(65536))

    repeat(tls.do_handshake)
    for message in range(3):
        token = f'tok_{kind}{number}x{message}_'
        truth.tell(token, sock)
        repeat(lambda: tls.write(token.encode()))
        repeat(lambda: tls.read(100))


def live_and_die(number):
    exchange(number)
    os.kill(os.getpid(), signal.SIGKILL)


if kind == 'exec':
    exchange(generation)
    if generation < GENERATIONS:
        os.execv(sys.executable, [sys.executable, *sys.argv[:3], str(generation + 1)])
else:
    pid = os.fork()
    if pid == 0:
        live_and_die(0)
    os.waitpid(pid, 0)
    for number in range(1, GENERATIONS):
        if fork_as(pid) == 0:
            live_and_die(number)
        os.waitpid(pid, 0)
