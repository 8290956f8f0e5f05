/** What an operation is: a request of any JSON value in, the body of the answer out. */

import type { Awaitable, Clock, Logger, Random } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Account } from "../catalog/describe.ts";
import type { SizeKeeper } from "../catalog/sizes.ts";

/** What operations work on. */
export interface Context {
  readonly catalog: Catalog;
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly account: Account;
  readonly sizes: SizeKeeper;
  readonly logger: Logger;
}

/** Throws a refusal for what the service would refuse. */
export type Operation<O = object> = (context: Context, request: unknown) => Promise<O>;

/** The same with the answer as its JSON in UTF-8, at once where nothing has to be waited for. */
export type Encoder = (context: Context, request: unknown) => Awaitable<Uint8Array>;
