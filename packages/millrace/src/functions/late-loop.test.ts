/** The server's loop is held up by something else while calls end. */

import { afterEach, expect, test } from "bun:test";
import { textOf } from "../base/mod.ts";
import type { InvokeResult } from "./call.ts";
import { cleanUp, cleanups, define, start } from "./house-fixture.ts";

afterEach(cleanUp);

const handler = `exports.handler = async ({ ms }) => {
  if (ms) await new Promise((resolve) => setTimeout(resolve, ms));
  return process.pid;
};`;

/** A server in this process whose answers hold everything up until a moment. */
function startStalling(): (untilMs: number) => Promise<unknown> {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const untilMs = Number(new URL(request.url).pathname.slice(1));
      while (performance.now() < untilMs);
      return new Response("done");
    },
  });
  cleanups.push(() => server.stop(true));
  return (untilMs) => fetch(`http://127.0.0.1:${server.port}/${untilMs}`);
}

function textOfAnswer(result: InvokeResult): string {
  return result.found ? textOf(result.payload) : "not found";
}

test("an answer that came in time counts, though it is read after the limit, and so does the next call", async () => {
  const stall = startStalling();
  const definition = await define({ "app.js": handler }, { timeoutSeconds: 2 });
  const { functions } = await start([definition], { processesMax: 1 });
  const process = textOfAnswer(await functions.invoke("greet", "{}"));
  const beganMs = performance.now();
  const first = functions.invoke("greet", '{"ms":1200}');
  const second = functions.invoke("greet", "{}");
  await Bun.sleep(1_000);
  await stall(beganMs + 2_300);
  expect([textOfAnswer(await first), textOfAnswer(await second)]).toEqual([process, process]);
});
