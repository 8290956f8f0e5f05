import { afterEach, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { silentLogger, systemClock } from "../../base/mod.ts";
import type { Call, Outcome } from "../call.ts";
import { Places } from "../concurrency/places.ts";
import { cleanUp, newFolder } from "../house-fixture.ts";
import { loggingDefault } from "../logging/settings.ts";
import type { Program } from "../program.ts";
import { TemporaryFolders } from "../temporary-folders.ts";
import { Pool } from "./pool.ts";

afterEach(cleanUp);

const program: Program = {
  functionName: "greet",
  version: "$LATEST",
  command: ["sleep", "60"],
  marksLog: false,
  hasChannel: false,
  folder: tmpdir(),
  createVariables: () => ({ PATH: process.env.PATH ?? "" }),
  timeoutSeconds: 1,
  memoryMegabytes: 128,
  logging: loggingDefault,
  runtime: "provided.al2023",
};

async function newPool(): Promise<Pool> {
  return new Pool({
    program,
    places: new Places({ clock: systemClock, logger: silentLogger }),
    temporaryFolders: new TemporaryFolders(await newFolder({})),
    clock: systemClock,
    atEndOfTurn: setImmediate,
    write: () => {},
    logger: silentLogger,
  });
}

test("a pool that closes starts no process, whatever it is told", async () => {
  const pool = await newPool();
  pool.keepWarm(1);
  expect(pool.environmentCount).toBe(1);
  const closed = pool.close();
  await pool.replace({ ...program });
  await closed;
  pool.keepWarm(2);
  await pool.replace({ ...program });
  expect(pool.environmentCount).toBe(0);
});

test("a pool that retires and is closed meanwhile keeps nobody waiting", async () => {
  const pool = await newPool();
  const answered = Promise.withResolvers<Outcome>();
  const call: Call = { requestId: "1", payload: "{}", traceId: "", functionArn: "" };
  pool.invoke(call, answered.resolve);
  const retired = pool.retire();
  await pool.close();
  await retired;
  expect((await answered.promise).unavailable).toBe(true);
  expect(pool.environmentCount).toBe(0);
});
