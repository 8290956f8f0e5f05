/**
 * The certificate of the TLS door, from files, and taken anew when they change.
 *
 * The files are read every two seconds, which works on every file system and for every way of
 * replacing them. A change is taken once it has stood still for a round, because certificate and
 * key are seldom written at one moment. What is broken is refused and told once; clients go on
 * getting the certificate before. Connections that are open keep the one they have.
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { TLSOptions } from "bun";
import { type Clock, errorText, type Logger, type Timer, WorldError } from "../base/mod.ts";
import { certificatePollMs } from "./limits.ts";

/** Paths of files in PEM form. */
export interface CertificateFiles {
  /** The server's certificate, and those between it and the root. */
  readonly certificate: string;
  readonly key: string;
  /** Who signs certificates of clients. Absent: they are asked for one that nobody vouches for. */
  readonly authority: string | undefined;
}

export interface CredentialsOptions {
  readonly files: CertificateFiles;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** As AWS IoT names MQTT on a port that is shared: with a custom authorizer, with a certificate. */
const alpnNames = ["mqtt", "x-amzn-mqtt-ca"];

interface Texts {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string | undefined;
}

/** Reads the files. Rejects with a `WorldError` that names the file and what is wrong with it. */
export async function loadCredentials(options: CredentialsOptions): Promise<Credentials> {
  const texts = await readTexts(options.files);
  return new Credentials(options, texts);
}

export class Credentials {
  readonly #options: CredentialsOptions;
  #tlsOptions: TLSOptions;
  /** What is in use, what was refused, and what was there last time, each as one text. */
  #used: string;
  #refused: string | undefined;
  #seen: string;
  #timer: Timer | undefined;

  constructor(options: CredentialsOptions, texts: Texts) {
    this.#options = options;
    this.#tlsOptions = this.#build(texts);
    this.#used = JSON.stringify(texts);
    this.#seen = this.#used;
  }

  /** For the next handshake. */
  get tlsOptions(): TLSOptions {
    return this.#tlsOptions;
  }

  /** Whether a client's certificate must lead to an authority of ours. */
  get hasAuthority(): boolean {
    return this.#options.files.authority !== undefined;
  }

  /** Looks at the files again and again, until `stop`. */
  watch(): void {
    this.#timer = this.#options.clock.after(certificatePollMs, () => {
      void this.look().finally(() => {
        if (this.#timer) this.watch();
      });
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** One round: takes what has changed and has stood still since the round before. */
  async look(): Promise<void> {
    const { files, logger } = this.#options;
    const texts = await readTexts(files).catch((error: unknown) => errorText(error));
    const seen = JSON.stringify(texts);
    const settled = seen === this.#seen;
    this.#seen = seen;
    if (seen === this.#used) this.#refused = undefined;
    if (!settled || seen === this.#used || seen === this.#refused) return;
    try {
      if (typeof texts === "string") throw new WorldError("BAD_CERTIFICATE", texts);
      this.#tlsOptions = this.#build(texts);
      this.#used = seen;
      logger.info("new certificate taken", { certificate: files.certificate });
    } catch (error) {
      this.#refused = seen;
      logger.error("new certificate refused, the one before stays", { error: errorText(error) });
    }
  }

  #build(texts: Texts): TLSOptions {
    const { files, clock, logger } = this.#options;
    const certificate = checkTexts(texts, files);
    const { validFrom, validTo } = certificate;
    const nowMs = clock.now();
    if (nowMs < Date.parse(validFrom) || nowMs > Date.parse(validTo)) {
      logger.warn("the certificate is not valid now", {
        certificate: files.certificate,
        validFrom,
        validTo,
      });
    }
    try {
      return createTlsOptions(texts);
    } catch (error) {
      throw wrong(`certificate "${files.certificate}" cannot be used: ${errorText(error)}`);
    }
  }
}

/** The runtime takes a context that is ready, so that it is made once; its types do not say so. */
function createTlsOptions({ certificate, key, authority }: Texts): TLSOptions {
  const options: TLSOptions & { readonly secureContext: unknown } = {
    secureContext: createSecureContext({ cert: certificate, key, ca: authority }).context,
    requestCert: true,
    // A client without a certificate is let in, so the refusal of a bad one is ours.
    rejectUnauthorized: false,
    ALPNProtocols: alpnBytes(alpnNames),
  };
  return options;
}

/** Each name behind a byte with its length [RFC7301-3.1]. */
function alpnBytes(names: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(names.flatMap((name) => [name.length, ...Buffer.from(name, "latin1")]));
}

async function readTexts({ certificate, key, authority }: CertificateFiles): Promise<Texts> {
  return {
    certificate: await readText("certificate", certificate),
    key: await readText("private key", key),
    authority: authority === undefined ? undefined : await readText("authority", authority),
  };
}

async function readText(what: string, path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    const missing = (error as { code?: string }).code === "ENOENT";
    throw wrong(`${what} "${path}" cannot be read: ${missing ? "no such file" : errorText(error)}`);
  }
}

/** The server's own certificate, when everything fits. */
function checkTexts(texts: Texts, files: CertificateFiles): X509Certificate {
  const { certificate: path, key: keyPath, authority: authorityPath } = files;
  const certificate = parseCertificates(texts.certificate, `certificate "${path}"`);
  if (!certificate.checkPrivateKey(parseKey(texts.key, keyPath))) {
    throw wrong(`private key "${keyPath}" does not fit the certificate "${path}"`);
  }
  if (texts.authority !== undefined) {
    parseCertificates(texts.authority, `authority "${authorityPath}"`);
  }
  return certificate;
}

/** The first of the certificates; all must be some. */
function parseCertificates(text: string, what: string): X509Certificate {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    const [first] = blocks.map((block) => new X509Certificate(block));
    if (first) return first;
  } catch {
    // told below: that it is broken says as much as where in its bytes
  }
  throw wrong(`${what} is no certificate in PEM form`);
}

function parseKey(text: string, path: string) {
  try {
    return createPrivateKey(text);
  } catch (error) {
    const locked = (error as { code?: string }).code === "ERR_MISSING_PASSPHRASE";
    const form = locked ? "is protected by a passphrase" : "is no private key in PEM form";
    throw wrong(`private key "${path}" ${form}`);
  }
}

function wrong(text: string): WorldError {
  return new WorldError("BAD_CERTIFICATE", text);
}
