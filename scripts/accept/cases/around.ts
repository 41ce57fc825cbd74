/** Volumes, networks, compose, the daemon's settings, cleaning up. */
import { type CaseInput, run, state, type, write } from "../case";

export const around: CaseInput[] = [
  {
    id: "volumes",
    subset: true,
    because:
      "a volume's name must have two characters or more: the table's `v` is `vol` here, and `v` is refused",
    steps: [
      run("docker volume create v", { status: 1, sees: "volume name is too short" }),
      run("docker volume create vol", { sees: /^vol$/m }),
      run("docker run --rm -v vol:/data busybox sh -c 'echo kept > /data/file'"),
      run("docker run --rm -v vol:/data busybox cat /data/file", { sees: /^kept$/m }),
      state("cat $(docker volume inspect -f '{{.Mountpoint}}' vol)/file", "kept"),
      run(
        "mkdir host && docker run --rm --mount type=bind,source=/root/host,target=/host busybox touch /host/bound",
      ),
      state("ls host", "bound"),
      run("docker volume rm vol", { sees: /^vol$/m }),
    ],
  },
  {
    id: "networks",
    steps: [
      run("docker network create n", { sees: /^[0-9a-f]{64}$/m }),
      run(
        "docker run -d --name first --network n busybox sleep 600; docker run -d --name second --network n busybox sleep 600",
      ),
      run("docker exec first ping -c 2 second", { sees: "2 packets received" }),
      run("docker exec second ping -c 2 first", { sees: "2 packets received" }),
      run("docker exec first cat /etc/resolv.conf", { sees: "nameserver 127.0.0.11" }),
      run("docker run --rm busybox ping -c 1 second", { status: "failure", sees: "bad address" }),
    ],
  },
  {
    id: "group-docker",
    subset: true,
    steps: [
      run("docker ps", { user: "learner", status: 1, sees: "permission denied" }),
      type("su - learner", { sees: /learner@drydock:~\$ $/ }),
      type("docker ps", { sees: ["permission denied while trying to connect", /\$ $/] }),
      type("sudo groupadd docker", { sees: ["group 'docker' already exists", /\$ $/] }),
      type("sudo gpasswd -a $USER docker", { sees: ["Adding user learner to group docker", /\$ $/] }),
      type("newgrp docker", { sees: /\$ $/ }),
      type("docker ps", { sees: [/^CONTAINER ID +IMAGE/m, /\$ $/] }),
      type("cat templates/rootfs.tar.gz | docker import - ubuntu:16.04", {
        sees: [/^sha256:[0-9a-f]{64}$/m, /\$ $/],
      }),
      state("id -nG learner", "learner docker"),
      run("docker ps", { user: "learner", sees: /^CONTAINER ID/m }),
    ],
    because:
      "Debian's package has made the group docker already: groupadd says so, and the next commands are as in the notes",
  },
  {
    id: "compose-v1-name",
    subset: true,
    steps: [
      write(
        "/root/pair/docker-compose.yml",
        "services:\n  web:\n    image: busybox\n    command: httpd -f -p 80 -h /etc\n    ports: ['8080:80']\n",
      ),
      run("cd pair && docker-compose up -d", { sees: ["Container pair-web-1", "Started"] }),
      state("cd pair && docker compose ps --format '{{.Service}} {{.State}}'", "web running"),
      state("curl -s localhost:8080/group | head -n 1", "root:x:0:"),
      run("cd pair && docker-compose down -t 1", { sees: "Removed" }),
    ],
  },
  {
    id: "mirror-config",
    steps: [
      write(
        "/etc/docker/daemon.json",
        JSON.stringify({
          "registry-mirrors": ["https://registry.docker-cn.com", "http://registry-1.docker.io"],
          "insecure-registries": ["registry.example.com:5000"],
          "storage-driver": "overlay2",
        }),
      ),
      run("systemctl daemon-reload && systemctl restart docker"),
      run("docker info", {
        sees: [
          /Registry Mirrors:\n +https:\/\/registry\.docker-cn\.com\//,
          /Insecure Registries:\n +registry\.example\.com:5000/,
        ],
      }),
      run("docker run --rm busybox echo still here", { sees: "still here" }),
      write("/etc/docker/daemon.json", '{\n  "registry-mirrors": ["http://registry-1.docker.io"\n'),
      run("systemctl restart docker", {
        status: "failure",
        sees: "unable to configure the Docker daemon with file /etc/docker/daemon.json",
      }),
      run("docker ps", { status: 1, sees: "Cannot connect to the Docker daemon" }),
      write("/etc/docker/daemon.json", '{ "registry-mirrors": ["http://registry-1.docker.io"] }\n'),
      run("systemctl start docker && docker info", {
        sees: /Registry Mirrors:\n +http:\/\/registry-1\.docker\.io\//,
      }),
    ],
  },
  {
    id: "prune",
    steps: [
      run("docker run --name done -v /data busybox sh -c 'dd if=/dev/zero of=/waste bs=1M count=4'"),
      run(
        "docker network create unused && docker tag busybox keep && docker run -d --name user busybox sleep 600",
      ),
      run("docker system df", {
        sees: [
          /^TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE$/m,
          /^Images /m,
          /^Containers +2 +1 +[\d.]+MB +[\d.]+MB/m,
          /^Local Volumes +1 /m,
        ],
      }),
      run("docker system prune -af --volumes", {
        sees: ["Deleted Containers:", "Deleted Networks:", /Total reclaimed space: [1-9][\d.]*MB/],
      }),
      state(
        "docker ps -a --format '{{.Names}}'; docker network ls --filter name=unused -q; docker volume ls -q",
        "user",
      ),
    ],
  },
];
