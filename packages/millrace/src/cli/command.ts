/** What a command is to the command line: a file of `commands/` each. */

import type { Environment, Flags, Given } from "./flags.ts";

export interface Invocation {
  readonly given: Given;
  readonly environment: Environment;
}

export interface Command {
  /** E.g. `rules test`. */
  readonly name: string;
  /** What stands behind the name, e.g. `[template.yaml] [flags]`. */
  readonly usage: string;
  /** Half a sentence, for the list of commands. */
  readonly summary: string;
  /** What its help says besides; ends without a line feed. */
  readonly details?: string;
  readonly flags: Flags;
  /** The exit code, or nothing: the process lives on. */
  run(invocation: Invocation): Promise<number | undefined>;
}

/** A command cannot do what it was asked for with these words; the process ends with code 2. */
export class UsageProblem extends Error {
  override name = "UsageProblem";
}
