uname -r; node -v; ls -la /sys/kernel/btf/vmlinux
mkdir -p /sys/fs/bpf/t && bpftool prog loadall test/vm/.k.o /sys/fs/bpf/t autoattach && bpftool prog show pinned /sys/fs/bpf/t/hit
mkdir -p /tmp/n && cat > /tmp/n/nginx.conf <<N
error_log /tmp/n/err; pid /tmp/n/pid; events {} http { access_log off; server { listen 127.0.0.1:8080; location / { return 200 "hello from vm\n"; } } }
N
nginx -c /tmp/n/nginx.conf -p /tmp/n; curl -sS http://127.0.0.1:8080/; 
bpftool map dump name k.bss 2>/dev/null || bpftool map dump name .bss || bpftool map
unshare -Ur id -u
ip link add v0 type veth peer name v1 && ip link | grep v0
ip netns add x && ip netns exec x ip link set lo up && echo netns ok
echo x > native/vm-writes && cat native/vm-writes; echo log > /var/log/zz && echo > ~/.zz
mount | grep -cE '9p|overlay'; ls /sys/fs/cgroup | head -3; ls /sys/kernel/tracing | head -2; cat < <(echo process substitution)
echo result > $VM_RESULTS/file; free -m | head -2; curl -g -sS http://[::1]:8080/ 2>&1
