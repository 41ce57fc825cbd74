/** `docker pull nginx`, with the image's base layers already there and without. */
import type { Machine } from "../../worker/machine/machine";
import type { Figure, Measurement } from "./figure";
import { runInGuest } from "./run-in-guest";

export const pullNginx: Figure = {
  name: "pull-nginx",
  about: "docker pull nginx, with its base layers there and without",
  async run({ openMachine }) {
    const measurements: Measurement[] = [];
    for (const base of ["absent", "present"] as const) {
      const machine = await openMachine();
      try {
        if (base === "present") await runInGuest(machine, "docker pull -q debian");
        measurements.push(...(await pull(machine, base)));
      } finally {
        await machine.destroy();
      }
    }
    return measurements;
  },
};

async function pull(machine: Machine, base: "absent" | "present"): Promise<Measurement[]> {
  const { output, seconds } = await runInGuest(machine, "docker pull nginx");
  const known = output.match(/Already exists/g)?.length ?? 0;
  const fetched = output.match(/Pull complete/g)?.length ?? 0;
  const note = `${fetched} layers fetched, ${known} there already`;
  return [{ name: `pull-nginx-base-${base}`, value: seconds, unit: "s", note }];
}
