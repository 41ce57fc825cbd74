/**
 * Docker Hub's accounts, as far as a tab has them: the first login with a name makes the account, and from then on the
 * name has that password. Passwords are kept as PBKDF2 hashes: people type real ones everywhere.
 */
import { fromBase64, toBase64 } from "./base64";
import { accountRecord, decode, keys } from "../storage/records";
import type { RegistryStorage } from "../storage/store";

const ITERATIONS = 100_000;
const SALT_BYTES = 16;
const HASH_BITS = 256;
const MAX_PASSWORD_LENGTH = 1024;
/** A Docker ID is a repository's first component too. */
const DOCKER_ID = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

export type Login =
  | { readonly kind: "known"; readonly account: string }
  /** `reason` is for the person who typed. */
  | { readonly kind: "refused"; readonly reason: string };

export class Accounts {
  readonly #registry: string;
  readonly #storage: RegistryStorage;
  readonly #now: () => number;
  readonly #isReserved: (name: string) => boolean;

  /** `isReserved` says which namespaces no account may have. */
  constructor(
    registry: string,
    storage: RegistryStorage,
    now: () => number,
    isReserved: (name: string) => boolean,
  ) {
    this.#registry = registry;
    this.#storage = storage;
    this.#now = now;
    this.#isReserved = isReserved;
  }

  /** Checks the password of a known name, or makes the account of a new one. @throws StorageFullError */
  async logIn(name: string, password: string): Promise<Login> {
    const wrong: Login = { kind: "refused", reason: "incorrect username or password" };
    if (name.length < 2 || name.length > 30 || !DOCKER_ID.test(name)) {
      return {
        kind: "refused",
        reason: "incorrect username: a Docker ID has 2 to 30 lower-case letters and digits",
      };
    }
    if (password === "" || password.length > MAX_PASSWORD_LENGTH || this.#isReserved(name)) return wrong;
    return this.#storage.serial.run(async () => {
      const key = keys.account(this.#registry, name);
      const record = decode(accountRecord, await this.#storage.metadata.get(key));
      const salt = record === undefined ? undefined : fromBase64(record.salt);
      if (record === undefined || salt === undefined) {
        await this.#register(key, password);
        return { kind: "known", account: name };
      }
      const hash = await derive(password, salt, record.iterations);
      return equal(hash, record.hash) ? { kind: "known", account: name } : wrong;
    });
  }

  async #register(key: string, password: string): Promise<void> {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    const record = {
      salt: toBase64(salt),
      hash: await derive(password, salt, ITERATIONS),
      iterations: ITERATIONS,
      at: this.#now(),
    };
    await this.#storage.metadata.write(new Map([[key, JSON.stringify(record)]]));
  }
}

async function derive(password: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<string> {
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, [
    "deriveBits",
  ]);
  const bits = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    secret,
    HASH_BITS,
  );
  return toBase64(new Uint8Array(bits));
}

/** Compares without telling by its time where two hashes of the same length differ. */
function equal(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at += 1) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}
