/** The flags of `npm run bench`. */
import { parseArgs } from "node:util";
import { readNumber } from "../cli";

export interface BenchArguments {
  /** Where to write the report as JSON, too. */
  readonly json: string | undefined;
  /** Names of figures; without it, all of them. */
  readonly only: readonly string[] | undefined;
  readonly list: boolean;
  readonly runs: number;
  readonly throttle: number;
  readonly peer: boolean;
  readonly profile: boolean;
  readonly check: boolean;
  /** Whether `check` fails for times too. */
  readonly strictTimes: boolean;
}

/** `--only none --profile` is a profile alone. */
const NO_FIGURE = "none";

export const USAGE = `usage: npm run bench -- [--json FILE] [--only NAME]... [--list] [--runs N] [--throttle N]
                           [--peer] [--profile] [--check [--strict-times]]`;

/**
 * @param figures all that there are
 * @param comparable those of them that the peer can be asked for
 * @throws Error whose message says which flag is wrong
 */
export function readArguments(
  args: string[],
  figures: readonly string[],
  comparable: readonly string[],
): BenchArguments {
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "string" },
      only: { type: "string", multiple: true },
      runs: { type: "string", default: "20" },
      throttle: { type: "string", default: "1" },
      list: flag,
      peer: flag,
      profile: flag,
      check: flag,
      "strict-times": flag,
    },
  });
  const unknown = values.only?.find((name) => name !== NO_FIGURE && !figures.includes(name));
  if (unknown !== undefined) throw new Error(`no such figure: ${unknown}`);
  const { "strict-times": strictTimes, json, only, list, peer, profile, check } = values;
  if (peer && only?.some((name) => comparable.includes(name)) === false) {
    throw new Error(`--peer compares ${comparable.join(" and ")} alone`);
  }
  if (strictTimes && !check) throw new Error("--strict-times goes with --check");
  return {
    json,
    only,
    list,
    peer,
    profile,
    check,
    strictTimes,
    runs: readNumber("--runs", values.runs, 1, 999_999),
    throttle: readNumber("--throttle", values.throttle, 1, 999_999),
  };
}
