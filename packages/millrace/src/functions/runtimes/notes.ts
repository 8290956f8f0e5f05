/**
 * What is said of runtimes that do not run as their names say: once for each name and start, when
 * the start is over, because asking Node for its version takes as long as starting it.
 */

import type { Logger } from "../../base/mod.ts";
import { kindOf, type Machine, type NodeCommand } from "./runtime.ts";

/** Runtimes that AWS takes for new functions no longer. [Lambda runtimes: deprecated] */
const retired = /^(nodejs(4\.3(-edge)?|6\.10|8\.10|1[02468]\.x|20\.x)?|python3\.[6789])$/;

export class RuntimeNotes {
  readonly #machine: Machine;
  readonly #logger: Logger;
  readonly #told = new Set<string>();
  #node: Promise<string> | undefined;

  constructor(options: { readonly machine: Machine; readonly logger: Logger }) {
    this.#machine = options.machine;
    this.#logger = options.logger;
  }

  /** Answers when it is said, if there is something to say. */
  async tell(runtime: string): Promise<void> {
    if (this.#told.has(runtime)) return;
    this.#told.add(runtime);
    const actual = await this.#actual(runtime);
    const isRetired = retired.test(runtime);
    if (actual === undefined || (!isRetired && isSame(runtime, actual))) return;
    const what = isRetired ? "is retired by AWS and runs" : "runs";
    this.#logger.warn(`"${runtime}" ${what} on ${actual}, which this machine has`);
  }

  /** `undefined`: the code brings it along, or nothing can run it. */
  async #actual(runtime: string): Promise<string | undefined> {
    const kind = kindOf(runtime);
    if (kind === "python") {
      const python = this.#machine.findPython();
      return python && `Python ${python.version}`;
    }
    if (kind !== "node") return undefined;
    this.#node ??= nameOf(this.#machine.node);
    return this.#node;
  }
}

/** Whether `nodejs22.x` is `Node 22`, or `python3.11` is `Python 3.11`. */
function isSame(runtime: string, actual: string): boolean {
  return (
    runtime
      .replace(/^nodejs/, "Node ")
      .replace(/^python/, "Python ")
      .replace(/\.x$/, "") === actual
  );
}

/** With the first part of its version, which is what runtimes are named by. */
async function nameOf({ kind, file }: NodeCommand): Promise<string> {
  if (kind === "bun") return "Bun";
  try {
    const child = Bun.spawn([file, "--version"], { stdin: "ignore", stderr: "ignore" });
    const [, major] = /^v(\d+)\./.exec(await new Response(child.stdout).text()) ?? [];
    return major === undefined ? "Node" : `Node ${major}`;
  } catch {
    return "Node"; // it cannot be started: calls will say so
  }
}
