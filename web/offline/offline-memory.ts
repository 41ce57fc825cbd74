/** What is remembered of the choice between visits. What is kept is not written down: the caches themselves say it. */
import { get, set } from "idb-keyval";
import { z } from "zod";
import { FIXED_PARTS, type PartId } from "../../contract/offline";

const KEY = "offline";

const partSchema = z.union([
  z.enum(FIXED_PARTS),
  z.custom<`image:${string}`>((value) => typeof value === "string" && value.startsWith("image:")),
]);
const partsSchema = z.array(partSchema).catch([]);

/** Each field falls back by itself. */
const memorySchema = z.object({
  /** Chosen for offline use. */
  wanted: partsSchema,
  /** Whether the fetch was under way: it goes on at the next visit. */
  running: z.boolean().catch(false),
  /** Parts of this release that were whole when they were last looked at. */
  whole: partsSchema,
  release: z.string().optional().catch(undefined),
});

export interface OfflineMemory {
  readonly wanted: readonly PartId[];
  readonly running: boolean;
  readonly whole: readonly PartId[];
  readonly release?: string | undefined;
}

/** Makes something of whatever was stored. Never throws. */
export function parseOfflineMemory(stored: unknown): OfflineMemory {
  const parsed = memorySchema.safeParse(stored);
  return parsed.success ? parsed.data : { wanted: [], running: false, whole: [] };
}

export interface OfflineStorage {
  read(): Promise<unknown>;
  write(memory: OfflineMemory): Promise<void>;
}

export const idbOfflineStorage: OfflineStorage = {
  read: () => get<unknown>(KEY),
  write: (memory) => set(KEY, memory),
};
