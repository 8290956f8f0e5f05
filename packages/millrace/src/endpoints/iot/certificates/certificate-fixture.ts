/** For the tests of devices: authorities, what they sign, and signing requests, by `openssl`. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

export class Certificates {
  readonly #folder = mkdtempSync(join(tmpdir(), "millrace-devices-"));
  #count = 0;

  /** An authority that has signed itself; `sign` gives a certificate for a common name. */
  authority(name: string) {
    const [path, key] = [this.#path(), this.#path()];
    run(
      "req",
      "-x509",
      ...newKey,
      "-days",
      "9",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      key,
      "-out",
      path,
    );
    const sign = (commonName: string): string => {
      const [request, signed] = [this.#request(commonName), this.#path()];
      const signer = ["-CA", path, "-CAkey", key, "-CAcreateserial", "-days", "9"];
      run("x509", "-req", "-in", request, ...signer, "-out", signed);
      return readFileSync(signed, "utf8");
    };
    return { pem: readFileSync(path, "utf8"), sign };
  }

  /** In PEM form. */
  request(name: string): string {
    return readFileSync(this.#request(name), "utf8");
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #request(name: string): string {
    const path = this.#path();
    run("req", ...newKey, "-subj", `/CN=${name}`, "-keyout", this.#path(), "-out", path);
    return path;
  }

  #path(): string {
    this.#count += 1;
    return join(this.#folder, `${this.#count}.pem`);
  }
}

function run(...words: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...words], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`openssl ${words.join(" ")}\n${stderr}`);
}
