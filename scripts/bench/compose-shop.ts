/** The notes' three services by compose: how long until they answer, what they leave free, and a restart. */
import { SHOP_COMPOSE_FILE, SHOP_IMAGES } from "../accept/cases/compose";
import type { Figure, Measurement } from "./figure";
import { type RunCommand, runInGuest } from "./run-in-guest";

export const COMPOSE_SHOP = "compose-shop";
const UP = "cd ~/shop && docker compose up -d";
/** Until the business app has reached both redis and mysql; fails after five minutes. */
const WAIT = `timeout 300 sh -c "until curl -sf localhost:8000/api | jq -e '.problems == {}'; do sleep 1; done"`;

export const composeShop: Figure = {
  name: COMPOSE_SHOP,
  about: "docker compose up of the business app, redis and mysql, and a restart",
  async run({ openMachine, say }) {
    const machine = await openMachine();
    const run: RunCommand = (command) => runInGuest(machine, command);
    try {
      const up = await composeUp(run, say);
      const answers = await run(WAIT);
      const spare = await run("awk '/^MemAvailable/ { print $2 / 1024 }' /proc/meminfo");
      say("restart");
      const restart = await run("cd ~/shop && docker compose restart");
      const again = await run(WAIT);
      return [
        time("up", up, "until all three are started; the images are there"),
        time("answers", up + answers.seconds, "until the app has asked redis and mysql"),
        { name: "compose-shop-spare", value: Number(spare.output), unit: "MiB" },
        time("restart", restart.seconds + again.seconds, "until the app has asked both again"),
      ];
    } finally {
      await machine.destroy();
    }
  },
};

function time(name: "up" | "answers" | "restart", seconds: number, note: string): Measurement {
  return { name: `${COMPOSE_SHOP}-${name}`, value: seconds, unit: "s", note };
}

/** Pulls the images, writes the file, starts the services. @returns what starting them took, in seconds */
export async function composeUp(run: RunCommand, say: (text: string) => void): Promise<number> {
  for (const image of SHOP_IMAGES) {
    say(`pulling ${image}`);
    await run(`docker pull -q ${image}`);
  }
  // In one line: it may be typed at a terminal.
  const file = Buffer.from(SHOP_COMPOSE_FILE).toString("base64");
  await run(`mkdir -p ~/shop && echo ${file} | base64 -d > ~/shop/compose.yaml`);
  say("up");
  return (await run(UP)).seconds;
}
