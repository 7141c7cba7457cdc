"""What scapy reads: the length of each packet and its TCP payload, if its checksum is right."""
import sys

from scapy.layers.inet import TCP
from scapy.layers.l2 import Ether
from scapy.utils import PcapNgReader

for packet in PcapNgReader(sys.argv[1]):
    rebuilt = packet.copy()
    del rebuilt[TCP].chksum
    checksum = Ether(bytes(rebuilt))[TCP].chksum
    if checksum != packet[TCP].chksum:
        sys.exit(f"a checksum is {packet[TCP].chksum:#06x}, not {checksum:#06x}")
    print(len(packet), bytes(packet[TCP].payload).hex())
