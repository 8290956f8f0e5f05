/**
 * The deployment's secret: 32 random bytes, made at the first start and never shown. Every other
 * key is derived from it for one purpose, so that no two purposes share one.
 *
 * Who has the file can make any credentials, which is why nobody else may read it. Without it all
 * that was given out (guests' identities, sessions, access keys) is worth nothing.
 */

import { createHmac } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assert, errorText, type Random, WorldError } from "../base/mod.ts";

const secretBytes = 32;
const fileName = "secret";
const ownerOnly = 0o600;
const ownerOnlyFolder = 0o700;

export class DeploymentSecret {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    assert(bytes.length === secretBytes, `a secret has ${secretBytes} bytes`);
    this.#bytes = bytes;
  }

  /** 32 bytes that say nothing about the secret, nor about those of another purpose. */
  derive(purpose: string): Uint8Array {
    return createHmac("sha256", this.#bytes).update(`millrace 1 ${purpose}`).digest();
  }
}

/** A secret that ends with the process. */
export function makeSecret(random: Random): DeploymentSecret {
  return new DeploymentSecret(random.bytes(secretBytes));
}

/**
 * The secret in the folder, which is made where there is none, readable by its owner alone. Throws
 * a `WorldError` when it cannot be read, is damaged, or cannot be kept.
 */
export function openSecret(folder: string, random: Random): DeploymentSecret {
  const path = join(folder, fileName);
  const known = readOwn(path);
  if (known?.length === secretBytes) return new DeploymentSecret(known);
  if (known) {
    const text = `"${path}" has ${known.length} bytes, not ${secretBytes}: it is damaged`;
    throw new WorldError("SECRET_DAMAGED", text);
  }
  const bytes = random.bytes(secretBytes);
  writeOwn(path, bytes);
  return new DeploymentSecret(bytes);
}

/**
 * Writes a file that its owner alone may read, all of it or, after a crash, nothing; throws a
 * `WorldError` when that fails.
 */
export function writeOwn(path: string, content: Uint8Array | string): void {
  const draft = `${path}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: ownerOnlyFolder });
    // A new file, of this mode and nobody else's: what was there may be open, or lead elsewhere.
    rmSync(draft, { force: true });
    writeFileSync(draft, content, { flag: "wx", mode: ownerOnly, flush: true });
    renameSync(draft, path);
  } catch (error) {
    throw new WorldError("SECRET_NOT_KEPT", `cannot write "${path}": ${errorText(error)}`);
  }
}

function readOwn(path: string): Uint8Array | undefined {
  try {
    const bytes = new Uint8Array(readFileSync(path));
    chmodSync(path, ownerOnly);
    return bytes;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw new WorldError("SECRET_NOT_READ", `cannot read "${path}": ${errorText(error)}`);
  }
}
