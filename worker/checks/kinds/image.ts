/** An image. */
import { z } from "zod";
import { parseAs } from "../../docker/engine";
import { imagePath } from "../../docker/paths";
import { historySchema, imageSchema } from "../../docker/schemas";
import { compareRecord, compareThing, finds, parseSize } from "../compare";
import { common, count, inspect, pattern, size, text, texts } from "../../../contract/check-fields";
import { defineKind } from "./kind";

export const image = defineKind({
  schema: z.strictObject({
    image: text,
    absent: z.boolean().optional(),
    /** Another name of the same image. */
    sameAs: text.optional(),
    labels: texts.optional(),
    author: pattern.optional(),
    comment: pattern.optional(),
    /** Some line of `docker history` has this. */
    history: pattern.optional(),
    maxSize: size.optional(),
    layers: count.optional(),
    /** An image with which it has its lowest layer in common. */
    sharesLayersWith: text.optional(),
    inspect: inspect.optional(),
    ...common,
  }),
  hints: ["missing"],
  run: (check, round) =>
    compareThing(check, imagePath(check.image), imageSchema, round, async (data) => {
      if (check.sameAs !== undefined) {
        const other = await round.json(imagePath(check.sameAs));
        const id = other === undefined ? undefined : parseAs(imageSchema, other).Id;
        if (id !== data.Id) return { field: "sameAs", expected: check.sameAs };
      }
      if (check.labels !== undefined) {
        const miss = compareRecord("labels", check.labels, data.Config?.Labels ?? {});
        if (miss !== undefined) return miss;
      }
      for (const [field, found] of [
        ["author", data.Author],
        ["comment", data.Comment],
      ] as const) {
        const expected = check[field];
        if (expected !== undefined && !finds(expected, found)) return { field, expected, found };
      }
      if (check.history !== undefined) {
        const lines = parseAs(historySchema, await round.json(imagePath(check.image, "history")));
        const wanted = check.history;
        if (!lines.some(({ CreatedBy }) => finds(wanted, CreatedBy)))
          return { field: "history", expected: wanted };
      }
      if (check.maxSize !== undefined && data.Size > (parseSize(check.maxSize) ?? 0)) {
        return {
          field: "maxSize",
          expected: String(check.maxSize),
          found: `${(data.Size / 1024 ** 2).toFixed(1)}m`,
        };
      }
      const layers = data.RootFS?.Layers ?? [];
      if (check.layers !== undefined && layers.length !== check.layers) {
        return { field: "layers", expected: String(check.layers), found: String(layers.length) };
      }
      if (check.sharesLayersWith !== undefined) {
        const other = await round.json(imagePath(check.sharesLayersWith));
        const theirs = other === undefined ? [] : (parseAs(imageSchema, other).RootFS?.Layers ?? []);
        if (layers[0] === undefined || layers[0] !== theirs[0]) {
          return { field: "sharesLayersWith", expected: check.sharesLayersWith };
        }
      }
      return undefined;
    }),
});
