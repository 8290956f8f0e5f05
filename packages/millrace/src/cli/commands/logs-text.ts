/**
 * Lines of logs for people: when, which level, which call, and the text. What the platform says is
 * said shortly; a text of several lines goes on below, set in. Lines are as long as they are: a
 * narrow terminal wraps them, nothing is cut.
 */

import { type Style, visible } from "../terminal.ts";

/** A line of `GET /_millrace/logs`, or what is said of lines that are not there. */
export type ToldLine = LogLine | { readonly missed: number } | { readonly unread: true };

export interface LogLine {
  readonly time: string;
  readonly group: string;
  readonly stream: string;
  /** As the node knows it: not every message says it. */
  readonly requestId?: string | undefined;
  readonly message: string;
}

export interface LogWriterOptions {
  readonly style: Style;
  /** Lines of more than one group are shown. */
  readonly namesGroup: boolean;
}

interface Parts {
  /** Empty where nothing says it. */
  readonly level: string;
  readonly requestId: string | undefined;
  readonly text: string;
  readonly isPlatform?: true;
}

const functionGroup = "/aws/lambda/";
const nodeLine = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t(\S+)\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t(.*)$/s;
const pythonLine = /^\[(DEBUG|INFO|WARNING|ERROR|CRITICAL)\]\t\S+Z\t(\S*)\t(.*)$/s;
const platformLine =
  /^(START|END|REPORT|INIT_START|INIT_REPORT)\b\s*(?:RequestId: (\S+))?\s*(.*)$/s;
const brokenLine = /^(?:\d{4}-\S+Z (\S+) (Task timed out.*)|RequestId: (\S+) Error: (.*))$/s;

export class LogWriter {
  readonly #options: LogWriterOptions;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** Ends with a line feed. */
  write(line: ToldLine): string {
    const { style, namesGroup } = this.#options;
    if ("missed" in line) {
      const why = "they came too quickly, or the filter takes too long on them";
      return `… ${line.missed} not shown: ${why}\n`;
    }
    if ("unread" in line) return `${style.dim("… older lines are not shown")}\n`;
    const parts = partsOf(line.message.replace(/\n+$/, ""));
    const { level, requestId = line.requestId, text, isPlatform } = parts;
    const [first = "", ...more] = text.split("\n").map(visibleButTabs);
    const columns = [
      style.dim(clockTime(line.time)),
      this.#level(level),
      ...(namesGroup ? [style.name(visible(groupText(line.group)))] : []),
      style.dim(requestId?.slice(0, 8) ?? "-"),
      isPlatform ? style.dim(first) : first,
    ];
    const rest = more.map((one) => `    ${one}\n`).join("");
    return `${columns.join(" ").trimEnd()}\n${rest}`;
  }

  #level(level: string): string {
    const { style } = this.#options;
    const shown = (level || "·").padEnd(5);
    if (level === "ERROR" || level === "FATAL") return style.bad(shown);
    return level === "WARN" ? style.strong(shown) : style.dim(shown);
  }
}

function groupText(group: string): string {
  return group.startsWith(functionGroup) ? group.slice(functionGroup.length) : group;
}

function partsOf(message: string): Parts {
  if (message.startsWith("{")) return jsonParts(message);
  const node = nodeLine.exec(message);
  if (node) {
    const requestId = node[1] === "undefined" ? undefined : node[1];
    return { level: node[2]!, requestId, text: unrolled(node[3]!) };
  }
  const python = pythonLine.exec(message);
  if (python) {
    const [, level, requestId, text] = python;
    return { level: shortLevels[level!] ?? level!, requestId: requestId || undefined, text: text! };
  }
  const broken = brokenLine.exec(message);
  if (broken) {
    const requestId = broken[1] ?? broken[3];
    return { level: "ERROR", requestId, text: (broken[2] ?? broken[4])! };
  }
  const platform = platformLine.exec(message);
  if (!platform) return { level: "", requestId: undefined, text: message };
  const [, kind, requestId, rest] = platform;
  return { level: "", requestId, text: platformText(kind!, rest!), isPlatform: true };
}

const shortLevels: Readonly<Record<string, string>> = { WARNING: "WARN", CRITICAL: "FATAL" };

/** `REPORT 12.34 ms, billed 13 ms, 45 of 128 MB, init 60 ms`. */
function platformText(kind: string, rest: string): string {
  if (kind !== "REPORT") return `${kind} ${rest.replaceAll("\t", " ")}`.trimEnd();
  const fields = new Map(
    rest.split("\t").map((field): [string, string] => {
      const [name = "", ...value] = field.split(": ");
      return [name, value.join(": ")];
    }),
  );
  const told = [
    fields.get("Duration"),
    `billed ${fields.get("Billed Duration")}`,
    `${fields.get("Max Memory Used")?.replace(" MB", "")} of ${fields.get("Memory Size")}`,
    fields.has("Init Duration") && `init ${fields.get("Init Duration")}`,
    fields.has("Status") && fields.get("Status"),
    fields.get("Error Type"),
  ];
  return `${kind} ${told.filter(Boolean).join(", ")}`;
}

/** What lines of the JSON format have that is shown otherwise, or says little. */
const shownElsewhere = new Set([
  ...["timestamp", "time", "level", "requestId", "message", "logger", "location"],
  ...["errorType", "errorMessage", "stack", "trace", "stackTrace"],
]);

/** Lines of the JSON format: ours, and what handlers log. */
function jsonParts(message: string): Parts {
  let line: Record<string, unknown>;
  try {
    line = JSON.parse(message);
  } catch {
    return { level: "", requestId: undefined, text: message }; // no JSON after all
  }
  const { type, record, level, requestId } = line;
  if (typeof type === "string" && type.startsWith("platform.")) {
    const { requestId: id, ...rest } = (record ?? {}) as Record<string, unknown>;
    const said = `${type.slice("platform.".length)} ${JSON.stringify(rest)}`;
    return { level: "", requestId: textOrNone(id), text: said, isPlatform: true };
  }
  const shown = typeof level === "string" ? level.toUpperCase() : "";
  return {
    level: shortLevels[shown] ?? shown,
    requestId: textOrNone(requestId),
    text: line.message === undefined ? message : jsonText(line),
  };
}

/** The message, what else was given with it, and the error that it is about. */
function jsonText(line: Record<string, unknown>): string {
  const { message } = line;
  const text =
    typeof message === "string" ? message : (traceOf(message) ?? JSON.stringify(message));
  const others = Object.entries(line).filter(([name]) => !shownElsewhere.has(name));
  const [first = "", ...more] = text.split("\n");
  const told = others.length > 0 ? `${first} ${JSON.stringify(Object.fromEntries(others))}` : first;
  const trace = traceOf(line);
  const hasTrace = trace !== undefined && !text.includes(String(line.errorMessage));
  return [told, ...more, ...(hasTrace ? [trace.trimEnd()] : [])].join("\n");
}

/** What a handler threw, with its trace in lines of their own. */
function unrolled(text: string): string {
  const [, what, json] = /^([A-Z][\w ]+) \t(\{.*\})$/s.exec(text) ?? [];
  if (what === undefined || json === undefined) return text;
  try {
    const trace = traceOf(JSON.parse(json));
    return trace === undefined ? text : `${what}: ${trace}`;
  } catch {
    return text; // the handler's own words, then
  }
}

/** `undefined`: it is no error. */
function traceOf(error: unknown): string | undefined {
  const { errorType, errorMessage, stack, trace, stackTrace } = (error ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof errorType !== "string" || typeof errorMessage !== "string") return undefined;
  const lines = [stack, trace, stackTrace].find((one) => Array.isArray(one)) as
    | unknown[]
    | undefined;
  const [first, ...rest] = (lines ?? []).map(String);
  const said = `${errorType}: ${errorMessage}`;
  return first === undefined || first === said
    ? [said, ...rest].join("\n")
    : [said, first, ...rest].join("\n");
}

function textOrNone(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function visibleButTabs(text: string): string {
  return text.split("\t").map(visible).join("  ");
}

/** Of this machine's time zone, with milliseconds. */
function clockTime(time: string): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
