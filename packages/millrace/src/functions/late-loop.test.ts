/** The server's loop is held up by something else while calls end. */

import { afterEach, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { textOf } from "../base/mod.ts";
import type { InvokeResult } from "./call.ts";
import { cleanUp, cleanups, define, newFolder, start } from "./house-fixture.ts";

afterEach(cleanUp);

const handler = `
const { existsSync, writeFileSync } = require("node:fs");
exports.handler = async ({ folder }) => {
  if (folder) {
    writeFileSync(folder + "/begun", "");
    while (!existsSync(folder + "/go")) await new Promise((resolve) => setTimeout(resolve, 5));
    writeFileSync(folder + "/answers", "");
  }
  return process.pid;
};`;

/** Does something that holds the loop up while it reads, as another request's answer may. */
async function holdUp(act: () => void): Promise<void> {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch() {
      act();
      return new Response("done");
    },
  });
  cleanups.push(() => server.stop(true));
  await fetch(`http://127.0.0.1:${server.port}/`);
}

function textOfAnswer(result: InvokeResult): string {
  return result.found ? textOf(result.payload) : "not found";
}

test("an answer that came in time counts, though it is read after the limit, and so does the next call", async () => {
  const timeoutSeconds = 4;
  const definition = await define({ "app.js": handler }, { timeoutSeconds });
  const { functions } = await start([definition], { processesMax: 1 });
  const process = textOfAnswer(await functions.invoke("greet", "{}"));
  const folder = await newFolder({});
  const beganMs = performance.now();
  const first = functions.invoke("greet", JSON.stringify({ folder }));
  const second = functions.invoke("greet", "{}");
  while (!existsSync(join(folder, "begun"))) await Bun.sleep(5);
  await holdUp(() => {
    writeFileSync(join(folder, "go"), "");
    while (!existsSync(join(folder, "answers"))) Bun.sleepSync(5);
    Bun.sleepSync(beganMs + timeoutSeconds * 1000 + 300 - performance.now()); // the limit passes
  });
  expect([textOfAnswer(await first), textOfAnswer(await second)]).toEqual([process, process]);
});
