"""
Two ends of a connection in one process, and every system call that moves bytes through a socket.

Prints a line of JSON each: [end, direction, call, length, hash], for what the capture must have;
[end, direction, reason, length], for what it must tell as lost; before all, the two ports.
"""
import ctypes
import hashlib
import json
import os
import socket
import tempfile

libc = ctypes.CDLL(None, use_errno=True)
listener = socket.create_server(('127.0.0.1', 0))
client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
made = 0


def say(*facts):
    print(json.dumps(facts), flush=True)


def told(end, direction, call, data):
    say(end, direction, call, len(data), hashlib.sha256(data).hexdigest())


def fresh(length):
    """Bytes that no call had before."""
    global made
    made += 1
    return (b'%06d ' % made * (length // 7 + 1))[:length]


def split(data, *sizes):
    """Parts of these sizes, and the rest."""
    parts = []
    for size in sizes:
        parts.append(data[:size])
        data = data[size:]
    return [*parts, data]


def wait_for(length):
    while len(server.recv(length, socket.MSG_PEEK)) < length:
        pass


def sends(call, length, send):
    data = fresh(length)
    assert send(data) == length, call
    told('client', 'write', call, data)
    take(length)


def take(length):
    wait_for(length)
    told('server', 'read', 'recvfrom', server.recv(length))


def offer(length):
    data = fresh(length)
    client.sendall(data)
    told('client', 'write', 'sendto', data)
    wait_for(length)
    return data


def receives(call, length, receive):
    data = offer(length)
    assert receive(length) == data, call
    told('server', 'read', call, data)


def into_buffers(call):
    """Receives by a call that takes a list of buffers, some of them empty."""

    def receive(length):
        buffers = [bytearray(size) for size in (0, 1, 300, 0, 17, length - 318, 50)]
        result = call(buffers)
        assert (result if isinstance(result, int) else result[0]) == length
        return b''.join(buffers)[:length]

    return receive


class Iovec(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]


class Message(ctypes.Structure):
    """struct mmsghdr"""

    _fields_ = [
        ('name', ctypes.c_void_p),
        ('namelen', ctypes.c_uint),
        ('iov', ctypes.POINTER(Iovec)),
        ('iovlen', ctypes.c_size_t),
        ('control', ctypes.c_void_p),
        ('controllen', ctypes.c_size_t),
        ('flags', ctypes.c_long),
        ('length', ctypes.c_uint),
    ]


def messages(*groups):
    array = (Message * len(groups))()
    for message, parts in zip(array, groups):
        vector = [Iovec(ctypes.addressof(part), len(part)) for part in parts]
        message.iov = (Iovec * len(parts))(*vector)
        message.iovlen = len(parts)
    return array


def buffer_of(data):
    return (ctypes.c_char * len(data)).from_buffer_copy(data)


say(client.getsockname()[1], server.getsockname()[1])

fd = client.fileno()
for size in (7, 6100, 70_000):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_000_000)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
    sends('write', size, lambda data: os.write(fd, data))
    sends('writev', size, lambda data: os.writev(fd, split(data, 0, 1, 5, 0, 70)))
    sends('writev', size, lambda data: os.writev(fd, [data[at : at + 400] for at in range(0, len(data), 400)]))
    sends('pwritev2', size, lambda data: os.pwritev(fd, split(data, 3), -1, os.RWF_HIPRI))
    sends('sendto', size, client.send)
    sends('sendto', size, lambda data: client.sendto(data, ('127.0.0.1', 1)))
    sends('sendmsg', size, lambda data: client.sendmsg([data]))
    sends('sendmsg', size, lambda data: client.sendmsg(split(data, 2, 6001, 9)))

fd = server.fileno()
for size in (400, 6100, 70_000):
    receives('read', size, lambda length: os.read(fd, length))
    receives('readv', size, into_buffers(lambda buffers: os.readv(fd, buffers)))
    receives('preadv2', size, into_buffers(lambda buffers: os.preadv(fd, buffers, -1, os.RWF_HIPRI)))
    receives('recvfrom', size, lambda length: server.recv(length))
    receives('recvfrom', size, lambda length: server.recvfrom(length + 10)[0])
    receives('recvmsg', size, lambda length: server.recvmsg(length)[0])
    receives('recvmsg', size, into_buffers(server.recvmsg_into))

# Two messages in one call, each of several buffers.
data = fresh(9000)
parts = [buffer_of(part) for part in split(data, 100, 1, 7000)]
assert libc.sendmmsg(client.fileno(), messages(parts[:2], parts[2:]), 2, 0) == 2
told('client', 'write', 'sendmmsg', data[:101])
told('client', 'write', 'sendmmsg', data[101:])
parts = [(ctypes.c_char * size)() for size in (10, 20, 3, 8967)]
wait_for(9000)
assert libc.recvmmsg(server.fileno(), messages(parts[:2], parts[2:]), 2, 0, None) == 2
assert b''.join(part.raw for part in parts) == data
told('server', 'read', 'recvmmsg', data[:30])
told('server', 'read', 'recvmmsg', data[30:])

# The last byte is urgent, and received apart from the others.
assert client.send(b'abc', socket.MSG_OOB) == 3
told('client', 'write', 'sendto', b'abc')
wait_for(2)
told('server', 'read', 'recvfrom', server.recv(100))
told('server', 'read', 'recvfrom', server.recv(1, socket.MSG_OOB))

# The kernel tells of memory that it sent from on the error queue.
SO_ZEROCOPY, MSG_ZEROCOPY = 60, 0x4000000
client.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
sends('sendto', 50_000, lambda data: client.send(data, MSG_ZEROCOPY))
client.recvmsg(100, 100, socket.MSG_ERRQUEUE)

# What a call does not move is not told.
server.setblocking(False)
for receive in (lambda: server.recv(10), lambda: os.readv(server.fileno(), [bytearray(1)])):
    try:
        receive()
        raise AssertionError
    except BlockingIOError:
        pass
server.setblocking(True)

# Bytes that are in no buffer of the program.
with tempfile.TemporaryFile() as file:
    file.write(fresh(30_000))
    file.flush()
    assert os.sendfile(client.fileno(), file.fileno(), 0, 30_000) == 30_000
    say('client', 'write', 'sendfile', 30_000)
    take(30_000)
source, sink = os.pipe()
os.write(sink, fresh(4000))
assert os.splice(source, client.fileno(), 4000) == 4000
say('client', 'write', 'splice', 4000)
wait_for(4000)
assert os.splice(server.fileno(), sink, 4000) == 4000
say('server', 'read', 'splice', 4000)
offer(500)
assert server.recv_into(bytearray(500), 500, socket.MSG_TRUNC) == 500
say('server', 'read', 'discarded', 500)

sends('write', 10, lambda data: os.write(client.fileno(), data))
client.close()
assert server.recv(10) == b''
server.close()
try:
    client.send(b'gone')
except OSError:
    pass
