/** What needs Docker Hub or the company's registry. */
import { type CaseInput, run, state, type, write } from "../case";

const PROMPT = /root@drydock:~# $/;
const RUN_NGINX = "docker run -d -p 80:80 --name webserver nginx";
const PRIVATE = "registry.drydock.local:5000";
const LOGIN = "docker login -u zheng1dong2 --password-stdin <<< secret";

export const hub: CaseInput[] = [
  {
    id: "run-nginx",
    subset: true,
    steps: [
      run(RUN_NGINX, {
        sees: [
          "Unable to find image 'nginx:latest' locally",
          "latest: Pulling from library/nginx",
          /^[0-9a-f]{12}: Pull complete$/m,
          /^Digest: sha256:[0-9a-f]{64}$/m,
          "Status: Downloaded newer image for nginx:latest",
          /^[0-9a-f]{64}$/m,
        ],
      }),
      state("docker inspect -f '{{.State.Running}}' webserver", "true"),
    ],
  },
  {
    id: "open-nginx",
    images: ["nginx"],
    page: true,
    steps: [run(RUN_NGINX), state("curl -s localhost", /Welcome to nginx!/, { within: 60 })],
  },
  {
    id: "stop-web",
    images: ["nginx"],
    steps: [
      run(RUN_NGINX),
      run("docker stop webserver", { sees: /^webserver$/m }),
      run("docker ps -a", { sees: /Exited \(0\) .* webserver$/m }),
    ],
  },
  {
    id: "rm-web",
    images: ["nginx"],
    steps: [
      run(`${RUN_NGINX} && docker stop webserver`),
      run("docker rm webserver", { sees: /^webserver$/m }),
      run("docker ps -a", { lacks: "webserver" }),
    ],
  },
  {
    id: "pull-nginx",
    steps: [
      run("docker pull nginx", {
        sees: [
          "Using default tag: latest",
          /^[0-9a-f]{12}: (Pull complete|Already exists)$/m,
          /^Digest: sha256:[0-9a-f]{64}$/m,
          "Status: Downloaded newer image for nginx:latest",
        ],
      }),
      run("docker pull nginx", { sees: "Status: Image is up to date for nginx:latest" }),
    ],
  },
  {
    id: "pull-full",
    steps: [
      run(`docker pull ${PRIVATE}/library/nginx:latest`, {
        sees: [
          "latest: Pulling from library/nginx",
          /^Digest: sha256:[0-9a-f]{64}$/m,
          `Status: Downloaded newer image for ${PRIVATE}/library/nginx:latest`,
        ],
      }),
      run("docker images", { sees: new RegExp(`^${PRIVATE}/library/nginx +latest `, "m") }),
    ],
  },
  {
    id: "image-rm",
    images: ["nginx"],
    steps: [
      run("docker image rm nginx", { sees: ["Untagged: nginx:latest", /^Deleted: sha256:[0-9a-f]{64}$/m] }),
      state("docker images -q nginx", ""),
    ],
  },
  {
    id: "pull-tag",
    images: ["ubuntu"],
    steps: [
      run("docker pull debian:trixie", {
        sees: ["trixie: Pulling from library/debian", /^Status: /m],
        lacks: "Using default tag",
      }),
      run("docker pull debian", { sees: "Using default tag: latest" }),
      run("docker images", { sees: [/^debian +trixie /m, /^debian +latest /m] }),
    ],
  },
  {
    id: "pull-busybox",
    steps: [
      run("docker pull busybox", {
        sees: /Status: (Downloaded newer image|Image is up to date) for busybox:latest/,
      }),
    ],
  },
  {
    id: "search",
    subset: true,
    steps: [
      run("docker search nginx", {
        sees: [/^NAME +DESCRIPTION +STARS +OFFICIAL *$/m, /^nginx .* \[OK\] *$/m],
      }),
      state("docker search nginx --format '{{.StarCount}}' | sort -rnc && echo sorted", "sorted"),
      state("docker search --limit 1 nginx --format '{{.Name}}' | wc -l", "1"),
      state("docker search --filter is-official=true nginx --format '{{.IsOfficial}}' | sort -u", "[OK]"),
      state("docker search nginx --format '{{.Name}}' | wc -l", /^([2-9]|\d\d+)$/),
    ],
  },
  {
    id: "login",
    page: true,
    steps: [
      type("docker login", { sees: "Username:" }),
      type("zheng1dong2", { sees: "Password:" }),
      type("secret", { sees: ["Login Succeeded", PROMPT] }),
      state("jq -r '.auths | keys[]' .docker/config.json", "https://index.docker.io/v1/"),
      run("docker login -u zheng1dong2 --password-stdin <<< wrong", {
        status: 1,
        sees: "unauthorized: incorrect username or password",
      }),
      run("docker logout", { sees: "Removing login credentials for https://index.docker.io/v1/" }),
      state("jq -r '.auths | length' .docker/config.json", "0"),
    ],
  },
  {
    id: "tag-hub",
    steps: [
      run("docker tag $(docker images -q busybox) zheng1dong2/new-repo:1.0"),
      run("docker images", { sees: /^zheng1dong2\/new-repo +1\.0 +[0-9a-f]{12} /m }),
    ],
  },
  {
    id: "push-hub",
    steps: [
      run(
        "docker run --name mine busybox sh -c 'echo mine > /mine' && docker commit mine zheng1dong2/new-repo:1.0",
      ),
      run("docker push zheng1dong2/new-repo:1.0", {
        status: 1,
        sees: "denied: requested access to the resource is denied",
      }),
      run(LOGIN, { sees: "Login Succeeded" }),
      run("docker push zheng1dong2/new-repo:1.0", {
        sees: [/^[0-9a-f]{12}: Pushed$/m, /^1\.0: digest: sha256:[0-9a-f]{64} size: \d+$/m],
      }),
      run("docker tag busybox somebody/else:1.0 && docker push somebody/else:1.0", {
        status: 1,
        sees: "denied: requested access to the resource is denied",
      }),
      run(
        "docker rm mine && docker rmi zheng1dong2/new-repo:1.0 && docker run --rm zheng1dong2/new-repo:1.0 cat /mine",
        {
          sees: [/Pulling from zheng1dong2\/new-repo/, /^mine$/m],
        },
      ),
    ],
  },
  {
    id: "push-private",
    subset: true,
    steps: [
      write("/root/app/Dockerfile", "FROM busybox\nRUN echo pushed > /proof\nCMD cat /proof\n"),
      run("docker build -t my-app app"),
      run(`docker tag my-app ${PRIVATE}/team/my-app:1.0 && docker push ${PRIVATE}/team/my-app:1.0`, {
        sees: [/^[0-9a-f]{12}: (Pushed|Mounted from .*)$/m, /^1\.0: digest: sha256:[0-9a-f]{64} size: \d+$/m],
      }),
      run(`docker rmi my-app ${PRIVATE}/team/my-app:1.0`, { sees: "Untagged:" }),
      run(`docker pull ${PRIVATE}/team/my-app:1.0`, {
        sees: `Status: Downloaded newer image for ${PRIVATE}/team/my-app:1.0`,
      }),
      run(`docker run --rm ${PRIVATE}/team/my-app:1.0`, { sees: /^pushed$/m }),
    ],
  },
  {
    id: "podman-login",
    steps: [
      type("podman login docker.io", { sees: "Username:" }),
      type("zheng1dong2", { sees: "Password:" }),
      type("secret", { sees: ["Login Succeeded!", PROMPT] }),
      run("podman login --get-login docker.io", { sees: /^zheng1dong2$/m }),
      run("podman logout docker.io", { sees: "Removed login credentials for docker.io" }),
    ],
  },
  {
    id: "podman-tag-push",
    steps: [
      run("podman login -u zheng1dong2 --password-stdin docker.io <<< secret", { sees: "Login Succeeded!" }),
      run("podman pull busybox", { sees: "Writing manifest to image destination" }),
      run("podman tag $(podman images -q busybox) docker.io/zheng1dong2/new-repo:1.0 && podman images", {
        sees: /^docker\.io\/zheng1dong2\/new-repo +1\.0 /m,
      }),
      run("podman push docker.io/zheng1dong2/new-repo:1.0", {
        sees: "Writing manifest to image destination",
      }),
      run("docker pull zheng1dong2/new-repo:1.0", {
        sees: "Status: Downloaded newer image for zheng1dong2/new-repo:1.0",
      }),
      run("docker run --rm zheng1dong2/new-repo:1.0 echo from podman", { sees: /^from podman$/m }),
      run("podman tag busybox docker.io/somebody/else:1.0 && podman push docker.io/somebody/else:1.0", {
        status: "failure",
        sees: /denied|unauthorized/,
      }),
    ],
  },
];
