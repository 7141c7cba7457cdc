cat /proc/sys/kernel/modprobe
chroot /proc/1/root /bin/busybox sh -c 'ls -la /sbin /lib/modules; /sbin/modprobe -q -- rtnl-link-veth; echo rc $?; lsmod | head -3; modprobe -v veth; mount'
ip link add v0 type veth peer name v1 && ip link | grep v0
