/** Why a function cannot be started: values for the loader of the template to show. */

export interface StartProblem {
  readonly functionName: string;
  /** Without a full stop; names the place itself when there is no `file`. */
  readonly message: string;
  /** Absolute path. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** What a bundler says of a source file. */
export type BuildProblem = Omit<StartProblem, "functionName">;
