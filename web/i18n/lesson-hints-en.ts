import type { containerStatesZhCN, lessonHintsZhCN } from "./lesson-hints-zh-cn";

export const lessonHintsEn: typeof lessonHintsZhCN = {
  missing: (subject) => `There is no ${subject} yet`,
  "container.missing": (subject) =>
    `There is no such container yet (${subject}). docker ps -a shows which there are`,
  "container.state": (subject, expected, found) =>
    `The container ${subject} should be ${expected}; it is ${found}`,
  "container.image": (subject, expected, found) =>
    `The container ${subject} should come from the image ${expected}; it comes from ${found}`,
  "container.exit": (subject, expected, found) =>
    `The exit code of the container ${subject} should be ${expected}; it is ${found}`,
  "container.ports": (subject, expected) =>
    `The container ${subject} does not publish the port ${expected}. Ports are given with -p when it is made`,
  "container.env": (subject, expected) => `The container ${subject} has no environment variable ${expected}`,
  "container.mounts": (subject, expected) => `The container ${subject} does not mount ${expected}`,
  "container.networks": (subject, expected) => `The container ${subject} is not on the network ${expected}`,
  "container.restarted": (subject) => `The container ${subject} has not been restarted yet`,
  "container.health": (subject, expected, found) =>
    `The container ${subject} should be ${expected}; its health is ${found}`,
  "container.limits": (subject, expected, found) =>
    `The limit of the container ${subject} should be ${expected}; it is ${found}`,
  "container.logs": (subject, expected) =>
    `The log of the container ${subject} does not have ${expected} yet`,
  "container.changes": (subject, expected) =>
    `The container ${subject} does not have this change yet: ${expected} (see docker diff)`,
  "image.missing": (subject) => `The image ${subject} is not on this machine yet`,
  "image.absent": (subject) => `The image ${subject} is still on this machine`,
  "image.sameAs": (subject, expected) => `${subject} and ${expected} are not the same image yet`,
  "image.maxSize": (subject, expected, found) =>
    `The image ${subject} should not be larger than ${expected}; it has ${found}`,
  "image.sharesLayersWith": (subject, expected) =>
    `The images ${subject} and ${expected} do not share their lowest layer`,
  "volume.missing": (subject) => `There is no volume called ${subject} yet`,
  "volume.absent": (subject) => `The volume ${subject} is still there`,
  "volume.usedBy": (subject, expected) => `The container ${expected} does not use the volume ${subject}`,
  "network.missing": (subject) => `There is no network called ${subject} yet`,
  "network.absent": (subject) => `The network ${subject} is still there`,
  "network.containers": (subject, expected) =>
    `The container ${expected} is not on the network ${subject} yet`,
  "http.refused": (subject) => `${subject} does not answer: nothing listens on this port, or not yet`,
  "http.status": (subject, expected, found) => `${subject} should answer ${expected}; it answers ${found}`,
  "http.contains": (subject, expected) => `What ${subject} answers does not have “${expected}”`,
  "file.missing": (subject) => `There is no file ${subject} yet`,
  "file.absent": (subject) => `The file ${subject} is still there`,
  "file.contains": (subject, expected) => `The file ${subject} does not have “${expected}”`,
  "file.mode": (subject, expected, found) => `The mode of ${subject} should be ${expected}; it is ${found}`,
  "file.owner": (subject, expected, found) => `The owner of ${subject} should be ${expected}; it is ${found}`,
  "registry.missing": (subject) => `The registry does not have ${subject} yet`,
  "registry.absent": (subject) => `The registry still has ${subject}`,
  "compose.missing": (subject) => `There is no Compose project called ${subject} yet`,
  "compose.absent": (subject) => `The containers of the Compose project ${subject} are still there`,
  "compose.services": (subject, expected, found) =>
    `A service of ${subject} should be ${expected}; it is ${found}`,
  "event.missing": (subject) => `Docker has not done this since the step began: ${subject}`,
  "event.times": (subject, expected, found) =>
    `${subject} should have happened ${expected} times at least; so far: ${found}`,
  "answer.missing": "Write your answer below",
  "answer.wrong": "This is not the answer yet; look at the terminal's output again",
  other: (subject, expected, found) =>
    `${subject} is not as it should be: expected ${expected}, found ${found}`,
};

export const containerStatesEn: typeof containerStatesZhCN = {
  running: "running",
  starting: "just started: a few more seconds",
  exited: "exited",
  created: "created",
  paused: "paused",
  restarting: "restarting again and again",
  absent: "gone",
};
