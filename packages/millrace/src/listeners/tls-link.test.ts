import { afterAll, describe, expect, test } from "bun:test";
import { cpSync } from "node:fs";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { ManualClock, silentLogger, systemClock } from "../base/mod.ts";
import { Certificates, type Pair, read } from "./certificate-fixture.ts";
import { type Credentials, loadCredentials } from "./credentials.ts";
import { linksStopMsMax } from "./limits.ts";
import {
  type Caller,
  call,
  callTls,
  type Guest,
  Reception,
  stopMsOf,
  stopWithSlowReader,
} from "./listener-fixture.ts";
import type { TcpOptions } from "./tcp.ts";

const certificates = new Certificates();
const server = certificates.selfSigned("server");
const authority = certificates.selfSigned("authority");
const device = certificates.signedBy(authority, "device");
const alien = certificates.selfSigned("alien");
const open: { stop(): void }[] = [{ stop: () => certificates.remove() }];
afterAll(() => {
  for (const { stop } of open.reverse()) stop();
});

function load(pair: Pair, authorityPath?: string): Promise<Credentials> {
  const files = { ...pair, authority: authorityPath };
  return loadCredentials({ files, clock: systemClock, logger: silentLogger });
}

interface Scene {
  readonly authority?: string;
  readonly pair?: Pair;
  readonly options?: Partial<TcpOptions>;
}

/** A listener, and a way to call it. */
async function scene({ authority: authorityPath, pair = server, options = {} }: Scene = {}) {
  const reception = new Reception();
  const credentials = await load(pair, authorityPath);
  const listener = reception.listen({ credentials, ...options });
  open.push(listener);
  const calling = (client: ConnectionOptions = {}, first = "") => {
    const caller = callTls(listener.port, client, first);
    open.push({ stop: () => caller.socket.destroy() });
    return caller;
  };
  return { reception, credentials, listener, port: listener.port, calling };
}

/** Sends a greeting and waits until the broker has it. */
async function greet(caller: Caller, reception: Reception): Promise<Guest> {
  const already = reception.guests.length;
  caller.socket.write("hello");
  await reception.until(() => reception.guests[already]?.received === "hello");
  return reception.guests[already]!;
}

const versions = ["TLSv1.2", "TLSv1.3"] as const;
const only = (version: (typeof versions)[number]) => ({ minVersion: version, maxVersion: version });

describe.each(versions)("%s", (version) => {
  test("carries bytes both ways, however many", async () => {
    const { reception, calling } = await scene();
    const large = Buffer.alloc(6_000_000, "z");
    reception.welcome = (guest) => {
      guest.react = (text) => {
        if (text.length < large.length) return;
        guest.link.write(large);
        expect(guest.link.writable).toBe(false);
        guest.link.end();
      };
    };
    const caller = calling(only(version));
    caller.socket.write(large);
    await caller.ended;
    expect(caller.receivedBytes).toBe(large.length);
    expect((caller.socket as TLSSocket).getProtocol()).toBe(version);
  });

  test("the last packet reaches a client that goes on sending", async () => {
    const { reception, calling } = await scene();
    reception.welcome = (guest) => {
      guest.react = () => {
        guest.link.write(Buffer.from("refused"));
        guest.link.end();
      };
    };
    const caller = calling(only(version));
    caller.flood();
    await caller.ended;
    expect(caller.received).toBe("refused");
    const receivedBytes = reception.guests[0]!.received.length;
    await Bun.sleep(100); // the client floods on
    expect(reception.guests[0]!.received.length).toBe(receivedBytes);
  });

  test.each([
    ["a client without a certificate", undefined, "in"],
    ["a certificate that the authority has signed", device, "in"],
    ["a certificate of somebody else", alien, "out"],
  ])("with an authority, %s is %s", async (_name, pair, expected) => {
    const { reception, calling } = await scene({ authority: authority.certificate });
    const caller = calling({ ...only(version), ...(pair && read(pair)) });
    caller.socket.write("hello");
    await Promise.race([caller.ended, reception.until(() => reception.guests.length > 0)]);
    expect(reception.guests.length > 0 ? "in" : "out").toBe(expected);
    if (expected === "out") expect(reception.log[0]).toContain("client certificate refused");
  });
});

describe("a door that stops", () => {
  test("waits until a slow reader has the last bytes, whoever else did not get in", async () => {
    const { reception, listener, calling } = await scene();
    await calling({ ALPNProtocols: ["http/1.1"] }).closed;
    const caller = calling();
    const guest = await greet(caller, reception);
    const told = await stopWithSlowReader(listener, caller, guest);
    expect(told).toEqual({ waited: true, last: "the end", receivedBytes: 16_000_007 });
  });

  test("does not wait for ever", async () => {
    const clock = new ManualClock();
    const { reception, listener, calling } = await scene({ options: { clock } });
    const caller = calling();
    const guest = await greet(caller, reception);
    caller.socket.pause();
    guest.link.write(Buffer.alloc(16_000_000));
    guest.link.end();
    expect(await stopMsOf(listener, clock)).toBeGreaterThanOrEqual(linksStopMsMax);
  });
});

describe("the facts", () => {
  test("say which name, which protocol and which certificate", async () => {
    const { reception, calling } = await scene({ authority: authority.certificate });
    const guest = await greet(
      calling({ ...read(device), ALPNProtocols: ["x-amzn-mqtt-ca", "mqtt"] }),
      reception,
    );
    const { transport, remoteAddress, tls } = guest.link;
    expect({ transport, remoteAddress }).toEqual({ transport: "tls", remoteAddress: "127.0.0.1" });
    const { cert } = read(device);
    expect(tls).toEqual({
      serverName: "localhost",
      alpn: "mqtt", // ours comes first
      clientCertificate: { pem: cert, fingerprint: fingerprintOf(device), verified: true },
    });
  });

  test("of a client that tells nothing are empty", async () => {
    const { reception, calling } = await scene();
    const guest = await greet(calling({ servername: "" }), reception);
    const nothing = { serverName: undefined, alpn: undefined, clientCertificate: undefined };
    expect(guest.link.tls).toEqual(nothing);
  });

  test("without an authority, a certificate is nobody's word", async () => {
    const { reception, calling } = await scene();
    const guest = await greet(calling(read(device)), reception);
    expect(guest.link.tls?.clientCertificate).toMatchObject({
      fingerprint: fingerprintOf(device),
      verified: false,
    });
  });
});

function fingerprintOf({ certificate }: Pair): string {
  const words = ["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"];
  const { stdout } = Bun.spawnSync(["openssl", ...words]);
  return stdout.toString().split("=")[1]!.trim().replaceAll(":", "").toLowerCase();
}

describe("the handshake", () => {
  test("with a protocol that is not MQTT fails, and says so", async () => {
    const { reception, calling } = await scene();
    const caller = calling({ ALPNProtocols: ["http/1.1"] });
    await caller.closed;
    expect(caller.error).toContain("NO_APPLICATION_PROTOCOL");
    expect(reception.guests).toEqual([]);
    expect(reception.log[0]).toStartWith("warn listeners TLS handshake failed ip=127.0.0.1");
  });

  test("of somebody who speaks no TLS fails", async () => {
    const { reception, port } = await scene();
    const caller = call(port, "\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00");
    open.push({ stop: () => caller.socket.destroy() });
    await caller.ended;
    expect(reception.guests).toEqual([]);
    expect(reception.log[0]).toContain("TLS handshake failed");
  });

  test("that does not come to its end has the time of a CONNECT", async () => {
    const { reception, port } = await scene();
    const caller = call(port, "\x16\x03\x01\x02\x00\x01");
    open.push({ stop: () => caller.socket.destroy() });
    await caller.closed;
    expect(reception.guests).toEqual([]);
  });

  test("once done, a record that is none ends that client alone", async () => {
    const { reception, calling, port } = await scene();
    const guest = await greet(calling(), reception);
    const raw = call(port);
    open.push({ stop: () => raw.socket.destroy() });
    const { connect } = await import("node:tls");
    const secure = connect({ socket: raw.socket as never, rejectUnauthorized: false });
    secure.on("error", () => {});
    secure.write("hello");
    await reception.until(() => reception.guests[1]?.received === "hello");
    raw.socket.write("this is no record of TLS");
    await reception.until(() => reception.guests[1]!.lost > 0);
    expect(guest.lost).toBe(0);
  });
});

test("behind a proxy, its header comes before the handshake", async () => {
  const header = "PROXY TCP6 2001:db8::7 2001:db8::1 56324 8883\r\n";
  const { reception, calling } = await scene({ options: { proxyProtocol: true } });
  const guest = await greet(calling({}, header), reception);
  expect(guest.link.remoteAddress).toBe("2001:db8::7");
  const caller = calling();
  await caller.closed;
  expect(reception.guests).toHaveLength(1);
  expect(reception.log[0]).toContain("PROXY header refused");
});

test("behind a proxy, header and handshake may come in one piece", async () => {
  const header =
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x07\xc6\x33\x64\x01\xdc\x04\x22\xb3";
  const { reception, port } = await scene({ options: { proxyProtocol: true } });
  const { connect } = await import("node:net");
  const { connect: secureSocket } = await import("node:tls");
  const { Duplex } = await import("node:stream");
  const wire = connect(port, "127.0.0.1");
  open.push({ stop: () => wire.destroy() });
  let first: Buffer | undefined = Buffer.from(header, "latin1");
  const duplex = new Duplex({
    read() {},
    write(bytes: Buffer, _encoding, done) {
      wire.write(first ? Buffer.concat([first, bytes]) : bytes, () => done());
      first = undefined;
    },
  });
  wire.on("data", (bytes) => duplex.push(bytes));
  const secure = secureSocket({ socket: duplex, rejectUnauthorized: false });
  secure.write("hello");
  await reception.until(() => reception.guests[0]?.received === "hello");
  expect(reception.guests[0]!.link.remoteAddress).toBe("192.0.2.7");
});

test("a new certificate is for new clients; those who are there stay", async () => {
  const used = { certificate: certificates.path("used.crt"), key: certificates.path("used.key") };
  const put = ({ certificate, key }: Pair) => {
    cpSync(certificate, used.certificate);
    cpSync(key, used.key);
  };
  put(server);
  const { reception, credentials, calling } = await scene({ pair: used });
  const early = calling();
  const guest = await greet(early, reception);
  put(certificates.selfSigned("successor"));
  await credentials.look();
  await credentials.look();
  const late = calling();
  await greet(late, reception);
  const nameOf = ({ socket }: Caller) => (socket as TLSSocket).getPeerCertificate().subject.CN;
  expect([nameOf(early), nameOf(late)]).toEqual(["server", "successor"]);
  early.socket.write(" again");
  await reception.until(() => guest.received === "hello again");
});
