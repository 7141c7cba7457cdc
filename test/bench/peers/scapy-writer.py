# SPDX-License-Identifier: MIT
"""Writes payload as TCP segments into a pcapng file, with scapy.

scapy-writer.py FILE BYTES EVENT_BYTES
"""
import sys

from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.utils import PcapNgWriter

path, total, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
payload = b'x' * size
writer = PcapNgWriter(path)
sequence = 0
for number in range(total // size):
    packet = (
        Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02')
        / IP(src='10.0.0.1', dst='10.0.0.2', id=number & 0xFFFF)
        / TCP(sport=40000, dport=443, flags='PA', seq=sequence)
        / payload
    )
    packet.time = 1790000000 + number / 1e6
    writer.write(packet)
    sequence = (sequence + size) & 0xFFFFFFFF
writer.close()
