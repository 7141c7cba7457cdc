// SPDX-License-Identifier: GPL-2.0-only
#include "maps.h"

struct ring_map ring SEC(".maps");
struct watched_map watched SEC(".maps");
struct processes_map processes SEC(".maps");
struct threads_map threads SEC(".maps");
struct goroutines_map goroutines SEC(".maps");
struct go_processes_map go_processes SEC(".maps");
struct socket_calls_map socket_calls SEC(".maps");
struct sessions_map sessions SEC(".maps");
struct connections_map connections SEC(".maps");
struct openings_map openings SEC(".maps");
struct foreign_sockets_map foreign_sockets SEC(".maps");
struct fingerprints_map fingerprints SEC(".maps");
struct waiting_map waiting SEC(".maps");
struct receiving_map receiving SEC(".maps");
struct receipts_map receipts SEC(".maps");
struct seeking_map seeking SEC(".maps");
struct socket_bios_map socket_bios SEC(".maps");
struct cgroups_map cgroups SEC(".maps");
struct executables_map executables SEC(".maps");
struct hosts_map hosts SEC(".maps");
struct tls_methods_map tls_methods SEC(".maps");
struct counters_map counters SEC(".maps");
struct no_programs_map no_programs SEC(".maps");

const volatile struct config config = {};
const volatile struct process_filter process_filter = {};
const volatile struct connection_filter connection_filter = {};
volatile __u32 reader_awake = 0;
volatile __u32 stopped = 0;
volatile __u32 has_go_programs = 0;
__u64 last_session = 0;
__u64 last_connection = 0;

char _license[] SEC("license") = "GPL";
