/** What readers of the most used tutorials type next. */
import { type CaseInput, run, state, write } from "../case";

const DIGEST = /^Digest: sha256:[0-9a-f]{64}$/m;

const syntaxLine = `# syntax=docker/dockerfile:1
FROM busybox
COPY <<EOF /greet.txt
hello from a heredoc
EOF
CMD ["cat", "/greet.txt"]
`;

const argScope = `ARG V=1.0
FROM busybox AS one
RUN echo "one [$V]"
FROM busybox AS two
ARG V
RUN echo "two [$V]"
`;

const secrets = `services:
  a:
    image: busybox
    command: sh -c "cat /run/secrets/k"
    secrets: [{source: k, uid: "103", mode: 0440}]
secrets: {k: {file: ./s.txt}}
`;

const healthy = `services:
  db:
    image: mariadb:10-focal
    command: --default-authentication-plugin=mysql_native_password
    environment: {MYSQL_DATABASE: example, MYSQL_ROOT_PASSWORD: secret}
    healthcheck:
      test: ["CMD-SHELL", "mysqladmin ping -h 127.0.0.1 --password=secret --silent"]
      interval: 3s
      retries: 5
      start_period: 30s
  web:
    image: nginx
    depends_on: {db: {condition: service_healthy}}
`;

export const field: CaseInput[] = [
  {
    id: "field-syntax-line",
    subset: true,
    steps: [
      write("/root/a/Dockerfile", syntaxLine),
      run("docker build --progress=plain -t a01 a", {
        sees: ["resolve image config for docker-image://docker.io/docker/dockerfile:1"],
      }),
      run("docker run --rm a01", { sees: "hello from a heredoc" }),
      write("/root/a/Dockerfile", syntaxLine.replace("CMD", "CMND")),
      run("docker build --progress=plain a", {
        status: 1,
        sees: ["Dockerfile:6", "unknown instruction: CMND"],
      }),
      // What does not come from BuildKit ends the frontend with a word.
      run("head -c 4000 /dev/urandom | docker run --rm -i docker/dockerfile:1 2>&1 >/dev/null", {
        status: 1,
        sees: "dockerfile frontend: ",
      }),
    ],
  },
  {
    id: "field-own-files",
    images: ["ubuntu"],
    steps: [
      run('docker run -d --name a03 ubuntu bash -c "shuf -i 1-10000 -n 1 -o /data.txt && tail -f /dev/null"'),
      state("docker exec a03 cat /data.txt", /^\d+$/, { within: 20 }),
      run("docker run --rm ubuntu ls /data.txt", { status: "failure", sees: /data.txt.*No such file/ }),
    ],
  },
  {
    id: "field-getting-started",
    steps: [
      run("docker run -d -p 80:80 docker/getting-started", { sees: [DIGEST, /^[0-9a-f]{64}$/m] }),
      state("curl -s localhost", /<h1>Getting started/, { within: 60 }),
    ],
  },
  {
    id: "field-welcome",
    steps: [
      run("docker run -d -p 8088:80 --name welcome-to-docker docker/welcome-to-docker", { sees: DIGEST }),
      state("curl -s localhost:8088", /Your first container works/, { within: 60 }),
    ],
  },
  {
    id: "field-old-ubuntu",
    subset: true,
    steps: [
      run('docker run ubuntu:15.10 /bin/echo "Hello world"', { sees: [DIGEST, /^Hello world$/m] }),
      run('docker run -d --name loop ubuntu:15.10 /bin/sh -c "while true; do echo hello; sleep 1; done"'),
      state("docker logs loop | sort | uniq -c", /^ *([2-9]|\d\d+) hello$/, { within: 60 }),
      state(
        `docker image inspect -f '{{index .Config.Labels "dev.drydock.played-by"}}' ubuntu:15.10`,
        "debian:trixie",
      ),
    ],
  },
  {
    id: "field-webapp",
    steps: [
      run("docker run -d -P --name web training/webapp python app.py", { sees: DIGEST }),
      state("curl -s $(docker port web 5000 | head -n 1)", "Hello world!", { within: 60 }),
    ],
  },
  {
    id: "field-own-page",
    images: ["nginx"],
    steps: [
      write(
        "/root/a/Dockerfile",
        'FROM nginx\nRUN echo "built locally" > /usr/share/nginx/html/index.html\n',
      ),
      run("docker build -t nginx:v3 a && docker run --name web -d -p 8080:80 nginx:v3"),
      state("curl -s localhost:8080", "built locally", { within: 60 }),
    ],
  },
  {
    id: "field-two-on-a-net",
    because: "ubuntu is played by Debian with BusyBox, which has a ping; Ubuntu's own image has none",
    images: ["ubuntu"],
    steps: [
      run("docker network create -d bridge test-net"),
      run("docker run -itd --name test1 --network test-net ubuntu /bin/bash"),
      run("docker run -itd --name test2 --network test-net ubuntu /bin/bash"),
      run("docker exec test1 ping -c 1 test2", { sees: "0% packet loss" }),
    ],
  },
  {
    id: "field-alpine-tags",
    images: ["nginx"],
    steps: [
      run("docker pull nginx:alpine", {
        sees: [
          "alpine: Pulling from library/nginx",
          /^[0-9a-f]{12}: Already exists$/m,
          "Status: Downloaded newer image for nginx:alpine",
        ],
        lacks: "Pull complete",
      }),
      state(
        `docker image inspect -f '{{index .Config.Labels "dev.drydock.played-by"}}' nginx:alpine`,
        "nginx:1.26",
      ),
      state("docker images --digests --format '{{.Digest}}' nginx | sort -u | wc -l", "2"),
      run("docker pull $(docker image inspect -f '{{index .RepoDigests 0}}' nginx:alpine)", {
        sees: "Image is up to date",
      }),
      run("docker manifest inspect nginx:alpine", { sees: ['"manifests": [', '"architecture": "386"'] }),
    ],
  },
  {
    id: "field-other-platform",
    because: "Docker takes a 386 image for amd64 when there is no other: only other processors fail",
    steps: [
      run("docker pull --platform linux/arm64 nginx", {
        status: 1,
        sees: "no matching manifest for linux/arm64 in the manifest list entries",
      }),
      state("docker images -q nginx", ""),
      write("/root/a/Dockerfile", "FROM --platform=linux/arm64 nginx\n"),
      run("docker build a", { status: 1, sees: "no match for platform in manifest" }),
    ],
  },
  {
    id: "field-absent",
    steps: [
      run("docker pull mongo", {
        status: 1,
        sees: [
          "manifest for mongo:latest not found: manifest unknown",
          "mongo is not in this hub, which has mysql",
        ],
      }),
      run("docker pull nginx:windowsservercore", {
        status: 1,
        sees: "is for Windows, and this machine runs Linux",
      }),
      run("docker run --rm busybox:1.36 echo goes on", { sees: "goes on" }),
    ],
  },
  {
    id: "field-health-mysqladmin",
    images: ["nginx", "mariadb:10-focal"],
    steps: [
      write("/root/shop/compose.yaml", healthy),
      run("cd shop && docker compose up -d", { sees: /shop-db-1 +Healthy/ }),
      run("cd shop && docker compose ps", { sees: [/shop-db-1 .*\(healthy\)/, /shop-web-1 .* Up/] }),
      run("cd shop && docker compose exec -T db mysqladmin -uroot -psecret create more", { lacks: "ERROR" }),
      run("cd shop && docker compose exec -T db mysqladmin -h 127.0.0.1 -P 1 ping", {
        status: 1,
        sees: "connect to server failed",
      }),
    ],
  },
  {
    id: "field-volume-in-dockerfile",
    images: ["debian"],
    steps: [
      write("/root/a/Dockerfile", "FROM debian\nRUN mkdir /data && echo seed > /data/f\nVOLUME /data\n"),
      run("docker build -t v16 a && docker run -d --name vol v16 sleep 600"),
      state(
        "docker inspect -f '{{range .Mounts}}{{.Type}} {{.Destination}} {{len .Name}}{{end}}' vol",
        "volume /data 64",
      ),
      state("docker exec vol cat /data/f", "seed"),
      run("docker rm -fv vol"),
      state("docker volume ls -q", ""),
    ],
  },
  {
    id: "field-onbuild",
    steps: [
      write("/root/base/Dockerfile", "FROM busybox\nONBUILD RUN echo inherited > /o\n"),
      write("/root/kid/Dockerfile", "FROM base19\n"),
      write("/root/grandkid/Dockerfile", "FROM kid19\nRUN ls -l /o\n"),
      run("docker build -t base19 base && docker build -t kid19 kid"),
      run("docker build --progress=plain -t g19 grandkid", { lacks: "echo inherited" }),
      run("docker run --rm base19 ls /o", { status: 1, sees: "No such file" }),
      state("docker run --rm kid19 cat /o", "inherited"),
      state(
        "docker image inspect -f '{{.Config.OnBuild}}' base19 kid19",
        /^\[RUN echo inherited > \/o\]\n(\[\]|<no value>)$/,
      ),
    ],
  },
  {
    id: "field-local-registry",
    images: ["registry:2"],
    steps: [
      run("docker run -d -p 5000:5000 --name reg registry:2"),
      state("curl -s 127.0.0.1:5000/v2/", "{}", { within: 60 }),
      run("docker tag busybox 127.0.0.1:5000/b:1 && docker push 127.0.0.1:5000/b:1", {
        sees: /^1: digest: sha256:/m,
      }),
      state("curl -s 127.0.0.1:5000/v2/_catalog", '{"repositories":["b"]}'),
      run("docker rmi 127.0.0.1:5000/b:1 && docker pull 127.0.0.1:5000/b:1", {
        sees: /Status: (Downloaded newer image|Image is up to date) for 127.0.0.1:5000\/b:1/,
      }),
    ],
  },
  {
    id: "field-registry-password",
    images: ["httpd:2", "registry:2"],
    steps: [
      run("docker run --rm --entrypoint htpasswd httpd:2 -Bbn u pw > auth", { lacks: "error" }),
      state("cut -c1-6 auth | head -n 1", "u:$2y$"),
      run(
        "docker run -d -p 5001:5000 -v $PWD/auth:/auth -e REGISTRY_AUTH=htpasswd -e REGISTRY_AUTH_HTPASSWD_REALM=r -e REGISTRY_AUTH_HTPASSWD_PATH=/auth registry:2",
      ),
      state("curl -s -o /dev/null -w '%{http_code}' localhost:5001/v2/", "401", { within: 60 }),
      run("docker tag busybox localhost:5001/b && docker push localhost:5001/b", {
        status: 1,
        sees: "no basic auth credentials",
      }),
      run("echo pw | docker login -u u --password-stdin localhost:5001", { sees: "Login Succeeded" }),
      run("docker push localhost:5001/b", { sees: /^latest: digest: sha256:/m }),
    ],
  },
  {
    id: "field-httpd",
    images: ["httpd:2"],
    steps: [
      run("docker run -d --name site -p 8080:80 httpd:2.4-alpine"),
      state("curl -s localhost:8080", /It works!/, { within: 60 }),
      run("docker exec site httpd -t", { sees: "Syntax OK" }),
      run("docker logs site", { sees: '"GET / HTTP/1.1" 200' }),
      run("docker stop site"),
      state("docker inspect -f '{{.State.ExitCode}}' site", "0"),
    ],
  },
  {
    id: "field-dockerignore-except",
    steps: [
      run("mkdir -p x/a/b/c; echo i > x/a/b/c/include.txt; echo e > x/a/b/c/exclude.txt"),
      write("/root/x/.dockerignore", "**/c\n!a/b/c/include.txt\n"),
      write("/root/x/Dockerfile", "FROM busybox\nCOPY . /x\nRUN find /x -type f | sort\n"),
      run("docker build --no-cache --progress=plain x", {
        sees: ["/x/.dockerignore", "/x/Dockerfile", "/x/a/b/c/include.txt"],
        lacks: "exclude.txt",
      }),
    ],
  },
  {
    id: "field-arg-scope",
    steps: [
      write("/root/a/Dockerfile", argScope),
      run("docker build --no-cache --progress=plain --target one a", { sees: " one []" }),
      run("docker build --no-cache --progress=plain a", { sees: " two [1.0]", lacks: " one [" }),
      run("docker build --no-cache --progress=plain --build-arg V=9 a", { sees: " two [9]" }),
    ],
  },
  {
    id: "field-pid-1",
    steps: [
      run("docker run -d --name p1 busybox sleep 600; docker run -d --name p2 --init busybox sleep 600"),
      run("docker stop p1 p2"),
      state("docker inspect -f '{{.Name}} {{.State.ExitCode}}' p1 p2", "/p1 137\n/p2 143"),
    ],
  },
  {
    id: "field-prune-named",
    steps: [
      run("docker volume create keep; docker run --name an -v /data busybox true; docker rm an"),
      run("docker volume prune -f", { sees: /^[0-9a-f]{64}$/m, lacks: "keep" }),
      state("docker volume ls -q", "keep"),
      run("docker volume prune -af", { sees: /^keep$/m }),
      state("docker volume ls -q", ""),
    ],
  },
  {
    id: "field-restart",
    steps: [
      run("docker run -d --name r11 --restart on-failure:3 busybox sh -c 'exit 7'"),
      run("docker run -d --name r12 --restart always busybox sleep 600; docker stop -t 0 r12"),
      state("docker inspect -f '{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}' r11", "3 exited 7", {
        within: 90,
      }),
      state("docker inspect -f '{{.State.Status}}' r12", "exited"),
    ],
  },
  {
    id: "field-secret-mode",
    steps: [
      write("/root/s/s.txt", "s3cret\n"),
      write("/root/s/compose.yaml", secrets),
      run("cd s && docker compose run --rm a", { sees: ["s3cret", /mode.*not supported/] }),
    ],
  },
  {
    id: "field-copy-up",
    images: ["nginx"],
    steps: [
      run("docker run --rm -v up:/etc/nginx nginx ls /etc/nginx", { sees: "nginx.conf" }),
      run("docker run --rm -v up:/x busybox ls /x", { sees: "nginx.conf" }),
      state(
        "docker run --rm --mount type=volume,src=nc,dst=/etc/nginx,volume-nocopy nginx ls -A /etc/nginx | wc -l",
        "0",
      ),
      state("mkdir e; docker run --rm -v $PWD/e:/etc/nginx nginx ls -A /etc/nginx | wc -l", "0"),
    ],
  },
  {
    id: "field-plain-registry",
    images: ["registry:2"],
    steps: [
      run("docker run -d -p 5000:5000 --name reg registry:2"),
      state("curl -s localhost:5000/v2/", "{}", { within: 60 }),
      run("docker tag busybox localhost:5000/b && docker push localhost:5000/b"),
      run("podman pull localhost:5000/b", {
        status: 125,
        sees: "http: server gave HTTP response to HTTPS client",
      }),
      run("podman pull --tls-verify=false localhost:5000/b", { sees: /^[0-9a-f]{64}$/m }),
    ],
  },
  {
    id: "field-push-plain",
    images: ["registry:2"],
    steps: [
      run("docker run -d --name reg2 registry:2"),
      run(
        "ip=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' reg2); until curl -s $ip:5000/v2/; do sleep 1; done; docker tag busybox $ip:5000/b && docker push $ip:5000/b",
        { status: 1, sees: "http: server gave HTTP response to HTTPS client" },
      ),
      // The company's registry is the other one that is trusted without TLS.
      state(
        "docker info --format '{{range .RegistryConfig.InsecureRegistryCIDRs}}{{.}} {{end}}'",
        /^127\.0\.0\.0\/8 $/,
      ),
    ],
  },
];
