/** What the compiler knows while it turns a tree into closures. */

import type { ExternalServices } from "../external/services.ts";
import type { Evaluate } from "../run.ts";
import type { Expression } from "../syntax/tree.ts";
import type { SqlVersion } from "../version.ts";

export interface Setting {
  readonly version: SqlVersion;
  readonly services: ExternalServices;
  /** Of the subqueries around, the innermost first: the names of their rows. */
  readonly aliases: readonly (string | undefined)[];
  /** Inside an expression that is remembered as a whole, so that its parts need not be. */
  readonly isRemembered?: boolean;
  /** Puts itself around every closure, to tell what it gave; absent when nobody asks. */
  readonly watch?: Watch | undefined;
}

export type Watch = (expression: Expression, evaluate: Evaluate) => Evaluate;
