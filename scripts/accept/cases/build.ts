/** Images from Dockerfiles. */
import { type CaseInput, run, state, write } from "../case";

const EVERY_INSTRUCTION = `FROM busybox
LABEL maintainer=me
ARG VERSION=1.0
ENV APP_VERSION=$VERSION
WORKDIR /app
RUN echo made by RUN > made
COPY copied.txt .
ADD packed.tar.gz .
EXPOSE 8080
VOLUME /data
RUN echo 'worker:x:1000:1000::/:/bin/sh' >> /etc/passwd
USER worker
HEALTHCHECK --interval=5s CMD test -f /app/made
ENTRYPOINT ["cat"]
CMD ["made"]
`;

const STEPS = "FROM busybox\nRUN echo first > /first\nRUN echo second > /second\nCMD cat /second\n";

export const build: CaseInput[] = [
  {
    id: "dockerfile",
    steps: [
      write("/root/app/Dockerfile", EVERY_INSTRUCTION),
      write("/root/app/copied.txt", "copied\n"),
      run("cd app && echo unpacked > packed && tar -czf packed.tar.gz packed && rm packed"),
      run("cd app && docker build --build-arg VERSION=2.5 -t my-app .", {
        sees: [
          /\[\d\/6\] RUN echo made by RUN/,
          /\[\d\/6\] COPY copied\.txt/,
          "naming to docker.io/library/my-app",
        ],
      }),
      run("docker images", { sees: /^my-app +latest /m }),
      run("docker run --rm my-app", { sees: /^made by RUN$/m }),
      run("docker run --rm my-app copied.txt packed", { sees: /^copied\nunpacked$/m }),
      state(
        `docker inspect my-app | jq -c '.[0].Config | [.Labels.maintainer, .WorkingDir, (.ExposedPorts | keys), (.Volumes | keys), .User, .Healthcheck.Test, .Entrypoint, .Cmd]'`,
        '["me","/app",["8080/tcp"],["/data"],"worker",["CMD-SHELL","test -f /app/made"],["cat"],["made"]]',
      ),
      state("docker inspect my-app | jq -r '.[0].Config.Env[]' | grep APP_VERSION", "APP_VERSION=2.5"),
      run("docker run -d --name healthy --entrypoint sleep my-app 600"),
      state("docker inspect -f '{{.State.Health.Status}}' healthy", "healthy", { within: 120 }),
      state("docker exec healthy id -un", "worker"),
      state("docker volume ls -q | wc -l", "1"),
    ],
  },
  {
    id: "dockerfile-steps",
    steps: [
      write("/root/app/Dockerfile", STEPS),
      run("docker build -t app app", {
        sees: ["[2/3] RUN echo first", "[3/3] RUN echo second"],
        lacks: "CACHED",
      }),
      run("docker build -t app app", {
        sees: [/CACHED \[2\/3\]|\[2\/3\].*\n#\d+ CACHED/, /CACHED \[3\/3\]|\[3\/3\].*\n#\d+ CACHED/],
      }),
      write("/root/app/Dockerfile", STEPS.replace("echo second", "echo changed")),
      run("docker build -t app app", {
        sees: /\[2\/3\].*\n#\d+ CACHED/,
        lacks: /\[3\/3\].*\n#\d+ CACHED/,
      }),
      run("docker run --rm app", { sees: /^changed$/m }),
    ],
  },
  {
    id: "build-file",
    subset: true,
    steps: [
      write("/root/project/Dockerfile", "FROM busybox\nCOPY file /file\nCMD cat /file\n"),
      write("/root/project/file", "from the folder\n"),
      run("docker build -q -t built -f project/Dockerfile project", { sees: /^sha256:[0-9a-f]{64}$/m }),
      run("docker run --rm built", { sees: /^from the folder$/m }),
    ],
  },
  {
    id: "multi-stage",
    steps: [
      write(
        "/root/app/Dockerfile",
        "FROM busybox AS builder\nRUN echo '#!/bin/busybox sh' > /program && echo 'echo small' >> /program && chmod +x /program\nRUN dd if=/dev/zero of=/heavy bs=1M count=5\n\nFROM busybox\nCOPY --from=builder /program /program\nCMD [\"/program\"]\n",
      ),
      run("docker build -t small app && docker build -t large --target builder app"),
      run("docker run --rm small", { sees: /^small$/m }),
      run("docker run --rm small ls /heavy", { status: 1, sees: "No such file" }),
      state(
        "test $(($(docker inspect -f '{{.Size}}' large) - $(docker inspect -f '{{.Size}}' small))) -gt 5000000 && echo smaller",
        "smaller",
      ),
    ],
  },
];
