/**
 * What the command line and the environment say, checked.
 *
 * A flag wins over its variable, a variable over the default. Unknown flags and unknown
 * `MILLRACE_*` variables are errors, because a misspelt setting that is ignored is found weeks
 * later.
 */

import { parseArgs } from "node:util";
import type { Anonymous, LimitsName, Tls } from "../node/mod.ts";

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
  /** Whether functions whose files change are made ready anew. */
  readonly watch: boolean;
  readonly json: boolean;
}

export type OptionsResult =
  | { readonly ok: true; readonly options: StartOptions }
  | { readonly ok: false; readonly problem: string };

interface Flag {
  readonly type: "string" | "boolean";
  /** May be given more than once; in its variable, one to a line. */
  readonly multiple?: boolean;
  readonly default: string;
  readonly placeholder?: string;
  readonly help: string;
}

const mqttsPort = 8883;

/** Every flag of `start`; the variable of `--api-port` is `MILLRACE_API_PORT`. */
export const startFlags: Readonly<Record<string, Flag>> = {
  parameter: {
    type: "string",
    multiple: true,
    default: "",
    placeholder: "NAME=VALUE",
    help: "a value for one of the template's Parameters; once for each",
  },
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
  "api-port": {
    type: "string",
    default: "4566",
    placeholder: "PORT",
    help: "the API door: AWS SDKs and the aws command line",
  },
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
    default: "all",
    placeholder: "none|tcp|all",
    help: "MQTT clients without credentials: refused, over TCP and TLS only, or everywhere",
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
  "no-watch": {
    type: "boolean",
    default: "false",
    help: "leave functions as they are when their files change",
  },
  json: { type: "boolean", default: "false", help: "print the addresses as one line of JSON" },
};

const anonymousValues: readonly Anonymous[] = ["none", "tcp", "all"];
const limitsNames: readonly LimitsName[] = ["mqtt", "aws"];

/** Options of `start` from what follows the command, e.g. `["app.yaml", "--port", "0"]`. */
export function readStartOptions(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): OptionsResult {
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith("MILLRACE_") && !flagOf(name),
  );
  if (unknown) return problem(`unknown variable "${unknown}" in the environment`);

  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    const options = Object.fromEntries(
      Object.entries(startFlags).map(([name, { type, multiple = false }]) => [
        name,
        { type, multiple },
      ]),
    );
    parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    return problem(messageOfParseArgs(error));
  }
  const [template = "template.yaml", ...more] = parsed.positionals;
  if (more.length > 0) return problem(`one template at a time, not also "${more[0]}"`);

  const text = (flag: string) => {
    const given = parsed.values[flag];
    if (Array.isArray(given)) return given.join("\n");
    return String(given ?? environment[variableOf(flag)] ?? startFlags[flag]?.default);
  };
  return checkedOptions(template, text);
}

function checkedOptions(template: string, text: (flag: string) => string): OptionsResult {
  for (const flag of ["port", "api-port", "mqtt-port", "mqtts-port"]) {
    const value = text(flag);
    if (flag === "mqtts-port" && value === "") continue;
    if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
      return problem(`--${flag} must be a number from 0 to 65535, not "${value}"`);
    }
  }
  for (const flag of ["memory", "json", "proxy-protocol", "no-watch"]) {
    const value = text(flag);
    if (value !== "true" && value !== "false") {
      return problem(`--${flag} must be true or false, not "${value}"`);
    }
  }
  const anonymous = anonymousValues.find((value) => value === text("anonymous"));
  if (!anonymous) {
    return problem(`--anonymous must be none, tcp or all, not "${text("anonymous")}"`);
  }
  const limits = limitsNames.find((name) => name === text("limits"));
  if (!limits) return problem(`--limits must be mqtt or aws, not "${text("limits")}"`);
  const retryDelays = text("retry-delays");
  if (!/^\d{1,5}(\.\d+)?(,\d{1,5}(\.\d+)?)*$/.test(retryDelays)) {
    return problem(`--retry-delays must be seconds such as 60,120, not "${retryDelays}"`);
  }
  const parameters: Record<string, string> = {};
  for (const line of text("parameter").split("\n").filter(Boolean)) {
    const [name, ...value] = line.split("=");
    if (!name || value.length === 0)
      return problem(`--parameter must be NAME=VALUE, not "${line}"`);
    parameters[name] = value.join("=");
  }
  const host = text("host");
  if (anonymous !== "none" && !isLoopback(host)) {
    return problem(
      `--anonymous ${anonymous} lets everyone in with full rights, which is only allowed while ` +
        `bound to loopback, not to "${host}"; add --anonymous none`,
    );
  }
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
      retryDelaysSeconds: retryDelays.split(",").map(Number),
      json: text("json") === "true",
    },
  };
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

function variableOf(flag: string): string {
  return `MILLRACE_${flag.toUpperCase().replaceAll("-", "_")}`;
}

function flagOf(variable: string): string | undefined {
  return Object.keys(startFlags).find((flag) => variableOf(flag) === variable);
}

/** The first sentence; what follows in Node's texts is advice for another program. */
function messageOfParseArgs(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const sentence = text.split(". ")[0] ?? text;
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replaceAll("'", '"');
}

function problem(text: string): OptionsResult {
  return { ok: false, problem: text };
}
