/** What lies in the cache and in messages, read with care: a browser may hand back half of it, or another version's. */
import { RELEASE_FORMAT, type Release, type ReleaseFile, type ShellQuestion } from "../../contract/shell";

export interface ShellState {
  readonly current: string | undefined;
  readonly previous: string | undefined;
}

/** What makes no sense is nothing. Never throws. */
export function readState(text: string | undefined): ShellState {
  const json = readJson(text);
  return { current: asId(json?.["current"]), previous: asId(json?.["previous"]) };
}

/** Undefined when it is no whole list of this format. Never throws. */
export function readRelease(text: string | undefined): Release | undefined {
  const json = readJson(text);
  const id = asId(json?.["id"]);
  const shell = readFiles(json?.["shell"]);
  const lessons = readFiles(json?.["lessons"]);
  if (json?.["format"] !== RELEASE_FORMAT || id === undefined) return undefined;
  if (shell === undefined || lessons === undefined) return undefined;
  return { format: RELEASE_FORMAT, id, shell, lessons };
}

/** Undefined for what is none. Never throws. */
export function readQuestion(data: unknown): ShellQuestion | undefined {
  if (!isRecord(data)) return undefined;
  const { type, release } = data;
  if (type === "status" || type === "take" || type === "back") return { type };
  return type === "settled" && typeof release === "string" ? { type, release } : undefined;
}

function readFiles(value: unknown): ReleaseFile[] | undefined {
  return Array.isArray(value) && value.every(isFile) ? value : undefined;
}

function isFile(value: unknown): value is ReleaseFile {
  if (!isRecord(value)) return false;
  const { path, sha256, bytes } = value;
  return typeof path === "string" && asId(sha256) !== undefined && typeof bytes === "number";
}

function asId(value: unknown): string | undefined {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? value : undefined;
}

function readJson(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text ?? "");
    return isRecord(json) ? json : undefined;
  } catch {
    // Cut off, or not there.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
