/** For the tests of this part: certificates, made with the `openssl` command. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Paths of two files. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

export class Certificates {
  readonly #folder = mkdtempSync(join(tmpdir(), "millrace-certificates-"));
  #count = 0;

  /** For `localhost` and 127.0.0.1; signed by itself, so an authority as well. */
  selfSigned(name: string): Pair {
    const pair = this.#paths();
    const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
    run("req", "-x509", ...newKey, "-days", "7", "-subj", `/CN=${name}`, "-addext", names, pair);
    return pair;
  }

  signedBy(authority: Pair, name: string): Pair {
    const pair = this.#paths();
    const request = join(this.#folder, "request");
    run("req", ...newKey, "-subj", `/CN=${name}`, { ...pair, certificate: request });
    const signer = ["-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial"];
    run("x509", "-req", "-in", request, "-days", "7", ...signer, "-out", pair.certificate);
    return pair;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #paths(): Pair {
    this.#count += 1;
    return { certificate: this.path(`${this.#count}.crt`), key: this.path(`${this.#count}.key`) };
  }
}

/** What Bun and Node take as the certificate of a client or a server. */
export function read({ certificate, key }: Pair): { readonly cert: string; readonly key: string } {
  return { cert: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
}

function run(...words: (string | Pair)[]): void {
  const command = words.flatMap((word) =>
    typeof word === "string" ? [word] : ["-keyout", word.key, "-out", word.certificate],
  );
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...command], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`openssl ${command.join(" ")}\n${stderr}`);
}
