/** What a container does and has: logs, figures, files. */
import { type CaseInput, run, state, type } from "../case";

const PROMPT = /root@drydock:~# $/;
const SERVER = "docker run -d -p 80:80 --name webserver nginx";

export const lookInside: CaseInput[] = [
  {
    id: "logs",
    images: ["nginx"],
    page: true,
    steps: [
      run(SERVER),
      state(
        "curl -s localhost >/dev/null; docker logs webserver 2>/dev/null | grep -c 'GET / HTTP'",
        /^[1-9]/,
        {
          within: 60,
        },
      ),
      run("docker logs webserver", { sees: /"GET \/ HTTP\/1\.1" 200/ }),
      run("for _ in 1 2 3 4 5 6; do curl -s localhost >/dev/null; done"),
      state("docker logs --tail 5 webserver 2>&1 | wc -l", "5"),
      run("docker logs -t --tail 1 webserver", { sees: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z .*GET \// }),
      type("docker logs -f --tail 1 webserver", { sees: '"GET / HTTP/1.1" 200' }),
      type("curl -s localhost/new >/dev/null", { on: 1 }),
      // What came since the command was typed: the line of the request that the other terminal made.
      { kind: "watch", on: 0, sees: "GET /new HTTP/1.1" },
      type("", { keys: ["ctrl-c"], sees: PROMPT }),
    ],
  },
  {
    id: "enter-for-logs",
    images: ["nginx"],
    page: true,
    steps: [
      run(SERVER),
      type("docker exec -it webserver sh", { sees: /# $/ }),
      type("curl -s localhost >/dev/null", { on: 1, sees: PROMPT }),
      type("cat /var/log/nginx/access.log", { sees: [/"GET \/ HTTP\/1\.1" 200/, /# $/] }),
      type("exit", { sees: PROMPT }),
    ],
  },
  {
    id: "stats",
    subset: true,
    page: true,
    steps: [
      run("docker run -d --name busy -m 64m busybox sh -c 'while :; do :; done'"),
      run("docker stats --no-stream busy", {
        sees: [
          /^CONTAINER ID +NAME +CPU % +MEM USAGE \/ LIMIT +MEM % +NET I\/O +BLOCK I\/O +PIDS$/m,
          /^[0-9a-f]{12} +busy +[1-9][\d.]*% +[\d.]+[kKMi]*B \/ 64MiB +[\d.]+% +[\d.]+k?B \/ [\d.]+k?B +[\d.]+[kM]?B \/ [\d.]+[kM]?B +\d+/m,
        ],
        lacks: "--",
      }),
      type("docker stats busy", { sees: [/busy +[1-9][\d.]*%/, /CONTAINER ID/, /busy +[1-9][\d.]*%/] }),
      type("", { keys: ["ctrl-c"], sees: PROMPT }),
    ],
  },
  {
    id: "cp",
    steps: [
      run(
        "docker run -d --name test busybox sleep 600; mkdir data; echo inner > data/file; chown -R 1234:5678 data",
      ),
      run("docker cp data test:/tmp/"),
      run("docker exec test cat /tmp/data/file", { sees: /^inner$/m }),
      run("docker exec test rm -r /tmp/data; docker cp -a data test:/tmp/"),
      state("docker exec test stat -c '%u:%g' /tmp/data/file", "1234:5678"),
      run("ln -s data/file link; docker cp link test:/tmp/link; docker cp -L link test:/tmp/followed"),
      state("docker exec test readlink /tmp/link; docker exec test cat /tmp/followed", "data/file\ninner"),
      run("docker exec test sh -c 'echo outer > /tmp/x'; docker cp test:/tmp/x ."),
      state("cat x", "outer"),
    ],
    because:
      "Docker 26 keeps the numbers of user and group without -a too, as long as the container has no USER of its own",
  },
  {
    id: "diff",
    steps: [
      run("docker run --name test busybox sh -c 'touch /new; rm /etc/group; echo more >> /etc/passwd'"),
      run("docker diff test", { sees: [/^A \/new$/m, /^D \/etc\/group$/m, /^C \/etc\/passwd$/m] }),
    ],
  },
  {
    id: "logs-json",
    steps: [
      run("docker run --name test busybox echo a line"),
      state("docker inspect --format '{{.HostConfig.LogConfig.Type}}' test", "json-file"),
      state("jq -r .log $(docker inspect --format '{{.LogPath}}' test)", "a line\n"),
    ],
  },
  {
    id: "healthcheck",
    steps: [
      run(
        "docker run -d --name test --health-cmd 'test -e /tmp/well' --health-interval 1s --health-retries 60 busybox sleep 600",
      ),
      state("docker inspect --format '{{.State.Health.Status}}' test", "starting"),
      run("docker ps", { sees: "(health: starting)" }),
      run("docker exec test touch /tmp/well"),
      state("docker inspect --format '{{.State.Health.Status}}' test", "healthy", { within: 120 }),
      run("docker ps", { sees: "(healthy)" }),
    ],
  },
  {
    id: "namespaces",
    steps: [
      run("docker run -d --name test busybox sleep 600"),
      run("ls -l /proc/self/ns", {
        sees: [/pid -> '?pid:\[\d+\]/, /net -> '?net:\[\d+\]/, /mnt -> '?mnt:\[\d+\]/],
      }),
      state(
        `for kind in pid net mnt uts ipc; do
  [ "$(readlink /proc/self/ns/$kind)" = "$(docker exec test readlink /proc/self/ns/$kind)" ] && echo "same $kind" || echo "own $kind"
done`,
        "own pid\nown net\nown mnt\nown uts\nown ipc",
      ),
      run("docker exec test ps", { sees: /^ +1 root +sleep 600$/m }),
      run("unshare -p -f --mount-proc sh -c 'echo I am $$; ps -e -o pid,comm'", {
        sees: [/^I am 1$/m, /^ +1 sh$/m],
        lacks: "dockerd",
      }),
      run("nsenter -t $(docker inspect -f '{{.State.Pid}}' test) -n ip -brief address", {
        sees: /eth0\S* +UP +172\.17\./,
      }),
    ],
  },
  {
    id: "run-background-steps",
    steps: [
      run("docker run -d --name test busybox sleep 600 && docker events --since 10m --until 0s", {
        sees: [/container create/, /network connect .*name=bridge/, /container start/],
      }),
      state(
        "docker image inspect -f '{{.Id}}' busybox | grep -c \"$(docker inspect -f '{{.Image}}' test)\"",
        "1",
      ),
      run("ip link show master docker0", { sees: /veth\S+@if\d+: .*UP/ }),
      state("docker inspect -f '{{.NetworkSettings.IPAddress}}' test", /^172\.17\.0\.\d+$/),
      run("mount | grep overlay", {
        sees: /^overlay on \/var\/lib\/docker\/overlay2\/[0-9a-f]+\/merged type overlay \(.*lowerdir=.*upperdir=/m,
      }),
      run("docker exec test touch /written; ls $(docker inspect -f '{{.GraphDriver.Data.UpperDir}}' test)", {
        sees: "written",
      }),
      run("docker run --rm busybox true; docker events --since 10m --until 0s --filter event=die", {
        sees: /container die .*exitCode=0/,
      }),
    ],
  },
];
