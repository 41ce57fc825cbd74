/**
 * Why a check does not hold yet, by its code. `subject` is the thing that was looked at, `expected` what the step asks
 * for, `found` what there is.
 */
export const lessonHintsZhCN = {
  missing: (subject: string) => `还没有 ${subject}`,
  "container.missing": (subject: string) => `还没有符合要求的容器（${subject}）。用 docker ps -a 看看有哪些`,
  "container.state": (subject: string, expected: string, found: string) =>
    `容器 ${subject} 的状态应该是 ${expected}，现在是 ${found}`,
  "container.image": (subject: string, expected: string, found: string) =>
    `容器 ${subject} 应该来自镜像 ${expected}，现在来自 ${found}`,
  "container.exit": (subject: string, expected: string, found: string) =>
    `容器 ${subject} 的退出码应该是 ${expected}，现在是 ${found}`,
  "container.ports": (subject: string, expected: string) =>
    `容器 ${subject} 没有发布端口 ${expected}。端口要在创建容器时用 -p 指定`,
  "container.env": (subject: string, expected: string) => `容器 ${subject} 里没有环境变量 ${expected}`,
  "container.mounts": (subject: string, expected: string) => `容器 ${subject} 没有挂载 ${expected}`,
  "container.networks": (subject: string, expected: string) => `容器 ${subject} 没有接到网络 ${expected}`,
  "container.restarted": (subject: string) => `容器 ${subject} 还没有重新启动过`,
  "container.health": (subject: string, expected: string, found: string) =>
    `容器 ${subject} 的健康状态应该是 ${expected}，现在是 ${found}`,
  "container.limits": (subject: string, expected: string, found: string) =>
    `容器 ${subject} 的限制应该是 ${expected}，现在是 ${found}`,
  "container.logs": (subject: string, expected: string) => `容器 ${subject} 的日志里还没有 ${expected}`,
  "container.changes": (subject: string, expected: string) =>
    `容器 ${subject} 里还没有这个变化：${expected}（用 docker diff 看）`,
  "image.missing": (subject: string) => `本机还没有镜像 ${subject}`,
  "image.absent": (subject: string) => `镜像 ${subject} 还在本机`,
  "image.sameAs": (subject: string, expected: string) => `${subject} 和 ${expected} 还不是同一个镜像`,
  "image.maxSize": (subject: string, expected: string, found: string) =>
    `镜像 ${subject} 不应大于 ${expected}，现在有 ${found}`,
  "image.sharesLayersWith": (subject: string, expected: string) =>
    `镜像 ${subject} 和 ${expected} 没有共用最底下的一层`,
  "volume.missing": (subject: string) => `还没有名为 ${subject} 的卷`,
  "volume.absent": (subject: string) => `卷 ${subject} 还在`,
  "volume.usedBy": (subject: string, expected: string) => `容器 ${expected} 没有用到卷 ${subject}`,
  "network.missing": (subject: string) => `还没有名为 ${subject} 的网络`,
  "network.absent": (subject: string) => `网络 ${subject} 还在`,
  "network.containers": (subject: string, expected: string) => `容器 ${expected} 还没有接到网络 ${subject}`,
  "http.refused": (subject: string) => `${subject} 没有应答：没有程序在这个端口上监听，或者还没有准备好`,
  "http.status": (subject: string, expected: string, found: string) =>
    `${subject} 的应答应该是 ${expected}，现在是 ${found}`,
  "http.contains": (subject: string, expected: string) => `${subject} 的内容里没有“${expected}”`,
  "file.missing": (subject: string) => `还没有文件 ${subject}`,
  "file.absent": (subject: string) => `文件 ${subject} 还在`,
  "file.contains": (subject: string, expected: string) => `文件 ${subject} 里没有“${expected}”`,
  "file.mode": (subject: string, expected: string, found: string) =>
    `文件 ${subject} 的权限应该是 ${expected}，现在是 ${found}`,
  "file.owner": (subject: string, expected: string, found: string) =>
    `文件 ${subject} 的所有者应该是 ${expected}，现在是 ${found}`,
  "registry.missing": (subject: string) => `仓库里还没有 ${subject}`,
  "registry.absent": (subject: string) => `仓库里还有 ${subject}`,
  "compose.missing": (subject: string) => `还没有名为 ${subject} 的 Compose 项目`,
  "compose.absent": (subject: string) => `Compose 项目 ${subject} 的容器还在`,
  "compose.services": (subject: string, expected: string, found: string) =>
    `项目 ${subject} 的服务应该是 ${expected}，现在是 ${found}`,
  "event.missing": (subject: string) => `从这一步开始以来，Docker 还没有做过这件事：${subject}`,
  "event.times": (subject: string, expected: string, found: string) =>
    `${subject} 应该至少发生 ${expected} 次，现在是 ${found} 次`,
  "answer.missing": "请在下面写下答案",
  "answer.wrong": "这个答案还不对，再看看终端里的输出",
  other: (subject: string, expected: string, found: string) =>
    `${subject} 还不符合要求：应该是 ${expected}，现在是 ${found}`,
};

/** What a container's states are called. `starting` is ours: it runs, but has not for long enough. */
export const containerStatesZhCN = {
  running: "运行中（running）",
  starting: "刚刚启动，还要再看几秒",
  exited: "已退出（exited）",
  created: "已创建、未启动（created）",
  paused: "已暂停（paused）",
  restarting: "反复重启（restarting）",
  absent: "不存在",
};
