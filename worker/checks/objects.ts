/** The checks `image`, `volume` and `network`. */
import { z } from "zod";
import type { ImageCheck, NetworkCheck, VolumeCheck } from "../check-spec";
import { compareInspect, compareRecord, finds, parseSize } from "./compare";
import { parseAs } from "./container";
import type { Miss, Round } from "./doors";

const record = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

const imageSchema = z.object({
  Id: z.string(),
  Size: z.number(),
  Author: z.string().nullish(),
  Comment: z.string().nullish(),
  Config: z.object({ Labels: record }).nullish(),
  RootFS: z.object({ Layers: z.array(z.string()).nullish() }).nullish(),
});
const historySchema = z.array(z.object({ CreatedBy: z.string() }));
const volumeSchema = z.object({ Driver: z.string(), Labels: record });
const volumeUsersSchema = z.array(z.object({ Names: z.array(z.string()).nullish() }));
const networkSchema = z.object({
  Driver: z.string(),
  Internal: z.boolean(),
  IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().optional() })).nullish() }).nullish(),
  Containers: z.record(z.string(), z.object({ Name: z.string() })).nullish(),
});

/** An image's address in the API: slashes stay. */
function imagePath(reference: string, rest: string): string {
  return `/images/${reference.split("/").map(encodeURIComponent).join("/")}/${rest}`;
}

export async function checkImage(check: ImageCheck, round: Round): Promise<Miss | undefined> {
  const raw = await round.json(imagePath(check.image, "json"));
  if (raw === undefined) return check.absent === true ? undefined : { field: "missing" };
  if (check.absent === true) return { field: "absent" };
  const image = parseAs(imageSchema, raw);
  if (check.sameAs !== undefined) {
    const other = await round.json(imagePath(check.sameAs, "json"));
    const id = other === undefined ? undefined : parseAs(imageSchema, other).Id;
    if (id !== image.Id) return { field: "sameAs", expected: check.sameAs };
  }
  if (check.labels !== undefined) {
    const miss = compareRecord("labels", check.labels, image.Config?.Labels ?? {});
    if (miss !== undefined) return miss;
  }
  const texts: ["author" | "comment", string | null | undefined][] = [
    ["author", image.Author],
    ["comment", image.Comment],
  ];
  for (const [field, found] of texts) {
    const expected = check[field];
    if (expected !== undefined && !finds(expected, found ?? ""))
      return { field, expected, found: found ?? "" };
  }
  if (check.history !== undefined) {
    const lines = parseAs(historySchema, await round.json(imagePath(check.image, "history")));
    const wanted = check.history;
    if (!lines.some(({ CreatedBy }) => finds(wanted, CreatedBy)))
      return { field: "history", expected: wanted };
  }
  if (check.maxSize !== undefined && image.Size > (parseSize(check.maxSize) ?? 0)) {
    return {
      field: "maxSize",
      expected: String(check.maxSize),
      found: `${(image.Size / 1024 ** 2).toFixed(1)}m`,
    };
  }
  const layers = image.RootFS?.Layers ?? [];
  if (check.layers !== undefined && layers.length !== check.layers) {
    return { field: "layers", expected: String(check.layers), found: String(layers.length) };
  }
  if (check.sharesLayersWith !== undefined) {
    const other = await round.json(imagePath(check.sharesLayersWith, "json"));
    const theirs = other === undefined ? [] : (parseAs(imageSchema, other).RootFS?.Layers ?? []);
    if (layers[0] === undefined || layers[0] !== theirs[0]) {
      return { field: "sharesLayersWith", expected: check.sharesLayersWith };
    }
  }
  return compareInspect(check.inspect, raw);
}

export async function checkVolume(check: VolumeCheck, round: Round): Promise<Miss | undefined> {
  const raw = await round.json(`/volumes/${encodeURIComponent(check.volume)}`);
  if (raw === undefined) return check.absent === true ? undefined : { field: "missing" };
  if (check.absent === true) return { field: "absent" };
  const volume = parseAs(volumeSchema, raw);
  if (check.driver !== undefined && volume.Driver !== check.driver) {
    return { field: "driver", expected: check.driver, found: volume.Driver };
  }
  if (check.labels !== undefined) {
    const miss = compareRecord("labels", check.labels, volume.Labels);
    if (miss !== undefined) return miss;
  }
  if (check.usedBy !== undefined) {
    const filters = encodeURIComponent(JSON.stringify({ volume: [check.volume] }));
    const users = parseAs(
      volumeUsersSchema,
      await round.json(`/containers/json?all=true&filters=${filters}`),
    );
    const names = users.flatMap(({ Names }) => (Names ?? []).map((name) => name.replace(/^\//u, "")));
    const missing = check.usedBy.find((name) => !names.includes(name));
    if (missing !== undefined) return { field: "usedBy", expected: missing, found: names.join(", ") };
  }
  return compareInspect(check.inspect, raw);
}

export async function checkNetwork(check: NetworkCheck, round: Round): Promise<Miss | undefined> {
  const raw = await round.json(`/networks/${encodeURIComponent(check.network)}`);
  if (raw === undefined) return check.absent === true ? undefined : { field: "missing" };
  if (check.absent === true) return { field: "absent" };
  const network = parseAs(networkSchema, raw);
  if (check.driver !== undefined && network.Driver !== check.driver) {
    return { field: "driver", expected: check.driver, found: network.Driver };
  }
  if (check.internal !== undefined && network.Internal !== check.internal) {
    return { field: "internal", expected: String(check.internal), found: String(network.Internal) };
  }
  const subnets = (network.IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? "");
  if (check.subnet !== undefined && !subnets.includes(check.subnet)) {
    return { field: "subnet", expected: check.subnet, found: subnets.join(", ") };
  }
  const names = Object.values(network.Containers ?? {}).map(({ Name }) => Name);
  const missing = check.containers?.find((name) => !names.includes(name));
  if (missing !== undefined) return { field: "containers", expected: missing, found: names.join(", ") };
  return compareInspect(check.inspect, raw);
}
