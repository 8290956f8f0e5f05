/** Every dialect there is. What imports this carries the tables of MQTT 5. */

import { type Dialect, mqtt31, mqtt311 } from "./dialect.ts";
import { mqtt5 } from "./mqtt5/dialect.ts";

export const dialects: readonly Dialect[] = [mqtt31, mqtt311, mqtt5];

/** Throws a RangeError for another level than 3, 4 and 5. */
export function dialectOf(protocolLevel: number): Dialect {
  const dialect = dialects[protocolLevel - mqtt31.protocolLevel];
  if (dialect !== undefined) return dialect;
  throw new RangeError(`cannot speak protocol level "${protocolLevel}"`);
}
