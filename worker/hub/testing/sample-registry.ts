/** A registry in memory and a short way to talk to it, for tests. */
import { emptyCatalogue } from "../catalogue/catalogue";
import { digestOf } from "../digest";
import { createMemoryStorage } from "../storage/memory-store";
import type { Digest } from "../names";
import { createDockerHub, createPrivateRegistry, sameOriginRealm, type ProfileOptions } from "../profiles";
import type { Registry } from "../registry";
import type { SampleImage } from "./sample-images";

export interface SampleCall {
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array> | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
  /** The codes of a body in the registry's error format. */
  readonly codes: readonly string[];
}

/** 2026-01-01, in milliseconds since the epoch. */
const SAMPLE_TIME = Date.UTC(2026, 0, 1);

export class SampleRegistry {
  readonly registry: Registry;
  readonly storage: ProfileOptions["storage"];
  readonly failures: Error[] = [];
  /** The registry's clock, in milliseconds since the epoch. */
  time = SAMPLE_TIME;

  constructor(profile: "private" | "hub" = "private", options: Partial<ProfileOptions> = {}) {
    const all: ProfileOptions = {
      storage: createMemoryStorage(),
      catalogue: emptyCatalogue,
      now: () => this.time,
      onFailure: (error) => {
        this.failures.push(error);
      },
      ...options,
    };
    this.storage = all.storage;
    this.registry =
      profile === "hub" ? createDockerHub({ ...all, realm: sameOriginRealm }) : createPrivateRegistry(all);
  }

  async call(method: string, path: string, { body, headers }: SampleCall = {}): Promise<Answer> {
    const response = await this.registry.handle({
      method,
      url: new URL(path, "http://registry.test").href,
      headers: new Headers(headers),
      body: body === undefined ? null : toStream(body),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    return { status: response.status, headers: response.headers, bytes, text, codes: errorCodes(text) };
  }

  /** Opens an upload, and says its path. */
  async startUpload(repository: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const answer = await this.call("POST", `/v2/${repository}/blobs/uploads/`, { headers });
    return answer.headers.get("location") ?? `no location: ${answer.text}`;
  }

  async pushBlob(
    repository: string,
    bytes: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Digest> {
    const digest = await digestOf(bytes);
    const location = await this.startUpload(repository, headers);
    const answer = await this.call("PUT", `${location}?digest=${digest}`, { body: bytes, headers });
    if (answer.status !== 201) throw new Error(`PUT of ${digest}: ${answer.status} ${answer.text}`);
    return digest;
  }

  async pushImage(
    repository: string,
    reference: string,
    image: SampleImage,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    for (const bytes of image.blobs.values()) await this.pushBlob(repository, bytes, headers);
    return this.pushManifest(repository, reference, image.manifest, image.mediaType, headers);
  }

  pushManifest(
    repository: string,
    reference: string,
    body: string | Uint8Array,
    mediaType: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const path = `/v2/${repository}/manifests/${reference}`;
    return this.call("PUT", path, { body, headers: { "content-type": mediaType, ...headers } });
  }
}

function toStream(body: NonNullable<SampleCall["body"]>): ReadableStream<Uint8Array> {
  if (body instanceof ReadableStream) return body;
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
  return new Blob([bytes]).stream() as ReadableStream<Uint8Array>;
}

function errorCodes(text: string): string[] {
  if (!text.startsWith('{"errors"')) return [];
  const body = JSON.parse(text) as { readonly errors: readonly { readonly code: string }[] };
  return body.errors.map((error) => error.code);
}

/** A body that gives its parts one by one, and then breaks off. */
export function brokenStream(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = [...parts];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = rest.shift();
      if (next === undefined) controller.error(new Error("connection lost"));
      else controller.enqueue(next);
    },
  });
}
