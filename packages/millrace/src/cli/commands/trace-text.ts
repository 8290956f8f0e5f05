/**
 * Executions of rules as lines for people: when, what became of it, which rule, which topic, whose
 * message, how long, and what followed. What was caused by a rule stands below it, set in.
 */

import { shortened } from "../../base/mod.ts";
import { type Style, visible } from "../terminal.ts";

/** A line of `GET /_millrace/trace`. */
export interface TraceLine {
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
  const groups = Map.groupBy(lines, ({ traceId }) => traceId);
  return [...groups.values()].flatMap((group) =>
    group.toSorted((left, right) => left.depth - right.depth || left.number - right.number),
  );
}

const columnsMax = { rule: 28, topic: 40, clientId: 24 } as const;
const columnNames = ["rule", "topic", "clientId"] as const;
type ColumnTexts = Readonly<Record<(typeof columnNames)[number], string>>;

function columnTexts({ depth, rule, topic, clientId = "-" }: TraceLine): ColumnTexts {
  const indent = depth === 0 ? "" : `${"  ".repeat(depth - 1)}└ `;
  const shown = (column: keyof ColumnTexts, text: string) =>
    shortened(visible(text), columnsMax[column] - 1);
  return {
    rule: shown("rule", indent + rule),
    topic: shown("topic", topic),
    clientId: shown("clientId", clientId),
  };
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
      dim(durationText(line.durationMs).padStart(9)),
      dim(line.traceId.slice(0, 8)),
      this.#detail(line),
    ];
    return columns.join("  ").trimEnd();
  }

  #mark({ outcome }: TraceLine): string {
    const { good, bad, dim } = this.#style;
    if (outcome === "ok") return good("✓");
    return outcome === "where-false" ? dim("·") : bad("✗");
  }

  #detail({ outcome, failure, actions, errorAction }: TraceLine): string {
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
