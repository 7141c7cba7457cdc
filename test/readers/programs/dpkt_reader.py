"""What dpkt reads: the length of each packet and its TCP payload."""
import sys

import dpkt

with open(sys.argv[1], "rb") as file:
    for _, frame in dpkt.pcapng.Reader(file):
        print(len(frame), dpkt.ethernet.Ethernet(frame).data.data.data.hex())
