import { afterAll, expect, test } from "bun:test";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createLogger, ManualClock } from "../base/mod.ts";
import { Certificates, type Pair } from "./certificate-fixture.ts";
import { type CertificateFiles, type Credentials, loadCredentials } from "./credentials.ts";

const certificates = new Certificates();
const first = certificates.selfSigned("first");
const second = certificates.selfSigned("second");
afterAll(() => certificates.remove());

const used = { certificate: certificates.path("used.crt"), key: certificates.path("used.key") };

function put({ certificate, key }: Pair): void {
  cpSync(certificate, used.certificate);
  cpSync(key, used.key);
}

async function load(files: CertificateFiles) {
  const log: string[] = [];
  const clock = new ManualClock(Date.now());
  const logger = createLogger({
    part: "listeners",
    clock,
    levelMin: "info",
    write: (line) => log.push(line.slice(line.indexOf(" ") + 1)),
  });
  const credentials = await loadCredentials({ files, clock, logger });
  return { credentials, log };
}

/** One certificate differs from another by the context that was made of it. */
async function rounds(credentials: Credentials, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) await credentials.look();
}

test("a changed certificate is taken once it has stood still for a round", async () => {
  put(first);
  const { credentials, log } = await load({ ...used, authority: undefined });
  const before = credentials.tlsOptions;
  await rounds(credentials, 3);
  expect(credentials.tlsOptions).toBe(before);
  put(second);
  await rounds(credentials, 1);
  expect(credentials.tlsOptions).toBe(before);
  await rounds(credentials, 1);
  const after = credentials.tlsOptions;
  expect(after).not.toBe(before);
  await rounds(credentials, 3);
  expect(credentials.tlsOptions).toBe(after);
  expect(log).toEqual([`info listeners new certificate taken certificate=${used.certificate}\n`]);
});

test("a certificate without its key is refused, told once, and taken with it", async () => {
  put(first);
  const { credentials, log } = await load({ ...used, authority: undefined });
  const before = credentials.tlsOptions;
  cpSync(second.certificate, used.certificate);
  await rounds(credentials, 5);
  expect(credentials.tlsOptions).toBe(before);
  expect(log).toHaveLength(1);
  expect(log[0]).toStartWith("error listeners new certificate refused, the one before stays");
  expect(log[0]).toContain("does not fit");
  put(second);
  await rounds(credentials, 2);
  expect(credentials.tlsOptions).not.toBe(before);
  expect(log).toHaveLength(2);
});

test("files that are gone for a while change nothing", async () => {
  put(first);
  const { credentials, log } = await load({ ...used, authority: undefined });
  const before = credentials.tlsOptions;
  rmSync(used.certificate);
  await rounds(credentials, 3);
  put(first);
  await rounds(credentials, 3);
  expect(credentials.tlsOptions).toBe(before);
  expect(log).toHaveLength(1);
  expect(log[0]).toContain("no such file");
});

test("the files are looked at every two seconds, until that is stopped", async () => {
  put(first);
  const clock = new ManualClock(Date.now());
  const looks: number[] = [];
  const logger = createLogger({ part: "", clock, levelMin: "error", write: () => {} });
  const files = { ...used, authority: undefined };
  const credentials = await loadCredentials({ files, clock, logger });
  const look = credentials.look.bind(credentials);
  let looking = Promise.resolve();
  credentials.look = () => {
    looks.push(clock.monotonic());
    looking = look();
    return looking;
  };
  credentials.watch();
  for (let second = 0; second < 5; second += 1) {
    clock.advance(1000);
    await looking;
    await new Promise((resolve) => setImmediate(resolve)); // by then the next look is planned
  }
  credentials.stop();
  clock.advance(10_000);
  expect(looks).toEqual([2000, 4000]);
});

test("what is wrong is told with the file that it is about", async () => {
  const text = certificates.path("text");
  writeFileSync(text, "plain text");
  const broken = certificates.path("broken");
  writeFileSync(broken, readFileSync(first.certificate, "utf8").replace(/^M.*$/m, "MAAA"));
  const locked = certificates.path("locked");
  Bun.spawnSync([
    "openssl",
    "ec",
    "-in",
    first.key,
    "-aes128",
    "-passout",
    "pass:x",
    "-out",
    locked,
  ]);
  const missing = certificates.path("missing");
  const problemOf = (files: Partial<CertificateFiles>) =>
    load({ ...first, authority: undefined, ...files }).then(
      () => "none",
      (error: Error) => error.message,
    );
  expect(await problemOf({})).toBe("none");
  expect(await problemOf({ authority: second.certificate })).toBe("none");
  expect(await problemOf({ certificate: missing })).toBe(
    `certificate "${missing}" cannot be read: no such file`,
  );
  expect(await problemOf({ certificate: certificates.path("") })).toContain(
    "cannot be read: EISDIR",
  );
  expect(await problemOf({ certificate: text })).toBe(
    `certificate "${text}" is no certificate in PEM form`,
  );
  expect(await problemOf({ certificate: broken })).toContain("is no certificate in PEM form");
  expect(await problemOf({ key: text })).toBe(
    `private key "${text}" is no private key in PEM form`,
  );
  expect(await problemOf({ key: locked })).toBe(
    `private key "${locked}" is protected by a passphrase`,
  );
  expect(await problemOf({ key: second.key })).toBe(
    `private key "${second.key}" does not fit the certificate "${first.certificate}"`,
  );
  expect(await problemOf({ authority: text })).toBe(
    `authority "${text}" is no certificate in PEM form`,
  );
});

test("a certificate that is not valid now is taken, with a warning", async () => {
  const log: string[] = [];
  const clock = new ManualClock(Date.now() + 30 * 86_400_000);
  const write = (line: string) => log.push(line);
  const logger = createLogger({ part: "listeners", clock, levelMin: "info", write });
  await loadCredentials({ files: { ...first, authority: undefined }, clock, logger });
  expect(log).toHaveLength(1);
  expect(log[0]).toContain("warn listeners the certificate is not valid now");
});
