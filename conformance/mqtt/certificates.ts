/** Certificates for tests, made with the `openssl` command; nothing of them is kept. */

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Paths of two files in PEM form. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), "millrace-certificates-"));

  /** For `localhost` and 127.0.0.1; signed by itself, so an authority as well. */
  selfSigned(name: string): Pair {
    const pair = this.pair(name);
    const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
    const files = ["-keyout", pair.key, "-out", pair.certificate];
    run(
      "req",
      "-x509",
      ...newKey,
      "-days",
      "7",
      "-subj",
      `/CN=${name}`,
      "-addext",
      names,
      ...files,
    );
    return pair;
  }

  /** Of a client. */
  signedBy(authority: Pair, name: string): Pair {
    const pair = this.pair(name);
    const request = join(this.folder, `${name}.csr`);
    run("req", ...newKey, "-subj", `/CN=${name}`, "-keyout", pair.key, "-out", request);
    const signer = ["-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial"];
    run("x509", "-req", "-in", request, "-days", "7", ...signer, "-out", pair.certificate);
    return pair;
  }

  /** Where the files of that name are, or will be. */
  pair(name: string): Pair {
    return {
      certificate: join(this.folder, `${name}.crt`),
      key: join(this.folder, `${name}.key`),
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export function copyPair(from: Pair, to: Pair): void {
  copyFileSync(from.certificate, to.certificate);
  copyFileSync(from.key, to.key);
}

/** As `node:tls` and MQTT.js take them. */
export function readPair({ certificate, key }: Pair): {
  readonly cert: Buffer;
  readonly key: Buffer;
} {
  return { cert: readFileSync(certificate), key: readFileSync(key) };
}

function run(...words: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...words], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`openssl ${words.join(" ")}\n${stderr}`);
}
