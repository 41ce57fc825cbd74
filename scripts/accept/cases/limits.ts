/** `docker update` and the cgroup files that follow. */
import { type CaseInput, run, state } from "../case";

const SLEEPER = "docker run -d --name test busybox sleep 6000";
/** A file of the container's cgroup. */
const cgroup = (file: string, name = "test"): string =>
  `cat /sys/fs/cgroup/docker/$(docker inspect -f '{{.Id}}' ${name})/${file}`;

export const limits: CaseInput[] = [
  {
    id: "update-cpu",
    steps: [
      run(
        "docker run -d --name test busybox sh -c 'while :; do :; done' && docker run -d --name half busybox sleep 6000",
      ),
      run("docker update --cpu-quota 10000 --cpu-period 100000 test", { sees: /^test$/m }),
      state("docker inspect -f '{{.HostConfig.CpuQuota}} {{.HostConfig.CpuPeriod}}' test", "10000 100000"),
      state(cgroup("cpu.max"), "10000 100000"),
      state(`${cgroup("cpu.stat")} | awk '/^nr_throttled/ { print ($2 > 0) }'`, "1", { within: 60 }),
      run("docker update --cpus 0.5 half"),
      state("docker inspect -f '{{.HostConfig.NanoCpus}}' half", "500000000"),
      state(cgroup("cpu.max", "half"), "50000 100000"),
      run("docker update --cpus 0.5 test", { status: 1, sees: "Conflicting options" }),
      run("docker update -c 512 half"),
      state("docker inspect -f '{{.HostConfig.CpuShares}}' half", "512"),
      state(cgroup("cpu.weight", "half"), "20"),
      run("docker update --cpuset-cpus 0 half"),
      state(cgroup("cpuset.cpus", "half"), "0"),
    ],
    because:
      "the kernel has cgroup v2: 512 shares become the weight 20; --cpus cannot be combined with a quota that is set, and Docker says so",
  },
  {
    id: "update-mem",
    subset: true,
    steps: [
      run(SLEEPER),
      run("docker update -m 64m --memory-swap 128m --memory-reservation 32m test", { sees: /^test$/m }),
      state(cgroup("memory.max"), "67108864"),
      state(cgroup("memory.low"), "33554432"),
      state(cgroup("memory.swap.max"), "67108864"),
      run("docker exec test tail /dev/zero", { status: 137 }),
      state(`${cgroup("memory.events")} | awk '/^oom_kill / { print ($2 > 0) }'`, "1"),
      state("docker inspect -f '{{.State.Running}}' test", "true"),
    ],
  },
  {
    id: "update-blkio",
    steps: [
      run(SLEEPER),
      run("docker update --blkio-weight 300 test", { sees: /^test$/m }),
      state("docker inspect -f '{{.HostConfig.BlkioWeight}}' test", "300"),
      state(cgroup("io.bfq.weight"), /\b300\b/),
    ],
  },
  {
    id: "update-rt-kmem",
    steps: [
      run(SLEEPER),
      run("docker update --cpu-rt-period 1000000 --cpu-rt-runtime 500000 test", { sees: /^test$/m }),
      state(`ls /sys/fs/cgroup/docker/$(docker inspect -f '{{.Id}}' test) | grep rt_ | wc -l`, "0"),
      run("docker run --rm --cpu-rt-runtime 95000 busybox true", {
        status: 125,
        sees: /Your kernel does not support CPU real-time scheduler/i,
      }),
      run("docker update --kernel-memory 50m test", { sees: /^test$/m }),
      state("docker inspect -f '{{.HostConfig.KernelMemory}}' test", "0"),
      state(cgroup("memory.max"), "max"),
    ],
    because:
      "cgroup v2 has no real-time scheduling for containers and counts the kernel's memory with the container's: docker update takes both options and drops them, docker run says what the kernel does not support",
  },
  {
    id: "update-restart",
    steps: [
      run(SLEEPER),
      run("docker update --restart=always test", { sees: /^test$/m }),
      state("docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' test", "always"),
      run("kill -9 $(docker inspect -f '{{.State.Pid}}' test)"),
      state("docker inspect -f '{{.RestartCount}} {{.State.Running}}' test", "1 true", { within: 60 }),
    ],
  },
  {
    id: "cgroups",
    subset: true,
    steps: [
      run("docker run -d --name test -m 64m --cpus 0.5 busybox sleep 6000"),
      state(cgroup("memory.max"), "67108864"),
      state(cgroup("cpu.max"), "50000 100000"),
      run("docker exec test cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max", {
        sees: /^67108864\n50000 100000$/m,
      }),
    ],
  },
];
