/** What a learner gets wrong: Docker's own error is seen, and the machine goes on. */
import { type CaseInput, run, state, write } from "../case";

const cycle = `services:
  first:
    image: busybox
    depends_on: [second]
  second:
    image: busybox
    depends_on: [first]
`;

export const badInput: CaseInput[] = [
  {
    id: "bad-dockerfile",
    steps: [
      run("docker run -d --name witness busybox sleep 6000"),
      write("/root/app/Dockerfile", "FROM busybox\nRUNN echo typo\n"),
      run("docker build -t app app", {
        status: 1,
        sees: ["Dockerfile:2", "unknown instruction: RUNN"],
      }),
      state("docker images -q app", ""),
      write("/root/app/Dockerfile", "FROM busybox\nRUN echo right\n"),
      run("docker build -t app app"),
      state("docker inspect -f '{{.State.Running}}' witness", "true"),
    ],
  },
  {
    id: "bad-image",
    subset: true,
    steps: [
      run("docker run no-such-image-here", {
        status: 125,
        sees: [
          "Unable to find image 'no-such-image-here:latest' locally",
          /pull access denied|repository does not exist/,
        ],
      }),
      run("docker run nginx:no-such-tag", { status: 125, sees: /manifest unknown|not found/ }),
      run("docker run --rm busybox echo goes on", { sees: "goes on" }),
    ],
  },
  {
    id: "bad-port",
    steps: [
      run("docker run -d --name first -p 8080:80 busybox httpd -f -p 80 -h /etc"),
      run("docker run -d --name second -p 8080:80 busybox httpd -f -p 80 -h /etc", {
        status: 125,
        sees: "Bind for 0.0.0.0:8080 failed: port is already allocated",
      }),
      state("docker ps -a --format '{{.Names}} {{.State}}' | sort", "first running\nsecond created"),
      state("curl -s localhost:8080/group | head -n 1", "root:x:0:"),
      run("docker rm second && docker run -d --name second -p 8081:80 busybox httpd -f -p 80 -h /etc"),
      state("curl -s localhost:8081/group | head -n 1", "root:x:0:"),
    ],
  },
  {
    id: "bad-daemon-json",
    steps: [
      run(
        "docker run -d --restart always --name witness busybox sleep 6000 && cp /etc/docker/daemon.json good.json",
      ),
      write("/etc/docker/daemon.json", '{ "registry-mirors": ["http://registry-1.docker.io"] }\n'),
      run("service docker restart", {
        status: "failure",
        sees: ["the following directives don't match any configuration option: registry-mirors"],
      }),
      run("docker ps", { status: 1, sees: "Cannot connect to the Docker daemon" }),
      run("cp good.json /etc/docker/daemon.json && service docker start"),
      state("docker ps --format '{{.Names}}'", "witness", { within: 60 }),
      run("docker images", { sees: [/^busybox /m, /^hello-world /m] }),
      run("docker run --rm busybox echo goes on", { sees: "goes on" }),
    ],
  },
  {
    id: "bad-compose",
    steps: [
      write("/root/cycle/compose.yaml", cycle),
      run("cd cycle && docker compose up -d", {
        status: "failure",
        sees: /dependency cycle detected: (first -> second|second -> first)/,
      }),
      state("docker ps -aq", ""),
      write(
        "/root/cycle/compose.yaml",
        cycle.replace("    depends_on: [first]\n", "    command: sleep 600\n"),
      ),
      run("cd cycle && docker compose up -d"),
      run("cd cycle && docker compose down -t 1"),
    ],
  },
  {
    id: "bad-disk-full",
    steps: [
      run("docker run -d --name witness busybox sleep 6000"),
      // The space is taken without being written, which is as full and much faster.
      run(
        "docker run --name glutton busybox sh -c 'fallocate -l $(($(df -k / | awk \"NR == 2 { print \\$4 }\") - 8192))K /big'",
      ),
      run("docker run --name late busybox dd if=/dev/zero of=/more bs=1M count=40", {
        status: "failure",
        sees: "No space left on device",
      }),
      write("/root/app/Dockerfile", "FROM busybox\nRUN dd if=/dev/zero of=/large bs=1M count=30\n"),
      run("docker build -t app app", { status: "failure", sees: /no space left on device/i }),
      state("docker inspect -f '{{.State.Running}}' witness", "true"),
      run("docker system prune -f", { sees: /Total reclaimed space: [\d.]+GB/ }),
      run("docker build -t app app"),
      run("docker run --rm app ls /large", { sees: "/large" }),
      state("docker ps --format '{{.Names}}'", "witness"),
    ],
  },
  {
    id: "bad-memory",
    steps: [
      run("docker run -d --name witness busybox sleep 6000"),
      run("docker run --name greedy -m 32m --memory-swap 32m busybox tail /dev/zero", { status: 137 }),
      state("docker inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}}' greedy", "true 137"),
      state("docker inspect -f '{{.State.Running}}' witness", "true"),
      run("docker run --rm busybox echo goes on", { sees: "goes on" }),
    ],
  },
  {
    id: "bad-fork-bomb",
    subset: true,
    steps: [
      run("docker run -d --name witness busybox sleep 6000"),
      run(
        "docker run -d --name bomb --pids-limit 20 --cpus 0.3 busybox sh -c 'bomb() { bomb | bomb & }; bomb; sleep 6000'",
      ),
      state(
        "cat /sys/fs/cgroup/docker/$(docker inspect -f '{{.Id}}' bomb)/pids.events | awk '{ print ($2 > 0) }'",
        "1",
        {
          within: 120,
        },
      ),
      state(
        "test $(cat /sys/fs/cgroup/docker/$(docker inspect -f '{{.Id}}' bomb)/pids.peak) -le 20 && echo held",
        "held",
      ),
      run("docker exec witness echo answers", { sees: "answers" }),
      run("docker rm -f bomb", { sees: /^bomb$/m }),
      state("docker ps -a --format '{{.Names}}'", "witness"),
    ],
  },
];
