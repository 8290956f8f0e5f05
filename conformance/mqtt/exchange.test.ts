import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { runExchange, type Step } from "./exchange.ts";
import { bytesOf, parsePattern } from "./notation.ts";
import type { Level } from "./received.ts";

/** A server that answers the nth piece it is sent with the nth of these; `close` ends. */
type Script = readonly string[];

const scope = { token: "wxyz", kept: new Map([["m", Uint8Array.of(1, 2)]]) };
const servers: { stop: (now: boolean) => void }[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.stop(true);
});

interface Play {
  readonly level: Level;
  readonly script: Script;
  readonly steps: readonly Step[];
  readonly demandsReasons?: boolean;
  /** Takes what the server is sent. */
  readonly seen?: Uint8Array[];
}

async function run({ level, script, steps, demandsReasons = false, seen = [] }: Play) {
  const server = Bun.listen<{ at: number }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => {
        socket.data = { at: 0 };
      },
      data: (socket, bytes) => {
        seen.push(Uint8Array.from(bytes));
        const answer = script[socket.data.at] ?? "";
        socket.data.at += 1;
        socket.write(bytesOf(answer.replace("close", ""), scope));
        if (answer.endsWith("close")) socket.end();
      },
    },
  });
  servers.push(server);
  const settings = { waitMilliseconds: 150, demandsReasons };
  const address = { host: "127.0.0.1", port: server.port };
  const exchange = { name: "", level, clauses: [], steps };
  return await runExchange(exchange, { ...address, ...settings }, "wxyz");
}

const sends: Step = ["a", "sends", "00"];
const connects: Step = ["a", "connects"];

const failures: readonly (Omit<Play, "level"> & { name: string; level?: Level; says: string })[] = [
  { name: "silence", script: [], steps: [connects], says: "step 1, a connects: expected" },
  {
    name: "a refusal",
    script: ["20 02 00 05"],
    steps: [connects],
    says: "but CONNACK came: 20 02 00 05",
  },
  { name: "a close", script: ["close"], steps: [connects], says: "the server closed" },
  {
    name: "no close",
    script: ["20 02 00 00"],
    steps: [connects, ["a", "is closed"]],
    says: "step 2, a is closed: expected a close, but nothing came",
  },
  {
    name: "a packet before the close",
    script: ["40 02 00 01 close"],
    steps: [sends, ["a", "is closed"]],
    says: "expected a close, but PUBACK came",
  },
  {
    name: "a packet where quiet was expected",
    script: ["40 02 00 01 d0 00"],
    steps: [["a", "is quiet"]],
    says: "expected d0 00, but PUBACK came",
  },
  {
    name: "one byte that differs",
    script: ["30 06 00 01 'abcd'"],
    steps: [sends, ["a", "receives", "30 06 00 01 'abce'"]],
    says: "but PUBLISH came",
  },
  {
    name: "one of two packets",
    script: ["40 02 00 01"],
    steps: [sends, ["a", "receives all of", ["40 02 00 01", "40 02 00 02"]]],
    says: "expected 40 02 00 02, but nothing came",
  },
  {
    name: "another reason code",
    level: 5,
    script: ["20 03 00 82 00 close"],
    steps: [sends, ["a", "is closed", "0x81"]],
    says: "expected CONNACK with 0x81, then a close, but CONNACK came",
  },
  {
    name: "a reason code without a close",
    level: 5,
    script: ["20 03 00 81 00"],
    steps: [sends, ["a", "is closed", "0x81"]],
    says: "expected a close after it",
  },
  {
    name: "a property that must not be there",
    level: 5,
    script: ["30 07 00 01 'a' 03 23 00 01"],
    steps: [sends, ["a", "receives", { packet: "PUBLISH", without: ["topic-alias"] }]],
    says: "but PUBLISH came",
  },
  {
    name: "a packet that is too large",
    script: ["40 02 00 01"],
    steps: [sends, ["a", "receives", { packet: "PUBACK", bytesAtMost: 3 }]],
    says: "but PUBACK came",
  },
  {
    name: "a packet that two share and both get",
    script: ["40 02 00 01 d0 00"],
    steps: [["a b", "share", ["40 02 00 01", "40 02 00 03"]]],
    says: "expected that once, but PUBACK came",
  },
];

describe("an exchange fails at", () => {
  test.each(failures)("$name", async ({ level = 4, script, steps, says }) => {
    expect(await run({ level, script, steps })).toContain(says);
  });

  test("a bare close, where reasons are demanded", async () => {
    const steps: Step[] = [sends, ["a", "is closed", "0x81"]];
    expect(await run({ level: 5, script: ["close"], steps })).toBeUndefined();
    const strict = { level: 5, script: ["close"], steps, demandsReasons: true } as const;
    expect(await run(strict)).toContain("but the server closed the connection");
  });

  test("a packet that ends inside a field", async () => {
    const broken = run({ level: 5, script: ["20 02 00 00"], steps: [["a", "connects"]] });
    await expect(broken).rejects.toThrow("ends inside a field");
  });
});

test("an exchange keeps an identifier and gives it back", async () => {
  const steps: Step[] = [
    sends,
    ["a", "receives", "40 02 <=n>"],
    sends,
    ["a", "receives", { packet: "PUBACK", id: "<n>" }],
    ["a", "is closed"],
  ];
  const script = ["40 02 12 34", "40 02 12 34 close"];
  expect(await run({ level: 4, script, steps })).toBeUndefined();
});

test("a connection speaks the level that its CONNECT names", async () => {
  const steps: Step[] = [
    ["a", "connects", "10 11 (CONNECT) 00 04 'MQTT' 04 02 00 00 00 05 '@@@@a'"],
    sends,
    ["a", "receives", { packet: "PUBLISH", topic: "t", payload: "'hi'" }],
  ];
  const script = ["20 02 00 00", "30 05 00 01 't' 'hi'"];
  expect(await run({ level: 5, script, steps })).toBeUndefined();
});

test.each([
  [3, "20 02 00 00", "10 13 00 06 'MQIsdp' 03 02 00 00 00 05 'wxyza'"],
  [4, "20 02 00 00", "10 11 00 04 'MQTT' 04 02 00 00 00 05 'wxyza'"],
  [5, "20 03 00 00 00", "10 12 00 04 'MQTT' 05 02 00 00 00 00 05 'wxyza'"],
] as const)("a plain CONNECT of level %s", async (level, answer, bytes) => {
  const seen: Uint8Array[] = [];
  expect(await run({ level, script: [answer], steps: [connects], seen })).toBeUndefined();
  expect(Buffer.concat(seen)).toEqual(Buffer.from(bytesOf(bytes, scope)));
});

describe("the notation", () => {
  test.each([
    ["10 02 (a remark) 'hi' {2} 00{3}", "1002686968690000 00"],
    ["'@@@@/é'", "7778797a2fc3a9"],
    ["<m> ff", "0102ff"],
    ["", ""],
  ])("%s", (notation, hex) => {
    expect(Buffer.from(bytesOf(notation, scope)).toString("hex")).toBe(hex.replaceAll(" ", ""));
  });

  test("takes any bytes as hex", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesOf(Buffer.from(bytes).toString("hex"), scope)).toEqual(bytes);
      }),
    );
  });

  test.each([["1"], ["'open"], ["(open"], ["zz"], ["<other>"]])("refuses %s", (notation) => {
    expect(() => bytesOf(notation, scope)).toThrow();
  });

  test("has wildcards only in what is expected", () => {
    expect(parsePattern("?? <=n>", scope).bytes).toEqual([undefined, undefined, undefined]);
    expect(() => bytesOf("??", scope)).toThrow("it has a wildcard");
  });
});
