set -e
mkdir /tmp/t; cp /run/vm/../vm/x /tmp 2>/dev/null || true
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /tmp/t/k.pem -out /tmp/t/c.pem -days 2 -subj /CN=localhost 2>/dev/null
openssl s_server -quiet -www -accept 44399 -key /tmp/t/k.pem -cert /tmp/t/c.pem >/dev/null 2>&1 &
sleep 2
cp /usr/bin/curl /tmp/t/mycurl
mkdir /sys/fs/cgroup/flt
run() { echo "== $*"; timeout 100 node dist/cli.js capture "$@" -w /tmp/t/o.pcapng -- sh -c "/tmp/t/mycurl -so /dev/null -k https://127.0.0.1:44399/mycurl; curl -so /dev/null -k https://127.0.0.1:44399/curl; setpriv --reuid=65534 --clear-groups curl -so /dev/null -k https://127.0.0.1:44399/nobody; sh -c 'echo \$\$ >/sys/fs/cgroup/flt/cgroup.procs; exec curl -so /dev/null -k https://127.0.0.1:44399/cgroup'" 2>&1; tshark -r /tmp/t/o.pcapng -Y http.request -T fields -e http.request.uri 2>/dev/null|tr '\n' ' '; }
run; run --comm mycurl; run --exe "/tmp/t/my*" --comm 'my*'; run --uid nobody; run --cgroup flt; run --cgroup $(stat -c %i /sys/fs/cgroup/flt) --uid 0; run --port 44399; run --port 1-1000; run --host 10.0.0.0/8; run --host ::/0 --host 127.0.0.1
