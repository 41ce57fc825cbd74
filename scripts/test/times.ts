/** Where the time of `npm test` went: each part's share, and the slowest tests of all. Told, and never asserted. */

export interface TimedTest {
  readonly name: string;
  readonly seconds: number;
}

/** A stage of `npm test`: a runner, or a build between two of them. */
export interface TimedPart {
  readonly name: string;
  /** By the clock, from its beginning to its end. */
  readonly seconds: number;
  /** Several may run at once: together they can have taken longer than the part. */
  readonly tests: readonly TimedTest[];
}

const MOST_TESTS = 20;
/** Of a test's name: a row's whole command can be long. */
const MOST_CHARACTERS = 100;

/** Two tables: the parts in the order in which they ran, and the slowest tests of all of them. */
export function renderTimes(parts: readonly TimedPart[]): string {
  return [
    renderRow("seconds", "share", "", "part"),
    ...renderParts(parts),
    "",
    renderRow("seconds", "share", "part", "slowest tests"),
    ...renderSlowest(parts),
  ].join("\n");
}

function renderParts(parts: readonly TimedPart[]): string[] {
  const whole = sumOf(parts);
  return [
    ...parts.map(({ name, seconds }) => renderRow(formatTenths(seconds), share(seconds, whole), "", name)),
    renderRow(formatTenths(whole), share(whole, whole), "", "in all"),
  ];
}

function renderSlowest(parts: readonly TimedPart[]): string[] {
  const whole = sumOf(parts);
  return parts
    .flatMap((part) => part.tests.map((test) => ({ ...test, part: part.name })))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, MOST_TESTS)
    .map(({ name, seconds, part }) =>
      renderRow(formatTenths(seconds), share(seconds, whole), part, shorten(name)),
    );
}

const sumOf = (parts: readonly TimedPart[]): number => parts.reduce((sum, { seconds }) => sum + seconds, 0);
const formatTenths = (seconds: number): string => seconds.toFixed(1);
const share = (seconds: number, whole: number): string =>
  `${whole === 0 ? 0 : Math.round((100 * seconds) / whole)} %`;

/** One line of a terminal: the name's end goes first, the folders in front of it say little. */
function shorten(name: string): string {
  const line = name.replaceAll(/\s+/gu, " ").replace(/^\S*\/(?=[^/\s]+\.ts: )/u, "");
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line;
}

function renderRow(seconds: string, ofWhole: string, part: string, name: string): string {
  return `${seconds.padStart(8)} ${ofWhole.padStart(6)}  ${part === "" ? "" : part.padEnd(9)}${name}`;
}
