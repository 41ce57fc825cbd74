/** How fast a blob of a registry reaches a program in the guest. */
import { digestOf } from "../../worker/hub/digest";
import { createMemoryStorage } from "../../worker/hub/storage/memory-store";
import { createPrivateRegistry } from "../../worker/hub/profiles";
import { emptyCatalogue } from "../../worker/hub/catalogue/catalogue";
import type { RegistryStorage } from "../../worker/hub/storage/store";
import { pattern } from "../../worker/lan/testing/random";
import type { Figure } from "./figure";
import { runInGuest } from "./run-in-guest";

const MIB = 1024 * 1024;
const BLOB_MIB = 30;
const ROUNDS = 3;

export const hubBlob: Figure = {
  name: "hub-blob",
  about: `a blob of ${BLOB_MIB} MiB from the registry to curl in the guest`,
  async run({ openMachine }) {
    const storage = createMemoryStorage();
    const digest = await push(storage, pattern(0, BLOB_MIB * MIB));
    const onFailure = (error: Error): void => {
      throw error;
    };
    const machine = await openMachine({ registries: { storage, catalogue: emptyCatalogue, onFailure } });
    try {
      const url = `http://registry.drydock.local:5000/v2/bench/blobs/${digest}`;
      const rates: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const { output } = await runInGuest(machine, `curl -fsS -o /dev/null -w '%{speed_download}' ${url}`);
        rates.push(Number(output) / MIB);
      }
      const note = `${ROUNDS} rounds: ${rates.map((rate) => rate.toFixed(1)).join(", ")}`;
      return [{ name: "hub-blob", value: Math.max(...rates), unit: "MiB/s", note }];
    } finally {
      await machine.destroy();
    }
  },
};

async function push(storage: RegistryStorage, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const registry = createPrivateRegistry({ storage, catalogue: emptyCatalogue, now: () => Date.now() });
  const digest = await digestOf(bytes);
  const response = await registry.handle({
    method: "POST",
    url: `http://registry/v2/bench/blobs/uploads/?digest=${digest}`,
    headers: new Headers({ "content-length": String(bytes.length) }),
    body: new Blob([bytes]).stream(),
  });
  if (response.status !== 201) throw new Error(`the registry answered ${response.status}`);
  return digest;
}
