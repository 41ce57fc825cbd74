import { courseEn } from "./course-en";
import { containerStatesEn, lessonHintsEn } from "./lesson-hints-en";
import { offlineEn } from "./offline-en";
import { sessionsEn } from "./sessions-en";
import type { Dictionary } from "./zh-cn";

export const en: Dictionary = {
  course: courseEn,
  sessions: sessionsEn,
  lessonHints: lessonHintsEn,
  containerStates: containerStatesEn,
  offline: offlineEn,
  product: {
    name: "Drydock",
    tagline: "a Docker playground in your browser",
  },
  title: {
    starting: (percent) => `${percent} · Drydock`,
    busy: "Starting · Drydock",
    ready: "Drydock · a Docker playground in your browser",
    paused: "Paused · Drydock",
    failed: "Could not start · Drydock",
    fault: "Waiting for data · Drydock",
  },
  status: {
    label: "Machine status",
    idle: "Preparing",
    loading: (percent) => `Downloading ${percent}`,
    connecting: "Connecting",
    restoring: (percent) => `Restoring ${percent}`,
    booting: "Starting",
    ready: "Running",
    paused: "Paused",
    failed: "Not running",
    fault: "Waiting for data",
  },
  actions: {
    pause: "Pause",
    resume: "Resume",
    restart: "Reset",
    restartHint: "Put this machine aside and take a new one",
    settings: "Settings",
    help: "Help",
    close: "Close",
    cancel: "Cancel",
    done: "Done",
    retry: "Try again",
    reload: "Reload the page",
    startAgain: "Start again",
    newMachine: "Start a new machine",
    goOn: "Go on from the last save",
    checkAgain: "Check again",
    copyDetails: "Copy details",
    copied: "Copied",
    copyFailed: "The browser does not allow copying; please select the text",
  },
  announce: {
    loading: "Downloading the system",
    restoring: "Download complete, restoring memory",
    booting: "The machine runs, waiting for Docker",
    ready: "Ready: you can type commands in the terminal",
    paused: "The machine is paused",
    failed: (heading) => `Could not start: ${heading}`,
    fault: "The machine is waiting for disk data",
  },
  start: {
    heading: "Starting your Docker",
    lead: "This is a real Linux virtual machine with a real Docker inside. It runs in this tab alone and installs nothing on your computer.",
    progressLabel: "Start-up progress",
    stages: {
      loading: "Download",
      restoring: "Restore memory",
      booting: "Wait for Docker",
    },
    connecting: "Connecting to the server…",
    loading: (bytes, total) => `${bytes} of ${total} here`,
    loadingCached: (bytes, total, cached) => `${bytes} of ${total} here (${cached} from the browser's cache)`,
    restoring: (done, total) => `${done} of ${total} restored`,
    booting: "The machine is running, almost there",
    cacheNote: "What is downloaded stays in the browser's cache: next time it takes only seconds.",
    hints: {
      "small-memory":
        "This device has little memory. The machine needs about 700 MB, so it helps to close other tabs first.",
      "apple-mobile":
        "Browsers on iPhone and iPad may not let one page use this much memory. If it does not start, please use a computer.",
    },
  },
  paused: {
    heading: "The machine is paused",
    body: "Everything inside stands still, its clock included.",
  },
  restart: {
    heading: "Take a fresh machine?",
    body: "The present machine is saved first, then a clean one takes its place. To come back to it, open it under “Saved machines”.",
    bodyLost: "The present machine is not saved and is thrown away. These are lost for good:",
    losses: [
      "every container, running ones included",
      "the images you pulled or built",
      "the volumes and networks you made",
      "the files you wrote and the command history",
    ],
    keeps: "Your settings stay. The system is in the browser's cache and is not downloaded again.",
    confirm: "Take a clean one",
    confirmLost: "Throw away and reset",
  },
  settings: {
    heading: "Settings",
    language: "Language",
    languageAuto: "As the browser",
    theme: "Appearance",
    themeAuto: "As the system",
    themeLight: "Light",
    themeDark: "Dark",
    fontSize: "Terminal font size",
    fontSmaller: "Smaller",
    fontLarger: "Larger",
    screenReader: "Screen reader support",
    screenReaderHint: "Lets a screen reader read the terminal. Slower when there is much output.",
    relay: "Internet relay (Wisp)",
    relayHint:
      "Empty: the machine has no Internet. With the address of a Wisp relay that you trust, its connections go out through that relay, which sees them.",
    relayWrong: "This is not an address that begins with wss:// or ws://.",
    saveFailed: "These settings last for this visit only: the browser does not let the page store data.",
  },
  help: {
    heading: "Help",
    tryHeading: "Try these first",
    tryCommands: {
      version: "see which Docker this is",
      hello: "run your first container",
      shell: "go inside a container; leave with exit",
      list: "list all containers",
    },
    keysHeading: "Keys",
    keys: {
      copy: "Copy the selection (with none, Ctrl+C interrupts the program)",
      paste: "Paste; the right-click menu and the middle button work, too",
      literal: "Type a literal Ctrl+V",
      search: "Find in the terminal",
      show: "Go to terminal 1, 2 or 3, opening it if need be",
      leave: "Leave the terminal for its tab",
      save: "Save this machine now",
      tabs: "On a tab: arrows switch, Delete closes, Enter goes into the terminal",
    },
    macKeys: "On a Mac, copy and paste with ⌘C and ⌘V; Ctrl belongs to the terminal.",
    limitsHeading: "Good to know",
    limits: [
      "The machine is 32-bit (i386), with one CPU and 512 MB of memory.",
      "It has no Internet: only the images that come with it can be used.",
      "The machine is kept in this browser and goes on after a reload; clearing the browser's data clears it.",
      "It is some tens of times slower than a real computer. Please be patient.",
    ],
    prefetching: (bytes, total) =>
      `Downloading in the background what everyday commands read: ${bytes} of ${total}`,
    prefetched: "What everyday commands read is in the browser's cache.",
    licences: "Licences of the software inside",
  },
  preview: {
    label: "Preview",
    show: "Open the preview of pages that containers publish",
    close: "Close the preview",
    divider: "Resize the terminal and the preview",
    switchLabel: "Terminal and preview",
    toTerminal: "Terminal",
    frameTitle: "A page from the virtual machine",
    back: "Back",
    forward: "Forward",
    reload: "Reload",
    stop: "Stop loading",
    address: "Address",
    placeholder: "Type localhost or a port number",
    ports: "Published ports",
    portHint: (label, container, image, containerPort) =>
      `Open ${label}: port ${containerPort} of the container ${container} (image ${image})`,
    published: (port, container) => `Port ${port} is published (container ${container})`,
    openPort: (label) => `Open ${label}`,
    loading: (address) => `Opening ${address}`,
    held: "The machine is paused; loading goes on when it does",
    outsideLink: (address) => `${address} is on the Internet, which cannot be reached from here.`,
    download: (name) => `The page wants to save a file: ${name}`,
    save: "Save",
    refused: {
      https: "The preview speaks http only: please leave out the s of https.",
      outside: (host) => `${host} is not in this machine. What can be opened is localhost and its ports.`,
      notAnAddress: "This is not an address. Try localhost, or localhost:8080.",
    },
    empty: {
      heading: "No container publishes a port yet",
      body: "Publish a container's port with -p to see its page here. For example:",
      ready: (container) => `The container ${container} publishes a port`,
    },
    failures: {
      refused: {
        heading: (port) => `Nothing listens on port ${port} yet`,
        body: "The container may not have started yet, may just have stopped, or was started without publishing this port with -p. As soon as the port is published, this loads again by itself.",
        tip: "See which containers run and which ports they publish:",
      },
      noAnswer: {
        heading: (port) => `Port ${port} does not answer`,
        body: "Something listens there, but it says nothing. It may still be starting, or be very busy. Wait a moment and try again.",
      },
      closed: {
        heading: (port) => `Port ${port} closed the connection`,
        body: "The connection was made and ended before the answer was whole. The program in the container may not be ready yet, or may just have stopped.",
      },
      badResponse: {
        heading: (port) => `Port ${port} does not speak HTTP`,
        body: "Something is there, but it is no web site; a database, perhaps. Please use its own client.",
      },
      tooManyRedirects: {
        heading: "Too many redirects",
        body: "The site sends requests in a circle. Most likely its configuration is wrong.",
      },
      outside: {
        heading: "The site leads elsewhere",
        body: (address) =>
          `It leads to ${address}, which is not in this machine or wants https. The preview cannot open it.`,
      },
      badRequest: {
        heading: "This request cannot be sent",
        body: "The address or the form has something in it that cannot be sent.",
      },
      noFrame: {
        heading: "The preview cannot be opened",
        body: "This site's preview-frame.html does not work: it is missing, or comes with a security header that it should not have. The site's operator can repair it (see the notes on deploying).",
      },
    },
  },
  terminal: {
    tabsLabel: "Terminals",
    tab: (number) => `Terminal ${number}`,
    unread: "new output",
    open: "New terminal",
    full: "Three terminals at most",
    close: (number) => `Close terminal ${number}`,
    closeHint: "Closes the tab; what runs inside goes on",
    search: "Find",
    loading: "Opening the terminal…",
    inputLabel: "Terminal input",
    tooMuchOutput: "Too much output to announce. Please go through the rows by hand.",
    copied: "Copied",
    copyFailed: "The browser does not allow copying; please use the right-click menu",
    pasteFailed:
      "The browser does not let pages read the clipboard; please use the right-click menu or Ctrl+V",
    comma: ", ",
    imagePlayed: (image, by) => `Here, ${image} is played by ${by}. The image's labels say so too.`,
    imageAbsent: (image, instead) =>
      instead === ""
        ? `${image} is not in this playground's hub.`
        : `${image} is not in this playground's hub. It has ${instead}.`,
    imagePlatform: (platform) =>
      `The images here are for linux/386, as this machine is${platform === "" ? "" : `; there are none for ${platform}`}. Leave the platform out.`,
    inputFailed: (message) => `Input did not reach the machine: ${message}`,
    guestLink: (address) =>
      `${address} is inside the virtual machine, where the browser cannot open it. Try curl in the terminal.`,
    refusedLink: "This link is not a web address and was not opened.",
  },
  searchBar: {
    label: "Find in the terminal",
    placeholder: "Find",
    previous: "Previous match",
    next: "Next match",
    matchCase: "Match case",
    close: "Close search",
    none: "No matches",
    results: (index, count) => `${index} / ${count}`,
    many: (count) => `more than ${count}`,
  },
  paste: {
    label: "Paste progress",
    progress: (sent, total) => `Pasting ${sent} of ${total}`,
    cancel: "Stop pasting",
  },
  keyBar: {
    label: "Terminal keys",
    escape: "Esc",
    tab: "Tab",
    control: "Ctrl",
    up: "Up",
    down: "Down",
    left: "Left",
    right: "Right",
    pipe: "Pipe",
    slash: "Slash",
    dash: "Dash",
    tilde: "Tilde",
    paste: "Paste",
  },
  diskFault: {
    heading: "The machine is waiting for disk data",
    network:
      "The network is away. The machine stands still and nothing is lost; it goes on by itself once the network is back.",
    damaged:
      "The data that came did not pass its check and was not used. The machine stands still and nothing is lost.",
    subject: "Chunk",
    retry: "Fetch it again",
  },
  registryFailure: {
    dismiss: "Understood",
    drop: "Delete everything I pushed",
    full: {
      heading: "The registry is full",
      text: "The browser has no more room for what you push. What was there is still there. Free some disk space, or delete what you have pushed to the registries here, then push again.",
    },
    unreachable: {
      heading: "An image could not be fetched",
      text: "Its data is not in this browser yet, and the network does not answer. Pull it again when the network is back.",
    },
    internal: {
      heading: "The registry could not answer",
      text: "This is a fault of the playground, not of your command. What was pushed before is still there.",
    },
  },
  failures: {
    subject: "At fault",
    details: "Details",
    browser: {
      heading: "This browser cannot run the virtual machine",
      body: (feature) =>
        `Drydock needs ${feature}, which this browser does not have, or which is switched off.`,
      tips: [
        "Use a recent Chrome, Edge, Firefox or Safari.",
        "If Lockdown Mode is on, on an iPhone or iPad, switch it off for this site.",
        "If a company or school manages this computer, its policy may forbid it.",
      ],
    },
    origin: {
      heading: "Please open this page over HTTPS",
      body: "This page came over plain HTTP. Browsers withhold from such pages what is needed to verify and keep data, so the machine cannot start.",
      tips: [
        "Put https:// in place of http:// in the address.",
        "If the site is yours, switch HTTPS on for it; for a preview on your own computer use localhost or 127.0.0.1.",
      ],
    },
    memory: {
      heading: "Not enough memory to start the machine",
      body: "The machine needs about 700 MB, and the browser could not get that much.",
      tips: [
        "Close other tabs and large programs, then try again.",
        "Make sure that the browser is a 64-bit one.",
        "If a phone cannot do it, please use a computer.",
      ],
    },
    network: {
      heading: "The server cannot be reached",
      offline: "The browser is offline. The download goes on by itself as soon as the network is back.",
      online:
        "The server did not answer as it should. The network may be unsteady, or the site may have trouble: try again in a while.",
      kept: "What is downloaded already is kept.",
    },
    chunk: {
      heading: "A piece of data did not pass its check",
      body: "After several tries, what came is still missing or altered. The machine never uses data that does not pass.",
      tips: [
        "Try again: the rest is not downloaded twice.",
        "Switch off proxies, VPNs or security software that alter what is downloaded.",
        "If it stays, tell the site's operator which piece it is.",
      ],
    },
    manifest: {
      heading: "The site's manifest is broken",
      body: "The list of files (manifest.json) is missing, incomplete or malformed. Most likely the site is being updated, or was not deployed in full.",
    },
    version: {
      heading: "The site has just been updated",
      body: "This page and the machine on the server are not of the same version. Reload the page to get the new one.",
    },
    snapshot: {
      heading: "The machine's snapshot could not be restored",
      body: "The files are sound, but the emulator could not make a machine of them. Reload the page and try again; if it stays, the fault is Drydock's own.",
    },
    agent: {
      heading: "Docker inside the machine does not answer",
      body: "The machine has started, but its services were not ready in time. This happens on a computer that is busy or slow.",
      tips: [
        "Close programs that keep the processor busy, then start again.",
        "Plug a laptop in: saving power makes the machine much slower.",
      ],
    },
    worker: {
      heading: "The machine has stopped",
      body: "The browser ended the background process that ran it, most often for lack of memory. Its last save is still there; what was done after it is gone.",
      tips: ["Close other tabs first, then go on."],
    },
    script: {
      heading: "The machine's program could not be loaded",
      body: "The script that runs the machine did not arrive. The network may have been interrupted, or the site may be in the middle of an update.",
      tips: ["Try again, or reload the page."],
    },
    save: {
      heading: "The saved machine cannot be read",
      body: "What the browser keeps is damaged: the machine could not go back to that moment, and cannot go on either. Go on from its last save, or take a clean one.",
    },
    elsewhere: {
      heading: "This machine is in another tab",
      body: "One machine runs in one tab at a time. Take it over, or take a clean one.",
    },
    internal: {
      heading: "Something unexpected went wrong",
      body: "This is most likely a fault of Drydock's own. The details below help its maintainers.",
    },
  },
};
