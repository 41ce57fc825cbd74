/** Between two rows: everything that a row made goes, and what is left is compared with what a clean machine has. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Machine } from "../../worker/machine/machine";

/** The images that come with the disk. */
const BASE_IMAGES = ["busybox:latest", "hello-world:latest"];
const BASE_NETWORKS = ["bridge", "host", "none"];
const LIMIT_MS = 240_000;

const CLEAN_UP = readFileSync(join(import.meta.dirname, "clean-up.sh"), "utf8");

const stateSchema = z.strictObject({
  containers: z.array(z.string()),
  images: z.array(z.string()),
  volumes: z.array(z.string()),
  networks: z.array(z.string()),
});

/** A name as Docker lists it: with its tag. */
export function withTag(image: string): string {
  return /:[^/]*$/.test(image) ? image : `${image}:latest`;
}

/**
 * @param images those of the hub that stay if they are there
 * @throws Error naming what is left over
 */
export async function cleanUp(machine: Machine, images: readonly string[]): Promise<void> {
  const kept = [...BASE_IMAGES, ...images.map(withTag)];
  const { status, stdout, stderr } = await machine.agent.run(
    ["/bin/bash", "-c", CLEAN_UP, "clean-up", kept.join("\n")],
    { signal: AbortSignal.timeout(LIMIT_MS) },
  );
  if (status !== 0) throw new Error(`the clean-up ended with ${status}: ${stderr}`);
  const left = stateSchema.parse(JSON.parse(stdout));
  const odd = [
    ...left.containers.map((name) => `container ${name}`),
    ...left.images.filter((name) => !kept.includes(name)).map((name) => `image ${name}`),
    ...BASE_IMAGES.filter((name) => !left.images.includes(name)).map((name) => `no image ${name}`),
    ...left.volumes.map((name) => `volume ${name}`),
    ...left.networks.filter((name) => !BASE_NETWORKS.includes(name)).map((name) => `network ${name}`),
  ];
  if (odd.length > 0) throw new Error(`the clean-up left: ${odd.join(", ")}`);
}
