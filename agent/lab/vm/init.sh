#!/bin/busybox sh
# The virtual machine's only script: mounts, modules, then every job, then its results as a tar archive
# onto the disk, then off. Jobs are /jobs/*.sh, each run in a directory of its own under /results.
/bin/busybox --install -s /bin
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir /results
while read -r module; do
	insmod "/modules/$module.ko" || echo "insmod $module failed"
done </modules/order

echo 'whither-vm: ready'
for job in /jobs/*.sh; do
	name=$(basename "$job" .sh)
	name=${name#*-} # without its number
	echo "whither-vm: $(cut -d ' ' -f 1 /proc/uptime) $name"
	mkdir "/results/$name"
	cd "/results/$name" || continue
	sh "$job" >stdout 2>stderr
	echo $? >exit
done
cd /results && tar -cf /dev/vda . && echo 'whither-vm: done'
sync
poweroff -f
