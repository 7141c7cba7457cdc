#!/bin/sh
# Makes the initramfs for a kernel that kernel.sh fetched: busybox, the modules
# that lead to the 9p root, and ./init.
#
#   initramfs.sh KERNEL_FOLDER OUTPUT
set -eu
unset CDPATH

here=$(cd "$(dirname "$0")" && pwd)
kernel=$1
output=$2
read -r version <"$kernel/version"
source=$kernel/lib/modules/$version

# Those that a kernel has built in are in no modules.dep, and not looked for.
boot_modules='virtio_pci virtio_console 9pnet_virtio 9p overlay'

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/bin" "$root/sbin" "$root/proc" "$root/sys" "$root/dev" "$root/host" "$root/control" \
  "$root/project" "$root/writable" "$root/lib/modules/$version"
cp "$kernel/busybox" "$root/bin/"
# The kernel itself calls /sbin/modprobe for a module that a test needs. Not by
# a relative link: `..` would lead into the root that init mounts over this one.
ln -s /bin/busybox "$root/sbin/modprobe"
cp "$here/init" "$root/init"
chmod 755 "$root/init"

# Prints the files of the modules named, each after those that it needs.
in_load_order() {
  awk -v wanted="$1" '
    function name(path) { sub(/.*\//, "", path); sub(/\.ko$/, "", path); gsub(/-/, "_", path); return path }
    function load(path, n, i, needs) {
      if (path == "" || path in done) return
      done[path] = 1
      n = split(needed[path], needs, " ")
      for (i = n; i > 0; i--) load(needs[i])
      print path
    }
    { path = $1; sub(/:$/, "", path); $1 = ""; needed[path] = $0; by_name[name(path)] = path }
    END { n = split(wanted, names, " "); for (i = 1; i <= n; i++) load(by_name[names[i]]) }
  ' "$source/modules.dep"
}

in_load_order "$boot_modules" >"$root/boot-modules"
while read -r module; do
  cp "$source/$module" "$root/lib/modules/"
done <"$root/boot-modules"
sed -i 's|.*/||' "$root/boot-modules"

(cd "$root" && find . | "$root/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$output"
