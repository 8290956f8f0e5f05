/** The shape of an operation file: the parsed body in, the body of the answer out. */

import type { Result, Tables } from "../../tables/mod.ts";

/** `input` is any JSON value; the tables check it. */
export type TableOperation = (tables: Tables, input: unknown) => Promise<Result<object>>;
