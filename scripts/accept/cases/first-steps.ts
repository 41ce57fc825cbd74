/** Is Docker there, and does it run anything? */
import { type CaseInput, run, state } from "../case";

export const firstSteps: CaseInput[] = [
  {
    id: "version-flag",
    subset: true,
    steps: [run("docker --version", { sees: /^Docker version \d+\.\d+\.\d+\S*, build \S+$/m })],
  },
  {
    id: "version",
    steps: [
      run("docker version", { sees: [/^Client:/m, /^Server:/m, /^ Engine:/m, /API version: +1\.\d+/] }),
    ],
  },
  {
    id: "info",
    subset: true,
    steps: [
      run("docker info", {
        sees: [
          /^Client:/m,
          /^Server:/m,
          "Storage Driver: overlay2",
          "Cgroup Version: 2",
          "Default Runtime: crun",
          "Architecture: i686",
        ],
        lacks: [/error/i, "WARNING"],
      }),
    ],
  },
  {
    id: "hello-world",
    steps: [run("docker run hello-world", { sees: "Hello from Docker!", lacks: "Unable to find image" })],
  },
  {
    id: "echo",
    subset: true,
    steps: [run("docker run busybox /bin/echo Hello Docker", { sees: /^Hello Docker$/m })],
  },
  {
    id: "ps",
    subset: true,
    steps: [
      run("docker run -d --name sleeper -p 8080:80 busybox sleep 600", { sees: /^[0-9a-f]{64}$/m }),
      run("docker ps", {
        sees: [
          /^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES$/m,
          /^[0-9a-f]{12} +busybox +"sleep 600" +.* ago +Up .* +0\.0\.0\.0:8080->80\/tcp +sleeper$/m,
        ],
      }),
    ],
  },
  {
    id: "install-notes",
    because:
      "the notes install Docker from the Internet; in a browser tab there is none and Docker is there already: the commands say so at once",
    steps: [
      run("curl -sSL https://get.daocloud.io/docker | sh", {
        sees: "Could not resolve host: get.daocloud.io",
        seconds: 60,
      }),
      run("yum install docker", { status: 1, sees: ["yum:", "docker version"], seconds: 60 }),
      run("sudo apt-get install docker.io", {
        user: "learner",
        status: 1,
        sees: ["apt-get:", "docker version"],
        seconds: 60,
      }),
    ],
  },
  {
    id: "vm-vs-container",
    steps: [
      run("time docker run --rm busybox true", { sees: /^real\s+\d+m[\d.]+s$/m }),
      run("uname -r; docker run --rm busybox uname -r", { sees: /^(\S+-drydock)\n\1$/m }),
      // The machine wrote down how many milliseconds its own start took.
      run(
        String.raw`TIMEFORMAT=%R; boot=$(cat /run/drydock/ready)
for _ in 1 2 3; do { time docker run --rm busybox true; } 2>&1; done | sort -n | head -n 1 | awk -v boot="$boot" '
  { printf "container %d ms, machine %d ms\n", $1 * 1000, boot; exit !($1 * 1000 < boot / 2) }'`,
        { sees: /^container \d+ ms, machine \d+ ms$/m },
      ),
    ],
  },
  {
    id: "context",
    steps: [
      run("docker context ls", {
        sees: [/^NAME +DESCRIPTION +DOCKER ENDPOINT/m, /^default \* .*unix:\/\/\/var\/run\/docker\.sock/m],
      }),
    ],
  },
  {
    id: "buildx",
    steps: [
      run("docker buildx ls", { sees: [/^default\*? +docker *$/m, /running .*linux\/386/] }),
      run("docker buildx version", { sees: /buildx v?\d+\.\d+/ }),
    ],
  },
  {
    id: "scout-not-there",
    steps: [
      run("docker scout", {
        status: "failure",
        sees: "docker: 'scout' is not a docker command.",
        seconds: 60,
      }),
    ],
  },
  {
    id: "client-server",
    subset: true,
    steps: [
      run("curl -sS --unix-socket /var/run/docker.sock http://localhost/version | jq .", {
        sees: [/"ApiVersion": "1\.\d+"/, /"Os": "linux"/],
      }),
      state(
        `test "$(curl -sS --unix-socket /var/run/docker.sock http://localhost/version | jq -r .Version)" = "$(docker version --format '{{.Server.Version}}')" && echo same`,
        "same",
      ),
      run("ps -e -o args", { sees: ["/usr/sbin/dockerd", "/usr/bin/containerd"] }),
    ],
  },
];
