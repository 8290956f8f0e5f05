/** For the tests of this part: keys, requests and certificates, made with the `openssl` command. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

export class OpenSsl {
  readonly folder = mkdtempSync(join(tmpdir(), "millrace-openssl-"));
  #count = 0;

  /** A certificate that has signed itself; an authority unless `words` say otherwise. */
  selfSigned(subject: string, ...words: string[]): Made {
    const made = this.#paths();
    const common = ["-nodes", "-days", "30", "-subj", subject, ...words];
    run("req", "-x509", ...curve, ...common, "-keyout", made.keyPath, "-out", made.path);
    return made;
  }

  /** One that the other has signed. */
  signedBy(authority: Made, subject: string): Made {
    const made = this.#paths();
    const request = this.request(subject).path;
    const signer = ["-CA", authority.path, "-CAkey", authority.keyPath, "-CAcreateserial"];
    run("x509", "-req", "-in", request, "-days", "30", ...signer, "-out", made.path);
    return made;
  }

  /** A signing request; `key` as `openssl req -newkey` has it. */
  request(subject: string, key: readonly string[] = curve): Made {
    const made = this.#paths();
    const common = ["-nodes", "-subj", subject, "-keyout", made.keyPath, "-out", made.path];
    run("req", ...key, ...common);
    return made;
  }

  /** What the command says. */
  ask(...words: string[]): string {
    return run(...words);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #paths(): Made {
    this.#count += 1;
    return new Made(join(this.folder, `${this.#count}`));
  }
}

export class Made {
  readonly path: string;
  readonly keyPath: string;

  constructor(path: string) {
    this.path = `${path}.pem`;
    this.keyPath = `${path}.key`;
  }

  get pem(): string {
    return readFileSync(this.path, "utf8");
  }
}

function run(...words: string[]): string {
  const { exitCode, stderr, stdout } = Bun.spawnSync(["openssl", ...words], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`openssl ${words.join(" ")}\n${stderr}`);
  return stdout.toString();
}
