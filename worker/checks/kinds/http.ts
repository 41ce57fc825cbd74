/** What an HTTP server in the machine answers. */
import { z } from "zod";
import { compareText, finds } from "../compare";
import { common, pattern, text } from "../../../contract/check-fields";
import { defineKind } from "./kind";

/** Seconds that an HTTP server may take to answer. */
const HTTP_SECONDS = 5;
/** What a program is given instead of the learner's shell. */
const CURL_CANNOT_CONNECT = [6, 7, 28, 52, 56];

export const http = defineKind({
  schema: z.strictObject({
    /** Asked inside the machine. */
    http: z.string().regex(/^https?:\/\/\S+$/u, { error: "an address begins with http://" }),
    status: z.number().int().min(100).max(599).optional(),
    contains: text.optional(),
    matches: pattern.optional(),
    headers: z.record(z.string(), pattern).optional(),
    ...common,
  }),
  hints: ["refused", "status"],
  async run(check, round) {
    const { status, stdout } = await round.run(
      "curl",
      "--silent",
      "--include",
      "--http1.1",
      "--max-time",
      String(HTTP_SECONDS),
      "--url",
      check.http,
    );
    if (status !== 0 && (CURL_CANNOT_CONNECT.includes(status) || stdout === ""))
      return { field: "refused", soon: true };
    const answer = parseAnswer(stdout);
    const wanted = check.status ?? 200;
    if (answer.status !== wanted) {
      return { field: "status", expected: String(wanted), found: String(answer.status), soon: true };
    }
    for (const [name, pattern] of Object.entries(check.headers ?? {})) {
      const found = answer.headers.get(name.toLowerCase()) ?? "";
      if (!finds(pattern, found))
        return { field: "headers", expected: `${name}: ${pattern}`, found: `${name}: ${found}` };
    }
    return compareText(check, answer.body);
  },
});

/** The last head in what `curl --include` prints (an interim answer may come before), and the body. */
function parseAnswer(text: string): { status: number; headers: Map<string, string>; body: string } {
  const end = /\r?\n\r?\n/u.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const body = end === null ? "" : text.slice(end.index + end[0].length);
  const [first = "", ...lines] = head.split(/\r?\n/u);
  const status = Number(/^HTTP\/[\d.]+ (\d{3})/u.exec(first)?.[1] ?? 0);
  if (status >= 100 && status < 200) return parseAnswer(body);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status, headers, body };
}
