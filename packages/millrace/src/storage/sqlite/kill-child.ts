/**
 * A process to be killed: it updates without end, and prints the number of every update that was
 * acknowledged. Each update adds a pair of records and counts them, all or none.
 */

import { writeSync } from "node:fs";
import { silentLogger, textOf, utf8, type WorldError } from "../../base/mod.ts";
import { openSqliteRecords } from "./records.ts";

const onStopped = (error: WorldError): void => {
  throw error;
};
const records = await openSqliteRecords({
  path: process.argv[2]!,
  logger: silentLogger,
  onStopped,
});
const count = { space: "count", key: utf8("pairs") };

async function addPairs(): Promise<never> {
  for (;;) {
    const number = await records.update([count], ([value]) => {
      const next = Number(value ? textOf(value) : 0) + 1;
      const changes = [
        { ...count, value: utf8(`${next}`) },
        { space: "left", key: utf8(`${next}`), value: utf8(`left ${next}`) },
        { space: "right", key: utf8(`${next}`), value: utf8(`right ${next}`) },
      ];
      return { changes, result: next };
    });
    writeSync(1, `${number}\n`);
  }
}

await Promise.all(Array.from({ length: 20 }, addPairs));
