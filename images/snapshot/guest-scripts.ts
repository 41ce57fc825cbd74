/** What is run in the guest while a snapshot is taken. Each is a bash script that must end with status 0. */

/**
 * The daemon's first container costs it more than later ones (it loads plugins, makes its iptables chains), and so does
 * its first word with a registry (it reads the authorities' certificates): that is done before the snapshot, so that the
 * learner's first one is a later one. The registry's part may fail: on a busy machine Docker gives up after 15 s.
 */
export const WARM_UP_SCRIPT = `
docker run --rm hello-world >/dev/null
docker run --rm busybox true
docker search drydock >/dev/null || true
docker pull -q drydock/none 2>/dev/null || true
docker ps -q
test -z "$(docker ps -aq)"
`;

/**
 * Written pages reach the disk, the page cache is dropped (what is needed of it comes back from the block store), and
 * free memory is overwritten with zeros, which cost nothing in the snapshot: a tmpfs file takes almost all of it and is
 * deleted. Swap is off meanwhile, or the daemons would be in it.
 */
export const SETTLE_SCRIPT = `
swapoff -a
sync
echo 3 >/proc/sys/vm/drop_caches
echo 1 >/proc/sys/vm/compact_memory
mkdir -p /run/drydock/zero
mount -t tmpfs -o size=100% zero /run/drydock/zero
free=$(awk '/^MemFree/ { print int($2 / 1024) }' /proc/meminfo)
dd if=/dev/zero of=/run/drydock/zero/file bs=1M count=$((free - 12)) status=none
umount /run/drydock/zero
rmdir /run/drydock/zero
swapon -a
sync
echo 3 >/proc/sys/vm/drop_caches
`;

/** In the order in which a learner is likely to type them: what they read is fetched in the background, in this order. */
export const EVERYDAY_COMMANDS = [
  "bash -lc 'ls / >/dev/null'",
  "docker version >/dev/null",
  "docker run --rm hello-world >/dev/null",
  "docker images >/dev/null; docker ps -a >/dev/null",
  "docker run -d --name first -p 8080:80 busybox httpd -f -p 80 -h /etc >/dev/null && curl -s localhost:8080/hostname >/dev/null",
  "docker exec first ls >/dev/null; docker logs first; docker inspect first >/dev/null; docker top first >/dev/null",
  "docker stop -t 1 first >/dev/null; docker rm first >/dev/null",
  "docker info >/dev/null",
  // There is no catalogue while a snapshot is taken: what is pushed is pulled. It may fail, as in the warm-up.
  `set +e; docker search nginx >/dev/null; docker login -u first -p first >/dev/null 2>&1; docker logout >/dev/null
   docker tag hello-world registry.drydock.local:5000/first; docker push -q registry.drydock.local:5000/first >/dev/null
   docker rmi -f hello-world registry.drydock.local:5000/first >/dev/null
   docker pull -q registry.drydock.local:5000/first >/dev/null; true`,
  `mkdir -p /tmp/trace; printf 'FROM busybox\\nRUN echo hi >/hi\\nCMD cat /hi\\n' >/tmp/trace/Dockerfile
   docker build -q -t trace /tmp/trace >/dev/null; docker run --rm trace >/dev/null`,
  "nano --version >/dev/null; vi --version >/dev/null; less --version >/dev/null; curl --version >/dev/null; jq --version >/dev/null",
  `printf 'services:\\n  one:\\n    image: busybox\\n    command: sleep 60\\n' >/tmp/trace/compose.yaml
   docker compose --project-directory /tmp/trace up -d 2>/dev/null; docker compose --project-directory /tmp/trace down -t 1 2>/dev/null`,
] as const;
