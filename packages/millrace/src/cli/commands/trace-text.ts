/**
 * Executions of rules as lines for people: when, what became of it, which rule, which topic, whose
 * message, how long, and what followed. What was caused by a rule stands below it, set in. Where a
 * policy refused, the action stands in the place of the rule, and what is to be done at the end.
 */

import { shortened } from "../../base/mod.ts";
import { type Style, visible } from "../terminal.ts";

/** A line of `GET /_millrace/trace`. */
export type TraceLine = ExecutionLine | RefusalLine;

export interface ExecutionLine {
  readonly number: number;
  readonly time: string;
  readonly traceId: string;
  readonly rule: string;
  readonly topic: string;
  readonly clientId?: string;
  readonly depth: number;
  readonly outcome: "ok" | "action-failed" | "where-false" | "sql-failed";
  readonly failure?: string;
  readonly durationMs: number;
  readonly actions: readonly TracedAction[];
  readonly errorAction?: TracedAction;
}

export interface RefusalLine {
  readonly number: number;
  readonly time: string;
  readonly outcome: "refused";
  readonly action: string;
  readonly resource: string;
  /** Where the resource is one. */
  readonly topic?: string;
  readonly clientId?: string;
  readonly principal: string;
  readonly reason: string;
  readonly remedy?: { readonly sentence: string; readonly statement?: object };
}

interface TracedAction {
  readonly kind: string;
  /** What it acted on. */
  readonly resource?: string;
  /** Why it failed. */
  readonly problem?: string;
}

/**
 * Those of one cause together, a rule before those that it set off. A rule ends after what follows
 * from its republish, so they come the other way round.
 */
export function orderByCause(lines: readonly TraceLine[]): TraceLine[] {
  const causeOf = (line: TraceLine) => ("traceId" in line ? line.traceId : line.number);
  const depthOf = (line: TraceLine) => ("depth" in line ? line.depth : 0);
  const groups = Map.groupBy(lines, causeOf);
  return [...groups.values()].flatMap((group) =>
    group.toSorted((left, right) => depthOf(left) - depthOf(right) || left.number - right.number),
  );
}

const columnsMax = { rule: 28, topic: 40, clientId: 24 } as const;
const columnNames = ["rule", "topic", "clientId"] as const;
type ColumnTexts = Readonly<Record<(typeof columnNames)[number], string>>;

function columnTexts(line: TraceLine): ColumnTexts {
  const shown = (column: keyof ColumnTexts, text: string) =>
    shortened(visible(text), columnsMax[column] - 1);
  return {
    rule: shown("rule", line.outcome === "refused" ? line.action : indented(line)),
    topic: shown("topic", line.topic ?? "-"),
    clientId: shown("clientId", line.clientId ?? "-"),
  };
}

function indented({ depth, rule }: ExecutionLine): string {
  return depth === 0 ? rule : `${"  ".repeat(depth - 1)}└ ${rule}`;
}

/** Columns grow with what stands in them, so that lines that come one by one stay in line. */
export class TraceWriter {
  readonly #style: Style;
  readonly #widths = { rule: 8, topic: 12, clientId: 6 };

  constructor(style: Style) {
    this.#style = style;
  }

  /** Lines that come at once; each ends with a line feed. */
  write(lines: readonly TraceLine[]): string {
    const ordered = orderByCause(lines).map((line) => ({ line, texts: columnTexts(line) }));
    for (const { texts } of ordered) this.#widen(texts);
    return ordered.map(({ line, texts }) => `${this.#line(line, texts)}\n`).join("");
  }

  #widen(texts: ColumnTexts): void {
    for (const column of columnNames) {
      this.#widths[column] = Math.max(this.#widths[column], texts[column].length);
    }
  }

  #line(line: TraceLine, texts: ColumnTexts): string {
    const { dim, name } = this.#style;
    const padded = (column: keyof ColumnTexts) => texts[column].padEnd(this.#widths[column]);
    const columns = [
      dim(clockTime(line.time)),
      this.#mark(line),
      name(padded("rule")),
      padded("topic"),
      dim(padded("clientId")),
      dim((line.outcome === "refused" ? "-" : durationText(line.durationMs)).padStart(9)),
      dim(line.outcome === "refused" ? "-".padEnd(8) : line.traceId.slice(0, 8)),
      line.outcome === "refused" ? this.#refusal(line) : this.#detail(line),
    ];
    return columns.join("  ").trimEnd();
  }

  #mark({ outcome }: TraceLine): string {
    const { good, bad, dim } = this.#style;
    if (outcome === "ok") return good("✓");
    return outcome === "where-false" ? dim("·") : bad("✗");
  }

  #refusal({ reason, remedy }: RefusalLine): string {
    const { bad, dim } = this.#style;
    const told = bad(visible(reason));
    if (!remedy) return told;
    const statement = remedy.statement ? `: ${JSON.stringify(remedy.statement)}` : "";
    return `${told}; ${dim(visible(remedy.sentence + statement))}`;
  }

  #detail({ outcome, failure, actions, errorAction }: ExecutionLine): string {
    const { dim, bad } = this.#style;
    if (outcome === "where-false") return dim("WHERE was not true");
    if (outcome === "sql-failed") return bad(visible(`the statement failed: ${failure ?? ""}`));
    const told = actions.map((action) => this.#action("", action));
    if (errorAction) told.push(this.#action("error action ", errorAction));
    return told.length === 0 ? dim("no action") : told.join(", ");
  }

  #action(role: string, { kind, resource, problem }: TracedAction): string {
    const what = visible(`${role}${kind}${resource === undefined ? "" : ` ${resource}`}`);
    return problem === undefined ? what : this.#style.bad(`${what} failed: ${visible(problem)}`);
  }
}

/** Of this machine's time zone, with milliseconds. */
function clockTime(time: string): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function durationText(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 2 : 1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
