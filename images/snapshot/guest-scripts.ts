/** What is run in the guest while a snapshot is taken. Each is a bash script that must end with status 0. */

/**
 * What stays of the page cache, in MiB. More makes the first commands quicker and is more to download before the prompt: a
 * third of a megabyte for each.
 */
const KEPT_CACHE_MIB = 78;

/**
 * Written pages reach the disk; of the page cache, what was used last and most stays (the kernel's own choice); and free
 * memory is overwritten with zeros, which cost nothing in the snapshot: a tmpfs file takes almost all of it and is deleted.
 * Swap is off meanwhile, or the daemons would be in it.
 */
export const SETTLE_SCRIPT = `
swapoff -a
sync
cached() { awk '/^(Active|Inactive)\\(file\\)/ { sum += $2 } END { print int(sum / 1024) }' /proc/meminfo; }
while [ "$(cached)" -gt ${KEPT_CACHE_MIB} ]; do echo 1M >/sys/fs/cgroup/memory.reclaim || break; done
mkdir -p /run/drydock/zero
mount -t tmpfs -o size=100% zero /run/drydock/zero
free=$(awk '/^MemFree/ { print int($2 / 1024) }' /proc/meminfo)
dd if=/dev/zero of=/run/drydock/zero/file bs=1M count=$((free - 12)) status=none
umount /run/drydock/zero
rmdir /run/drydock/zero
swapon -a
sync
`;

/** Written pages reach the disk, and what was read is forgotten. */
export const DROP_CACHES_SCRIPT = `
sync
echo 3 >/proc/sys/vm/drop_caches
`;

/** From here on the page cache gets what is asked for and nothing else: what is in it is in the snapshot. */
export const READ_NOTHING_AHEAD_SCRIPT = "echo 0 >/sys/block/sda/queue/read_ahead_kb";

/** As Linux sets it. */
export const READ_AHEAD_SCRIPT = "echo 128 >/sys/block/sda/queue/read_ahead_kb";

/** Nothing of the everyday commands is left: neither files, nor images, nor what a learner would wonder at. */
export const CLEAN_UP_SCRIPT = `
rm -rf /tmp/everyday /root/.docker
docker system prune -f >/dev/null
`;

const BUILD = `mkdir -p /tmp/everyday; printf 'FROM busybox\\nRUN echo hi >/hi\\nCMD cat /hi\\n' >/tmp/everyday/Dockerfile
   docker build -t everyday /tmp/everyday >/dev/null 2>&1; docker run --rm everyday >/dev/null`;

/**
 * What comes after the first minutes, in the order in which a learner is likely to type it: what these read is fetched in
 * the background, in this order.
 */
export const EVERYDAY_COMMANDS: readonly string[] = [
  "docker version >/dev/null; docker info >/dev/null",
  // There is no catalogue while a snapshot is taken: what is pushed is pulled. It may fail: on a busy machine Docker gives
  // up a registry after 15 s.
  `set +e; docker search nginx >/dev/null; docker login -u first -p first >/dev/null 2>&1; docker logout >/dev/null
   docker commit $(docker create busybox) registry.drydock.local:5000/first >/dev/null
   docker push -q registry.drydock.local:5000/first >/dev/null
   docker system prune -f >/dev/null; docker rmi registry.drydock.local:5000/first >/dev/null
   docker pull -q registry.drydock.local:5000/first >/dev/null; docker rmi registry.drydock.local:5000/first >/dev/null; true`,
  "nano --version >/dev/null; vi --version >/dev/null; less --version >/dev/null; curl --version >/dev/null; jq --version >/dev/null",
  `mkdir -p /tmp/everyday; printf 'services:\\n  one:\\n    image: busybox\\n    command: sleep 60\\n' >/tmp/everyday/compose.yaml
   docker compose --project-directory /tmp/everyday up -d 2>/dev/null; docker compose --project-directory /tmp/everyday down -t 1 2>/dev/null`,
];

/**
 * What nearly every learner does in the first minutes, the last ones first. What these read stays in the page cache, so
 * that the code that the JIT has compiled of it stays too; where there is not enough room, the last ones' stays.
 */
export const FIRST_COMMANDS: readonly string[] = [
  BUILD,
  "docker rmi everyday >/dev/null; docker builder prune -af >/dev/null",
  "docker run --rm hello-world >/dev/null",
  "docker run -d --name first -p 8080:80 busybox httpd -f -p 80 -h /etc >/dev/null && curl -s localhost:8080/hostname >/dev/null",
  "docker exec first ls >/dev/null; docker logs first; docker inspect first >/dev/null; docker top first >/dev/null",
  "docker stop -t 1 first >/dev/null; docker rm first >/dev/null",
  "bash -lc 'ls / >/dev/null; docker ps >/dev/null'",
  "docker run --rm busybox echo hi >/dev/null",
  "bash -lc 'docker ps -a >/dev/null; docker images >/dev/null'",
];
