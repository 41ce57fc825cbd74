/** Images of one's own machine: list, tag, remove, make, save. */
import { type CaseInput, run, state, write } from "../case";

const COLUMNS = /^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE$/m;

export const images: CaseInput[] = [
  {
    id: "image-ls",
    steps: [run("docker image ls", { sees: [COLUMNS, /^busybox +latest +[0-9a-f]{12} .* ago +[\d.]+MB$/m] })],
  },
  {
    id: "images",
    subset: true,
    steps: [
      run("docker images", { sees: [COLUMNS, /^hello-world +latest +[0-9a-f]{12} .* ago +[\d.]+kB$/m] }),
    ],
  },
  {
    id: "tag",
    steps: [
      run("docker tag busybox my-busybox:1.0"),
      state("docker images -q busybox | cat - <(docker images -q my-busybox:1.0) | uniq | wc -l", "1"),
      run("docker images", { sees: /^my-busybox +1\.0 /m }),
    ],
  },
  {
    id: "inspect-image",
    steps: [
      run("docker inspect busybox", {
        sees: ['"RepoTags": [', '"busybox:latest"', '"RootFS": {', '"Layers": [', '"Config": {'],
      }),
      state("docker inspect busybox | jq -r '.[0].RootFS.Layers[0]'", /^sha256:[0-9a-f]{64}$/),
    ],
  },
  {
    id: "rmi-tag",
    steps: [
      run("docker tag busybox my-busybox:1.0"),
      run("docker rmi my-busybox:1.0", { sees: "Untagged: my-busybox:1.0", lacks: "Deleted:" }),
      run("docker run --rm busybox true"),
    ],
  },
  {
    id: "rmi-in-use",
    steps: [
      run("docker run -d --name holder busybox sleep 600"),
      run("docker rmi busybox", {
        status: 1,
        sees: /conflict: unable to remove repository reference "busybox" \(must force\) - container [0-9a-f]{12} is using/,
      }),
      run("docker rm -f holder", { sees: "holder" }),
      run("docker rmi busybox", { sees: ["Untagged: busybox:latest", "Deleted: sha256:"] }),
      state("docker images -q busybox", ""),
    ],
  },
  {
    id: "rmi-id",
    steps: [
      run("docker tag busybox my-busybox:1.0"),
      run("docker rmi $(docker images -q busybox)", {
        status: 1,
        sees: "image is referenced in multiple repositories",
      }),
      run("docker rmi -f $(docker images -q busybox)", {
        sees: ["Untagged: busybox:latest", "Untagged: my-busybox:1.0", "Deleted: sha256:"],
      }),
      state("docker images --format '{{.Repository}}'", "hello-world"),
    ],
    because:
      "an image with several names goes by its id only with -f; without it Docker says that it is referenced in multiple repositories",
  },
  {
    id: "commit",
    subset: true,
    steps: [
      run("docker run --name changed busybox touch /added"),
      run("docker commit -a 'me' -m 'added a file' -p changed test:0.1", { sees: /^sha256:[0-9a-f]{64}$/m }),
      run("docker history test:0.1", { sees: /added a file\s*$/m }),
      state("docker inspect --format '{{.Author}}|{{.Comment}}' test:0.1", "me|added a file"),
      run("docker run --rm test:0.1 ls /added", { sees: "/added" }),
    ],
  },
  {
    id: "import-template",
    subset: true,
    steps: [
      run("cat /root/templates/rootfs.tar.gz | docker import - ubuntu:16.04", {
        sees: /^sha256:[0-9a-f]{64}$/m,
      }),
      run("docker images", { sees: /^ubuntu +16\.04 +[0-9a-f]{12} /m }),
      run("docker run --rm ubuntu:16.04 echo works", { sees: /^works$/m }),
    ],
  },
  {
    id: "save-load",
    steps: [
      run("docker save -o bb.tar busybox && tar -tf bb.tar", { sees: "manifest.json" }),
      run("docker rmi busybox", { sees: "Untagged: busybox:latest" }),
      run("docker load -i bb.tar", { sees: "Loaded image: busybox:latest" }),
      run("docker run --rm busybox echo back", { sees: /^back$/m }),
    ],
  },
  {
    id: "layers",
    images: ["nginx", "redis"],
    steps: [
      run("docker history nginx", {
        sees: [/^IMAGE +CREATED +CREATED BY +SIZE +COMMENT$/m, /CMD \["nginx"/, "EXPOSE"],
      }),
      state("docker image inspect --format '{{len .RootFS.Layers}}' nginx", /^[3-9]$/),
      // Two images of different programs, one base.
      state(
        `layers() { docker image inspect --format '{{range .RootFS.Layers}}{{println .}}{{end}}' $1 | grep . | sort; }
comm -12 <(layers nginx) <(layers redis) | wc -l`,
        /^[2-9]$/,
      ),
      // Stored once: all layers of all images together are fewer than the sum of each image's.
      state(
        `all=$(docker image inspect --format '{{range .RootFS.Layers}}{{println .}}{{end}}' $(docker images -q) | grep sha256)
test "$(wc -l <<<"$all")" -gt "$(sort -u <<<"$all" | wc -l)" && ls /var/lib/docker/image/overlay2/layerdb/sha256 | wc -l | grep -qx "$(sort -u <<<"$all" | wc -l)" && echo once`,
        "once",
      ),
    ],
  },
  {
    id: "image-from-dockerfile",
    steps: [
      write("/root/program/Dockerfile", "FROM busybox\nCMD sleep 4321\n"),
      run("docker build -t program program && docker run -d --name process program", {
        sees: /^[0-9a-f]{64}$/m,
      }),
      run("ps -e -o pid,args", { sees: /^ *\d+ (sh -c sleep 4321|sleep 4321)$/m }),
      state("test -d /proc/$(docker inspect -f '{{.State.Pid}}' process) && echo runs", "runs"),
    ],
  },
];
