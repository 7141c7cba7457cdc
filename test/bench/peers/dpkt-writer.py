# SPDX-License-Identifier: MIT
"""Writes payload as TCP segments into a pcap file (it has no writer of pcapng), with dpkt.

dpkt-writer.py FILE BYTES EVENT_BYTES
"""
import sys

import dpkt

path, total, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
payload = b'x' * size
sequence = 0
with open(path, 'wb') as file:
    writer = dpkt.pcap.Writer(file)
    for number in range(total // size):
        tcp = dpkt.tcp.TCP(sport=40000, dport=443, seq=sequence, flags=0x18, data=payload)
        ip = dpkt.ip.IP(src=b'\x0a\0\0\1', dst=b'\x0a\0\0\2', p=6, id=number & 0xFFFF, data=tcp)
        ip.len = len(ip)
        frame = dpkt.ethernet.Ethernet(src=b'\2\0\0\0\0\1', dst=b'\2\0\0\0\0\2', data=ip)
        writer.writepkt(bytes(frame), ts=1790000000 + number / 1e6)
        sequence = (sequence + size) & 0xFFFFFFFF
