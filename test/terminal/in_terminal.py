"""Runs a command in a terminal of its own.

  in_terminal.py COLUMNS COMMAND ARGS...

What it writes to the terminal goes to stdout. Lines on stdin are done: `columns N` changes the
terminal's size, `type TEXT` types (^C for Ctrl-C). Ends with the exit code of the command.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios

STDIN, STDOUT = 0, 1


def set_columns(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))


def obey(line):
    word, value = line.split(' ', 1)
    if word == 'columns':
        set_columns(terminal, int(value))
    else:
        os.write(terminal, value.replace('^C', '\x03').encode())


columns, command = int(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    set_columns(STDIN, columns)
    os.execvp(command[0], command)

inputs = [terminal, STDIN]
while terminal in inputs:
    for source in select.select(inputs, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:  # The command and its children have ended.
            data = b''
        if not data:
            inputs.remove(source)
        elif source == STDIN:
            for line in data.decode().splitlines():
                obey(line)
        else:
            os.write(STDOUT, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
