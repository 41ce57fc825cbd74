/**
 * The first step of `npm start` and `npm test`, on a machine that may have nothing but Node and npm: installs the npm
 * packages if the lock file asks for others than are there, then hands over to the TypeScript. Only Node's own modules
 * here, and no TypeScript: nothing else is installed yet.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPTS = { start: "scripts/commands/start.ts", test: "scripts/commands/test.ts" };
const LEAST_NODE = [20, 19];

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [task, ...rest] = process.argv.slice(2);
const script = SCRIPTS[task];
if (script === undefined) {
  console.error(`usage: node scripts/setup.mjs ${Object.keys(SCRIPTS).join("|")}`);
  process.exit(2);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
  console.error(`Drydock needs Node ${LEAST_NODE.join(".")} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const SILENCE_MS = 15_000;

/** Runs a program to its end. @param waiting said again and again meanwhile, for who sees no terminal */
function run(command, args, waiting) {
  return new Promise((resolve) => {
    const began = Date.now();
    const sayWaiting = () => console.error(`… ${waiting}, ${Math.round((Date.now() - began) / 1000)} s`);
    const timer = waiting === undefined ? undefined : setInterval(sayWaiting, SILENCE_MS);
    const child = spawn(command, args, { cwd: root, stdio: "inherit" });
    // Ctrl-C goes to both; the child says how it ends.
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on("close", (status) => {
      clearInterval(timer);
      resolve(status ?? 1);
    });
  });
}

const stamp = join(root, "node_modules/.drydock-lock");
const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
function installed() {
  try {
    return readFileSync(stamp, "utf8") === lock;
  } catch {
    // No node_modules yet.
    return false;
  }
}
if (!installed()) {
  console.error("Installing npm packages …");
  const status = await run("npm", ["ci", "--no-audit", "--no-fund"], "installing npm packages");
  if (status !== 0) process.exit(status);
  writeFileSync(stamp, lock);
}
process.exit(await run(process.execPath, ["--import", "tsx", join(root, script), ...rest]));
