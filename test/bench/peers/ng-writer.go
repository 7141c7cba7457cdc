// SPDX-License-Identifier: MIT

// Writes payload as TCP segments into a pcapng file, with gopacket.
//
//	ng-writer FILE BYTES EVENT_BYTES
package main

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	total, err := strconv.Atoi(os.Args[2])
	must(err)
	size, err := strconv.Atoi(os.Args[3])
	must(err)
	file, err := os.Create(os.Args[1])
	must(err)
	output := bufio.NewWriterSize(file, 1<<20)
	writer, err := pcapgo.NewNgWriter(output, layers.LinkTypeEthernet)
	must(err)
	ethernet := layers.Ethernet{
		SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2},
		EthernetType: layers.EthernetTypeIPv4,
	}
	ip := layers.IPv4{
		Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP,
		SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2},
	}
	tcp := layers.TCP{SrcPort: 40000, DstPort: 443, ACK: true, PSH: true, Window: 65535}
	must(tcp.SetNetworkLayerForChecksum(&ip))
	payload := gopacket.Payload(bytes.Repeat([]byte{'x'}, size))
	buffer := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	start := time.Unix(1790000000, 0)
	for n := 0; n < total/size; n++ {
		must(gopacket.SerializeLayers(buffer, options, &ethernet, &ip, &tcp, payload))
		frame := buffer.Bytes()
		info := gopacket.CaptureInfo{
			Timestamp:     start.Add(time.Duration(n) * time.Microsecond),
			CaptureLength: len(frame), Length: len(frame),
		}
		must(writer.WritePacket(info, frame))
		tcp.Seq += uint32(size)
		ip.Id++
	}
	must(writer.Flush())
	must(output.Flush())
	must(file.Close())
}
