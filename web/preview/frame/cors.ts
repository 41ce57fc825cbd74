/** What one server's page may read of another's (the Fetch standard, "CORS protocol"): ports are servers of their own. */
import { fieldTokens, fieldValues, type HeaderFields } from "../../../worker/http/headers";
import type { GuestHead } from "../../../contract/guest-request";

const SIMPLE_METHODS = new Set(["GET", "HEAD", "POST"]);
const SIMPLE_HEADERS = new Set(["accept", "accept-language", "content-language", "origin"]);
const SIMPLE_TYPES = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)(?:\s*;|$)/iu;

/** Whether a request to another server has to be asked for first. */
export function needsPreflight(method: string, headers: HeaderFields): boolean {
  return !SIMPLE_METHODS.has(method) || unsafeNames(headers).length > 0;
}

export function preflightHeaders(method: string, headers: HeaderFields): [string, string][] {
  const names = unsafeNames(headers);
  const asked: [string, string][] = [["Access-Control-Request-Method", method]];
  if (names.length > 0) asked.push(["Access-Control-Request-Headers", names.join(",")]);
  return asked;
}

/** @throws TypeError when the other server does not allow the request */
export function checkPreflight(head: GuestHead, origin: string, method: string, headers: HeaderFields): void {
  checkAnswer(head, origin);
  if (head.status < 200 || head.status > 299) throw refusal(`the preflight was answered with ${head.status}`);
  const methods = fieldTokens(head.headers, "access-control-allow-methods");
  if (!SIMPLE_METHODS.has(method) && !methods.includes(method.toLowerCase()) && !methods.includes("*"))
    throw refusal(`${method} is not allowed`);
  const allowed = fieldTokens(head.headers, "access-control-allow-headers");
  const missing = unsafeNames(headers).find((name) => !allowed.includes(name) && !allowed.includes("*"));
  if (missing !== undefined) throw refusal(`the header ${missing} is not allowed`);
}

/** @throws TypeError when the other server does not let this origin read its answer */
export function checkAnswer(head: GuestHead, origin: string): void {
  const [allowed] = fieldValues(head.headers, "access-control-allow-origin");
  if (allowed !== "*" && allowed !== origin)
    throw refusal(allowed === undefined ? "no Access-Control-Allow-Origin" : `only ${allowed} is allowed`);
}

function unsafeNames(headers: HeaderFields): string[] {
  return headers
    .filter(([name, value]) => {
      if (name.toLowerCase() === "content-type") return !SIMPLE_TYPES.test(value);
      return !SIMPLE_HEADERS.has(name.toLowerCase());
    })
    .map(([name]) => name.toLowerCase())
    .sort();
}

function refusal(reason: string): TypeError {
  return new TypeError(`Failed to fetch: CORS: ${reason}`);
}
