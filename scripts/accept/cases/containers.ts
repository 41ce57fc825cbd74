/** A container's life: create, start, stop, restart, remove, and what comes beside. */
import { type CaseInput, run, state, type, watch } from "../case";

const PROMPT = /root@drydock:~# $/;
const CONTAINER_PROMPT = /root@[0-9a-f]{12}:\/# $/;

export const containers: CaseInput[] = [
  {
    id: "create-start",
    images: ["ubuntu:14.04"],
    steps: [
      run("docker create -it --name c1 ubuntu:14.04 /bin/bash", { sees: /^[0-9a-f]{64}$/m }),
      run("docker ps -a", { sees: /ubuntu:14\.04 +"\/bin\/bash" +.* ago +Created +c1$/m }),
      run("docker start c1", { sees: /^c1$/m }),
      run("docker ps", { sees: /ubuntu:14\.04 +"\/bin\/bash" +.* ago +Up .*c1$/m }),
    ],
  },
  {
    id: "run-it",
    images: ["ubuntu:14.04"],
    page: true,
    steps: [
      type("docker run -it --name inside ubuntu:14.04 /bin/bash", { sees: CONTAINER_PROMPT }),
      type("id -un; tty; hostname | wc -c", { sees: [/^root$/m, "/dev/pts/0", /^13$/m, CONTAINER_PROMPT] }),
      type("exit 3", { sees: PROMPT }),
      state("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' inside", "exited 3"),
    ],
  },
  {
    id: "run-what-happens",
    steps: [
      run("docker rmi hello-world"),
      type("docker events", { on: 1 }),
      // Events are those from the moment on at which the daemon has the question.
      state("sleep 1; pgrep -fc '^docker events'", "1", { within: 60 }),
      run("sleep 2; docker run hello-world", { sees: ["Unable to find image", "Hello from Docker!"] }),
      watch(
        [
          /image pull hello-world/,
          /container create [0-9a-f]{64}/,
          /container attach [0-9a-f]{64}/,
          /network connect [0-9a-f]{64}/,
          /container start [0-9a-f]{64}/,
          /container die [0-9a-f]{64} \(.*exitCode=0/,
        ],
        { on: 1 },
      ),
      type("", { on: 1, keys: ["ctrl-c"], sees: PROMPT }),
    ],
  },
  {
    id: "daemonised",
    images: ["ubuntu"],
    steps: [
      run('docker run -d --name loop ubuntu /bin/sh -c "while true; do echo hello world; sleep 1; done"', {
        sees: /^[0-9a-f]{64}$/m,
      }),
      state("docker logs loop", /^hello world\nhello world/, { within: 60 }),
    ],
  },
  {
    id: "stop-t",
    steps: [
      // PID 1 of a container does not get signals for which it has no handler.
      run("docker run -d --name deaf busybox sleep 600; docker run -d --name deaf-too busybox sleep 600"),
      run(`docker run -d --name polite busybox sh -c 'trap "exit 0" TERM; while :; do sleep 1; done'`),
      run("docker stop -t 3 deaf", { sees: /^deaf$/m }),
      run("docker stop deaf-too"),
      run("docker stop polite"),
      state("docker inspect -f '{{.State.ExitCode}}' deaf deaf-too polite", "137\n137\n0"),
      // SIGTERM, then SIGKILL 3 and 10 seconds later; the polite one needs no second.
      state(
        `docker events --since 1h --until 0s --filter event=kill --filter container=deaf --filter container=deaf-too --format '{{.Actor.Attributes.name}} {{.TimeNano}} {{.Actor.Attributes.signal}}' | awk '
  $3 == 15 { begun[$1] = $2 }
  $3 == 9 { printf "%s %s\\n", $1, (($2 - begun[$1]) / 1e9 >= ($1 == "deaf" ? 3 : 10) ? "after its time" : "too soon") }' | sort -u`,
        "deaf after its time\ndeaf-too after its time",
      ),
    ],
  },
  {
    id: "ps-aq",
    steps: [
      run("docker run --name one busybox true; docker run --name two busybox true"),
      run("docker ps -a -q", { sees: /^[0-9a-f]{12}\n[0-9a-f]{12}\n$/, lacks: "CONTAINER" }),
      state("docker ps -q", ""),
    ],
  },
  {
    id: "restart",
    steps: [
      run(
        "docker run -d --name again busybox sleep 600 && docker inspect -f '{{.State.StartedAt}}' again > before",
      ),
      run("docker restart -t 1 again", { sees: /^again$/m }),
      state("docker inspect -f '{{.State.Running}} {{.State.StartedAt}}' again", /^true \S+Z$/),
      state(
        "docker inspect -f '{{.State.StartedAt}}' again | cat before - | sort -c && uniq before | wc -l",
        "1",
      ),
      state("docker inspect -f '{{.State.StartedAt}}' again | cmp -s before - || echo new", "new"),
    ],
  },
  {
    id: "attach",
    page: true,
    steps: [
      run("docker run -dit --name both busybox sh"),
      type("docker attach both", { on: 0 }),
      type("docker attach both", { on: 1 }),
      state("pgrep -fc '^docker attach both'", "2", { within: 60 }),
      type("echo seen-$((40+2))", { on: 0, sees: "seen-42" }),
      watch("seen-42", { on: 1 }),
      type("echo back-$((40+3))", { on: 1, sees: "back-43" }),
      watch("back-43", { on: 0 }),
      type("", { on: 0, keys: ["ctrl-p", "ctrl-q"], sees: [/read escape sequence/, PROMPT] }),
      type("", { on: 1, keys: ["ctrl-p", "ctrl-q"], sees: [/read escape sequence/, PROMPT] }),
      state("docker inspect -f '{{.State.Running}}' both", "true"),
    ],
  },
  {
    id: "exec",
    images: ["ubuntu:14.04"],
    page: true,
    steps: [
      run("docker run -dit --name shell ubuntu:14.04"),
      type("docker exec -it shell /bin/bash", { sees: CONTAINER_PROMPT }),
      type("touch /tmp/by-exec; ps | grep -c bash", { sees: [/^[2-9]$/m, CONTAINER_PROMPT] }),
      type("exit", { sees: PROMPT }),
      run("docker exec shell ls /tmp", { sees: "by-exec" }),
      state("docker inspect -f '{{.State.Running}}' shell", "true"),
    ],
  },
  {
    id: "rm-f",
    steps: [
      run("docker run -d --name running busybox sleep 600"),
      run("docker rm running", { status: 1, sees: "container is running" }),
      run("docker rm -f running", { sees: /^running$/m }),
      run(
        "docker run -d --name db busybox sleep 600 && docker run -d --name web --link db:database busybox sleep 600",
      ),
      run("docker exec web ping -c 1 database", { sees: "1 packets received" }),
      run("docker rm -l /web/database", { sees: "/web/database" }),
      state("docker inspect -f '{{.State.Running}} {{.HostConfig.Links}}' web", "true []"),
      run("docker rm -f web db && docker run --name keeper -v /data busybox touch /data/file"),
      state("docker volume ls -q | wc -l", "1"),
      run("docker rm -v keeper", { sees: /^keeper$/m }),
      state("docker volume ls -q | wc -l", "0"),
    ],
    because:
      "--link is there for the default bridge only and Docker calls it legacy; docker rm -l wants the link's whole name, /web/database",
  },
  {
    id: "export-import",
    steps: [
      run("docker run --name source busybox touch /mine"),
      run("docker export -o test_for_fun.tar source && tar -tf test_for_fun.tar", { sees: /^mine$/m }),
      run("docker import test_for_fun.tar test/ubuntu:v1.0", { sees: /^sha256:[0-9a-f]{64}$/m }),
      run("docker images", { sees: /^test\/ubuntu +v1\.0 /m }),
      state("docker history -q test/ubuntu:v1.0 | wc -l", "1"),
      run("docker history test/ubuntu:v1.0", { sees: "Imported from -" }),
      run("docker run --rm test/ubuntu:v1.0 ls /mine", { sees: "/mine" }),
    ],
    because:
      "the notes write `docker import FILE - NAME`; docker import takes the file or - for standard input, not both",
  },
  {
    id: "inspect-container",
    steps: [
      run("docker run -d --name test busybox sleep 600"),
      run("docker container inspect test", {
        sees: [
          '"Id": "',
          '"Created": "',
          '"Path": "sleep"',
          '"State": {',
          '"Image": "sha256:',
          '"Config": {',
          '"NetworkSettings": {',
        ],
      }),
      state("docker container inspect test | jq -r '.[0].State.Status, .[0].Name'", "running\n/test"),
    ],
  },
  {
    id: "top",
    subset: true,
    steps: [
      run("docker run -d --name test busybox sleep 600"),
      run("docker top test", {
        sees: [/^UID +PID +PPID +C +STIME +TTY +TIME +CMD$/m, /^root +\d+ +\d+ .* sleep 600$/m],
      }),
    ],
  },
  {
    id: "port",
    steps: [
      run("docker run -d --name test -p 80:80 busybox httpd -f -p 80 -h /etc"),
      run("docker container port test", { sees: "80/tcp -> 0.0.0.0:80" }),
      state("curl -s localhost/group | head -n 1", "root:x:0:"),
    ],
  },
  {
    id: "rename",
    steps: [
      run("docker run -d --name before busybox sleep 600 && docker rename before after"),
      state("docker ps --format '{{.Names}}'", "after"),
    ],
  },
  {
    id: "pause",
    steps: [
      run("docker run -d --name test busybox sleep 600"),
      run("docker pause test", { sees: /^test$/m }),
      run("docker ps", { sees: /Up .* \(Paused\)/ }),
      state("cat /sys/fs/cgroup/docker/$(docker inspect -f '{{.Id}}' test)/cgroup.freeze", "1"),
      run("docker unpause test"),
      run("docker ps", { sees: /Up /, lacks: "Paused" }),
    ],
  },
  {
    id: "wait-kill",
    steps: [
      run("docker run -d --name short busybox sh -c 'sleep 2; exit 5'"),
      run("docker wait short", { sees: /^5$/m }),
      run(`docker run -d --name hup busybox sh -c 'trap "echo got HUP" HUP; while :; do sleep 1; done'`),
      run("docker kill -s HUP hup", { sees: /^hup$/m }),
      state("docker logs hup", "got HUP", { within: 60 }),
      state("docker inspect -f '{{.State.Running}}' hup", "true"),
    ],
  },
];
