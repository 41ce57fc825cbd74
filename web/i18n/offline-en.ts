import type { offlineZhCN } from "./offline-zh-cn";

export const offlineEn: typeof offlineZhCN = {
  title: "Offline use",
  open: "Offline use…",
  openHint: "Choose what stays in this browser, for when there is no network.",
  lead: "What was opened once stays in the browser by itself. To have everything ready beforehand, for a flight, say, choose it here and download it in one go.",
  notKept:
    "This browser cannot open the page without a network now (a private window, or a first visit that is not done yet). Open the page once more and look again.",
  groups: { base: "Machine and course", images: "Images of the hub" },
  parts: {
    machine: { name: "Machine", hint: "Needed to start: memory, kernel and Docker" },
    commands: { name: "Everyday commands", hint: "What docker run, build and compose read" },
    disk: { name: "Rest of the disk", hint: "Programs and files that are seldom used" },
    lessons: { name: "All lessons", hint: "Texts and pictures in both languages" },
  },
  here: "All here",
  partly: (kept, bytes) => `${kept} of ${bytes}`,
  free: (name) => `Remove from this browser: ${name}`,
  all: "Choose all",
  none: "Choose none",
  chosen: (bytes, missing) => `${bytes} chosen, ${missing} still to download`,
  chosenHere: (bytes) => `${bytes} chosen, all here`,
  nothing: "Nothing is chosen yet",
  room: (used, quota) => `${used} used in this browser, about ${quota} at most`,
  persistence: {
    unasked: "With the download, the browser is asked to keep it for good.",
    granted: "The browser keeps it for good: it removes nothing by itself, unless you clear the site's data.",
    denied:
      "The browser made no promise: when the disk is short it may remove this. You are told here, and can download it again.",
    unsupported: "This browser can make no promise: when the disk is short it may remove this.",
  },
  looking: "Looking at what is here…",
  fetch: "Download",
  goOn: "Go on",
  pause: "Pause",
  verify: "Verify",
  verifying: (checked) => `Verifying: ${checked} files checked`,
  verified: (checked) => `Verified: all ${checked} files are right.`,
  damaged: (damaged, checked) =>
    `Of ${checked} files ${damaged} were damaged and have been removed. “Go on” downloads them again.`,
  waiting: "There is no network. It goes on by itself when it is back.",
  full: "The browser gives no more room. Remove parts above that you do not need, free some disk, or choose less, and go on; what is downloaded stays.",
  failed: (message) => `It did not work: ${message}`,
  progress: "Download progress",
  lost: (bytes) => `To make room, the browser has removed ${bytes} that were kept for offline use.`,
  unkept: (bytes) =>
    `The browser has no room for ${bytes} of the machine: it works now, but will not start offline.`,
  lostAtStart:
    "A part of the machine was in this browser, which has removed it since. With a network it is fetched again by itself.",
  show: "Show",
  dismiss: "OK",
  release: {
    offered: "A new version is here",
    offeredHint:
      "Your machine goes on undisturbed. The new version comes with the next clean machine, or now if you like.",
    taken: "The new version is ready: it comes with the next visit or clean machine",
    take: "Use it now…",
    later: "Later",
    heading: "Use the new version?",
    body: "Your machine is saved first, then the page loads anew, in the new version. Saved machines can be opened there as well.",
    bodyLost:
      "The page loads anew, with a clean machine of the new version. The present machine is not saved: its containers, images and files are lost; pushed images and your progress in the course stay.",
    cost: "The new version's machine has to be downloaded (some tens of MB): do it while there is a network.",
    confirm: "Reload and use it",
    taking: (percent) => `Downloading the new version's page ${percent}`,
    failed: {
      network: "The new version did not come: there is no network. The present one goes on; try again later.",
      altered:
        "The site is being updated and not whole yet. The present version goes on; try again in some minutes.",
      full: "The browser has no room for the new version. Remove something under “Offline use” and try again; the present version goes on.",
      missing: "The version before is not here any more.",
    },
    restartNote:
      "A new version is here: the clean machine will be of the new version, and needs the network.",
    back: "Back to the version before",
    oldData:
      "The site has a new version, and may no longer have this one's data. The new version goes on from here.",
  },
};
