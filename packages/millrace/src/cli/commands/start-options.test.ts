import { expect, test } from "bun:test";
import { readFlags } from "../flags.ts";
import { type OptionsResult, readStartOptions, serveFlags, startFlags } from "./start-options.ts";

function read(words: string[], environment: Record<string, string>): OptionsResult {
  const flags = readFlags(startFlags, words, environment);
  return flags.ok ? readStartOptions(flags.given) : flags;
}

function options(words: string[], environment: Record<string, string> = {}) {
  const result = read(words, environment);
  if (!result.ok) throw new Error(result.problem);
  return result.options;
}

function problemOf(words: string[], environment: Record<string, string> = {}): string {
  const result = read(words, environment);
  return result.ok ? "none" : result.problem;
}

test("without a word the defaults hold", () => {
  expect(options([], { HOME: "/root" })).toEqual({
    template: "template.yaml",
    parameters: {},
    data: ".millrace",
    memory: false,
    host: "127.0.0.1",
    port: 8080,
    apiPort: 4566,
    mqttPort: 1883,
    tls: undefined,
    proxyProtocol: false,
    anonymous: ["tcp", "api"],
    limits: "mqtt",
    retryDelaysSeconds: [60, 120],
    processesMax: undefined,
    watch: true,
    tables: undefined,
    replaceTables: false,
    enforceCapacity: false,
    inspectPort: undefined,
    json: false,
  });
});

test("a flag wins over its variable, a variable over the default", () => {
  const environment = { MILLRACE_PORT: "9000", MILLRACE_API_PORT: "9001", MILLRACE_MEMORY: "true" };
  const read = options(["app.yaml", "--port", "0", "--json"], environment);
  expect(read).toMatchObject({ template: "app.yaml", port: 0, apiPort: 9001, memory: true });
  expect(read.json).toBe(true);
});

const anonymousProblem = '--anonymous must be none, all, or some of tcp, websocket, api, not "yes"';

test.each([
  [["--prot", "1"], {}, `unknown option "--prot" (did you mean '--port'?)`],
  [["--port", "70000"], {}, '--port must be a number from 0 to 65535, not "70000"'],
  [["--mqtt-port", ""], {}, '--mqtt-port must be a number from 0 to 65535, not ""'],
  [["--anonymous", "yes"], {}, anonymousProblem],
  [["--mqtts-port", "x"], {}, '--mqtts-port must be a number from 0 to 65535, not "x"'],
  [["--tls-cert", "c.pem"], {}, "--tls-cert needs --tls-key as well"],
  [["--tls-key", "k.pem"], {}, "--tls-key needs --tls-cert as well"],
  [["--tls-ca", "a.pem"], {}, "--tls-ca needs --tls-cert and --tls-key as well"],
  [[], { MILLRACE_MQTTS_PORT: "0" }, "--mqtts-port needs --tls-cert and --tls-key as well"],
  [[], { MILLRACE_PROXY_PROTOCOL: "yes" }, '--proxy-protocol must be true or false, not "yes"'],
  [["--limits", "azure"], {}, '--limits must be mqtt or aws, not "azure"'],
  [[], { MILLRACE_LIMITS: "" }, '--limits must be mqtt or aws, not ""'],
  [
    ["--tables-endpoint", "here"],
    {},
    '--tables-endpoint must be a URL such as http://127.0.0.1:8000, not "here"',
  ],
  [
    ["--tables-endpoint", "http://127.0.0.1:8000"],
    {},
    '--tables-endpoint "http://127.0.0.1:8000" needs --tables-region as well',
  ],
  [["--tables-region", "a"], {}, "--tables-region needs --tables-endpoint as well"],
  [["--processes", "0"], {}, '--processes must be a number from 1 to 9999, not "0"'],
  [["--retry-delays", "1m"], {}, '--retry-delays must be seconds such as 60,120, not "1m"'],
  [[], { MILLRACE_JSON: "1" }, '--json must be true or false, not "1"'],
  [["a.yaml", "b.yaml"], {}, 'one template at a time, not also "b.yaml"'],
])("%p with %p says: %s", (words, environment, expected) => {
  expect(problemOf(words, environment as unknown as Record<string, string>)).toBe(expected);
});

test("a certificate and its key turn MQTT over TLS on", () => {
  const environment = { MILLRACE_TLS_CERT: "c.pem", MILLRACE_TLS_KEY: "k.pem" };
  const files = { certificate: "c.pem", key: "k.pem", authority: undefined };
  expect(options([], environment).tls).toEqual({ port: 8883, files });
  const words = ["--mqtts-port", "0", "--tls-ca", "a.pem", "--proxy-protocol"];
  const read = options(words, environment);
  expect(read.tls).toEqual({ port: 0, files: { ...files, authority: "a.pem" } });
  expect(read.proxyProtocol).toBe(true);
});

test("parameters come from flags or, one to a line, from their variable", () => {
  const words = ["--parameter", "Limit=3", "--parameter", "Query=a=b"];
  expect(options(words).parameters).toEqual({ Limit: "3", Query: "a=b" });
  const environment = { MILLRACE_PARAMETER: "Limit=3\nEmpty=" };
  expect(options([], environment).parameters).toEqual({ Limit: "3", Empty: "" });
  expect(problemOf(["--parameter", "Limit"])).toBe('--parameter must be NAME=VALUE, not "Limit"');
});

test.each([
  ["none", []],
  ["tcp", ["tcp"]],
  ["api,tcp", ["tcp", "api"]],
  ["all", ["tcp", "websocket", "api"]],
])("--anonymous %s opens %p", (word, doors) => {
  expect(options(["--anonymous", word]).anonymous as readonly string[]).toEqual(doors);
});

test.each(["", "tcp,", "none,tcp", "tcp,tcp,api,x"])("--anonymous %p is refused", (word) => {
  expect(problemOf(["--anonymous", word])).toContain(`not "${word}"`);
});

test("full rights for everyone are refused on an address that others can reach", () => {
  expect(problemOf(["--host", "0.0.0.0"])).toContain("only allowed while bound to loopback");
  expect(problemOf(["--host", "0.0.0.0", "--anonymous", "tcp"])).toContain("loopback");
  expect(options(["--host", "0.0.0.0", "--anonymous", "none"]).host).toBe("0.0.0.0");
  expect(options(["--host", "::1"]).host).toBe("::1");
});

test("debuggers get ports from the usual one on, or from another", () => {
  expect(options(["--inspect", "a.yaml"])).toMatchObject({ inspectPort: 9229, template: "a.yaml" });
  expect(options(["--inspect=9300"]).inspectPort).toBe(9300);
  expect(options([], { MILLRACE_INSPECT: "9301" }).inspectPort).toBe(9301);
  expect(problemOf(["--inspect=soon"])).toContain('not "soon"');
  expect(problemOf(["--inspect=70000"])).toContain('from 1 to 65535, not "70000"');
});

test("the API door is on loopback, so that others cannot reach it wherever the edge is", () => {
  expect(options(["--host", "0.0.0.0", "--anonymous", "api"]).anonymous).toEqual(["api"]);
});

test("full rights for everyone are let through when the address is said twice", () => {
  const words = ["--host", "0.0.0.0", "--anonymous", "tcp", "--anonymous-on"];
  expect(options([...words, "0.0.0.0"]).anonymous).toEqual(["tcp"]);
  expect(problemOf([...words, "127.0.0.1"])).toContain("is not the address of --host");
});

test("serve lets nobody in who proves nothing, unless it is told so", () => {
  const serve = (words: string[]) => {
    const flags = readFlags(serveFlags, words, {});
    const result = flags.ok ? readStartOptions(flags.given) : flags;
    return result.ok ? result.options.anonymous : result.problem;
  };
  expect(serve(["--host", "0.0.0.0"])).toEqual([]);
  expect(serve(["--anonymous", "tcp"])).toEqual(["tcp"]);
  expect(serve(["--host", "0.0.0.0", "--anonymous", "tcp"])).toContain("loopback");
});

test("the region of tables elsewhere is that of AWS's address, or is told", () => {
  const aws = "https://dynamodb.eu-central-1.amazonaws.com/";
  expect(options(["--tables-endpoint", aws]).tables).toEqual({
    endpoint: "https://dynamodb.eu-central-1.amazonaws.com",
    region: "eu-central-1",
  });
  const told = ["--tables-endpoint", "http://127.0.0.1:8000", "--tables-region", "local"];
  expect(options(told).tables).toEqual({ endpoint: "http://127.0.0.1:8000", region: "local" });
});
