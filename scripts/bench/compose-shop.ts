/** The notes' three services by compose: how long until they answer, what they leave free, and a restart. */
import type { Machine } from "../../worker/machine/machine";
import { SHOP_COMPOSE_FILE, SHOP_IMAGES } from "../accept/cases/compose";
import type { Figure, Measurement } from "./figure";
import { runInGuest } from "./run-in-guest";

const GOALS = { upSeconds: 90, spareMiB: 60 } as const;

/** Until the business app has reached both redis and mysql; fails after five minutes. */
const WAIT = `timeout 300 sh -c "until curl -sf localhost:8000/api | jq -e '.problems == {}'; do sleep 1; done"`;

export const composeShop: Figure = {
  name: "compose-shop",
  about: "docker compose up of the business app, redis and mysql, and a restart",
  async run({ openMachine, say }) {
    const machine = await openMachine();
    try {
      for (const image of SHOP_IMAGES) {
        say(`pulling ${image}`);
        await runInGuest(machine, `docker pull -q ${image}`);
      }
      await runInGuest(machine, `mkdir shop && cat > shop/compose.yaml <<'END'\n${SHOP_COMPOSE_FILE}\nEND`);
      say("up");
      const up = await runInGuest(machine, "cd shop && docker compose up -d");
      const answers = await runInGuest(machine, WAIT);
      const spare = await availableMiB(machine);
      say("restart");
      const restart = await runInGuest(machine, "cd shop && docker compose restart");
      const again = await runInGuest(machine, WAIT);
      return [
        time("up", up.seconds, "until all three are started; the images are there"),
        time("answers", up.seconds + answers.seconds, "until the app has asked redis and mysql"),
        { name: "compose-shop-spare", value: spare, unit: "MiB", goal: { atLeast: GOALS.spareMiB } },
        time("restart", restart.seconds + again.seconds, "until the app has asked both again"),
      ];
    } finally {
      await machine.destroy();
    }
  },
};

function time(name: "up" | "answers" | "restart", seconds: number, note: string): Measurement {
  const goal = name === "restart" ? {} : { goal: { atMost: GOALS.upSeconds } };
  return { name: `compose-shop-${name}`, value: seconds, unit: "s", ...goal, note };
}

async function availableMiB(machine: Machine): Promise<number> {
  const { output } = await runInGuest(machine, "awk '/^MemAvailable/ { print $2 / 1024 }' /proc/meminfo");
  return Number(output);
}
