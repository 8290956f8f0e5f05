/** The flags of `start`, and what they come to, checked. */

import type { Anonymous, AnonymousDoor, LimitsName, Tls } from "../../node/mod.ts";
import { type Flags, type Given, portProblem } from "../flags.ts";
import { apiPortFlag, parameterFlag, readParameters } from "../shared-flags.ts";

export interface StartOptions {
  readonly template: string;
  /** Values for the template's `Parameters`, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly data: string;
  readonly memory: boolean;
  readonly host: string;
  readonly port: number;
  readonly apiPort: number;
  readonly mqttPort: number;
  /** Absent: no MQTT over TLS. */
  readonly tls: Tls | undefined;
  readonly proxyProtocol: boolean;
  readonly anonymous: Anonymous;
  readonly limits: LimitsName;
  /** Waits before a failed asynchronous call is tried again. */
  readonly retryDelaysSeconds: readonly number[];
  /** Processes of functions at once; absent: as many as suit this machine. */
  readonly processesMax: number | undefined;
  /** Whether functions whose files change are made ready anew. */
  readonly watch: boolean;
  /** Whether a table with another key takes the place of one with items. */
  readonly replaceTables: boolean;
  /** Where tables live instead of here; absent: here. */
  readonly tables: { readonly endpoint: string; readonly region: string } | undefined;
  /** Whether tables and indexes are held to their capacity. */
  readonly enforceCapacity: boolean;
  /** The first port for debuggers; absent: none. */
  readonly inspectPort: number | undefined;
  readonly json: boolean;
}

export type OptionsResult =
  | { readonly ok: true; readonly options: StartOptions }
  | { readonly ok: false; readonly problem: string };

const mqttsPort = 8883;

const flags: Flags = {
  parameter: parameterFlag,
  data: {
    type: "string",
    default: ".millrace",
    placeholder: "DIR",
    help: "where tables, sessions and built handlers are kept",
  },
  memory: { type: "boolean", default: "false", help: "keep nothing on disk, whatever --data says" },
  host: {
    type: "string",
    default: "127.0.0.1",
    placeholder: "ADDRESS",
    help: "address of the edge and of MQTT; the API door stays on loopback",
  },
  port: {
    type: "string",
    default: "8080",
    placeholder: "PORT",
    help: "the edge: pages, HTTP APIs, MQTT over WebSocket; 0 means any free port",
  },
  "api-port": apiPortFlag,
  "mqtt-port": {
    type: "string",
    default: "1883",
    placeholder: "PORT",
    help: "MQTT over TCP",
  },
  "mqtts-port": {
    type: "string",
    default: "",
    placeholder: "PORT",
    help: `MQTT over TLS, once there is a certificate (${mqttsPort})`,
  },
  "tls-cert": {
    type: "string",
    default: "",
    placeholder: "FILE",
    help: "the certificate of MQTT over TLS, in PEM form; taken anew when it changes",
  },
  "tls-key": { type: "string", default: "", placeholder: "FILE", help: "its private key" },
  "tls-ca": {
    type: "string",
    default: "",
    placeholder: "FILE",
    help: "who signs certificates of clients; one that others signed is refused",
  },
  "proxy-protocol": {
    type: "boolean",
    default: "false",
    help: "every connection to the edge and to MQTT begins with the PROXY header of a proxy",
  },
  anonymous: {
    type: "string",
    default: "tcp,api",
    placeholder: "DOOR,...",
    help: "where whoever proves nothing has full rights: tcp, websocket, api, all or none",
  },
  "anonymous-on": {
    type: "string",
    default: "",
    placeholder: "ADDRESS",
    help: "says --host once more, to let everyone in on an address that others can reach",
  },
  limits: {
    type: "string",
    default: "mqtt",
    placeholder: "mqtt|aws",
    help: "what the broker takes: all of MQTT, or what AWS IoT takes",
  },
  "retry-delays": {
    type: "string",
    default: "60,120",
    placeholder: "SECONDS,...",
    help: "waits before an asynchronous call that failed is tried again",
  },
  processes: {
    type: "string",
    default: "",
    placeholder: "COUNT",
    help: "processes of functions that run at once; without it what suits this machine",
  },
  "no-watch": {
    type: "boolean",
    default: "false",
    help: "leave functions as they are when their files change",
  },
  "enforce-capacity": {
    type: "boolean",
    default: "false",
    help: "hold tables to their capacity, and each partition to that of one, as DynamoDB does",
  },
  "replace-tables": {
    type: "boolean",
    default: "false",
    help: "make a table anew, without its items, when the template gives it another key",
  },
  "tables-endpoint": {
    type: "string",
    default: "",
    placeholder: "URL",
    help: "DynamoDB endpoint on which all tables live instead of here",
  },
  "tables-region": {
    type: "string",
    default: "",
    placeholder: "REGION",
    help: "its region, where the address does not say it",
  },
  inspect: {
    type: "string",
    default: "",
    alone: "9229",
    placeholder: "PORT",
    help: "a debugger's port for each function on Node, from 9229 or this one on",
  },
  json: { type: "boolean", default: "false", help: "print the addresses as one line of JSON" },
};

export const startFlags: Flags = Object.fromEntries(
  Object.entries(flags).map(([name, flag]) => [name, { ...flag, hasVariable: true }]),
);

/** The same, with nobody let in who proves nothing. */
export const serveFlags: Flags = {
  ...startFlags,
  anonymous: { ...startFlags.anonymous!, default: "none" },
};

const anonymousDoors: readonly AnonymousDoor[] = ["tcp", "websocket", "api"];
const limitsNames: readonly LimitsName[] = ["mqtt", "aws"];

/** The options, or what is wrong with them. */
export function readStartOptions(given: Given): OptionsResult {
  const [template = "template.yaml", ...more] = given.words;
  if (more.length > 0) return problem(`one template at a time, not also "${more[0]}"`);
  return checkedOptions(template, given.text);
}

function checkedOptions(template: string, text: (flag: string) => string): OptionsResult {
  const wrong = numbersProblem(text);
  if (wrong) return problem(wrong);
  const anonymous = readAnonymous(text("anonymous"));
  if (typeof anonymous === "string") return problem(anonymous);
  const limits = limitsNames.find((name) => name === text("limits"));
  if (!limits) return problem(`--limits must be mqtt or aws, not "${text("limits")}"`);
  const retryDelays = text("retry-delays");
  if (!/^\d{1,5}(\.\d+)?(,\d{1,5}(\.\d+)?)*$/.test(retryDelays)) {
    return problem(`--retry-delays must be seconds such as 60,120, not "${retryDelays}"`);
  }
  const parameters = readParameters(text("parameter"));
  if (typeof parameters === "string") return problem(parameters);
  const host = text("host");
  const exposed = exposureProblem({ anonymous, host, saidTwice: text("anonymous-on") });
  if (exposed) return problem(exposed);
  const tables = readTables(text("tables-endpoint"), text("tables-region"));
  if (typeof tables === "string") return problem(tables);
  const tls = readTls(text);
  if (typeof tls === "string") return problem(tls);
  return {
    ok: true,
    options: {
      template,
      parameters,
      data: text("data"),
      memory: text("memory") === "true",
      host,
      port: Number(text("port")),
      apiPort: Number(text("api-port")),
      mqttPort: Number(text("mqtt-port")),
      tls,
      proxyProtocol: text("proxy-protocol") === "true",
      anonymous,
      limits,
      watch: text("no-watch") === "false",
      tables,
      replaceTables: text("replace-tables") === "true",
      enforceCapacity: text("enforce-capacity") === "true",
      retryDelaysSeconds: retryDelays.split(",").map(Number),
      processesMax: numberIfGiven(text("processes")),
      inspectPort: numberIfGiven(text("inspect")),
      json: text("json") === "true",
    },
  };
}

/** What is wrong with the first flag that wants a number and has none within its bounds. */
function numbersProblem(text: (flag: string) => string): string | undefined {
  for (const flag of ["port", "api-port", "mqtt-port", "mqtts-port"]) {
    if (flag === "mqtts-port" && text(flag) === "") continue;
    const wrong = portProblem(flag, text(flag));
    if (wrong) return wrong;
  }
  for (const [flag, max] of [
    ["inspect", 65_535],
    ["processes", 9_999],
  ] as const) {
    const value = text(flag);
    if (value === "" || (/^[1-9]\d{0,4}$/.test(value) && Number(value) <= max)) continue;
    return `--${flag} must be a number from 1 to ${max}, not "${value}"`;
  }
  return undefined;
}

function numberIfGiven(value: string): number | undefined {
  return value === "" ? undefined : Number(value);
}

/** The doors that are open, or what is wrong. */
function readAnonymous(text: string): Anonymous | string {
  if (text === "none") return [];
  if (text === "all") return anonymousDoors;
  const words = text.split(",");
  const doors = anonymousDoors.filter((door) => words.includes(door));
  if (doors.length === words.length) return doors;
  return `--anonymous must be none, all, or some of ${anonymousDoors.join(", ")}, not "${text}"`;
}

interface Exposure {
  readonly anonymous: Anonymous;
  readonly host: string;
  readonly saidTwice: string;
}

/** The API door is on loopback, whatever the address; edge and MQTT are not. */
function exposureProblem({ anonymous, host, saidTwice }: Exposure): string | undefined {
  const doors = anonymous.filter((door) => door !== "api");
  if (saidTwice && saidTwice !== host) {
    return `--anonymous-on "${saidTwice}" is not the address of --host "${host}"`;
  }
  if (doors.length === 0 || isLoopback(host) || saidTwice === host) return undefined;
  return (
    `--anonymous ${doors.join(",")} lets everyone in with full rights, which is only allowed ` +
    `while bound to loopback, not to "${host}"; add --anonymous none, or say the address twice ` +
    `with --anonymous-on "${host}"`
  );
}

/** `undefined` when tables live here; a text says what is wrong. */
function readTables(endpoint: string, given: string): StartOptions["tables"] | string {
  if (endpoint === "") {
    return given === "" ? undefined : "--tables-region needs --tables-endpoint as well";
  }
  if (!/^https?:\/\/[^/?#@]+\/?$/.test(endpoint) || !URL.canParse(endpoint)) {
    return `--tables-endpoint must be a URL such as http://127.0.0.1:8000, not "${endpoint}"`;
  }
  const [, named = ""] = /^dynamodb\.([a-z0-9-]+)\./.exec(new URL(endpoint).hostname) ?? [];
  const region = given || named;
  if (region === "") return `--tables-endpoint "${endpoint}" needs --tables-region as well`;
  return { endpoint: endpoint.replace(/\/$/, ""), region };
}

/** `undefined` when nothing asks for TLS; a text says what is missing. */
function readTls(text: (flag: string) => string): Tls | string | undefined {
  const [certificate, key] = [text("tls-cert"), text("tls-key")];
  if (certificate && key) {
    const authority = text("tls-ca") || undefined;
    return {
      port: Number(text("mqtts-port") || mqttsPort),
      files: { certificate, key, authority },
    };
  }
  const given = ["tls-cert", "tls-key", "tls-ca", "mqtts-port"].find((flag) => text(flag));
  if (!given) return undefined;
  const missing = ["--tls-cert", "--tls-key"].filter((flag) => !text(flag.slice(2)));
  return `--${given} needs ${missing.join(" and ")} as well`;
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function problem(text: string): OptionsResult {
  return { ok: false, problem: text };
}
