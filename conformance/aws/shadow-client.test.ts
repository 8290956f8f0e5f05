/** Amazon's own shadow client, which subscribes, correlates by tokens and streams, just works. */

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../harness.ts";

test.each(["mqtt", "aws"])("with --limits %s", async (limits) => {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace-shadow-client-"));
  const template = "bench/empty-template.yaml";
  const server = await startServer({ template, dataFolder, flags: ["--limits", limits] });
  const cmd = ["node", join(import.meta.dir, "shadow-client.mjs"), server.mqtt];
  const client = Bun.spawn({ cmd, stdout: "pipe", stderr: "inherit" });
  const [told, code] = [await new Response(client.stdout).text(), await client.exited];
  await server.stop();
  rmSync(dataFolder, { recursive: true });
  expect(code).toBe(0);
  expect(JSON.parse(told)).toEqual({
    missing: { code: 404, message: "No shadow exists with name: 'lamp'" },
    updated: { version: 1, state: { desired: { power: "on" } } },
    delta: { power: "on" },
    current: { desired: { power: "on" } },
    whole: { desired: { power: "on" }, reported: { power: "on" } },
    named: 1,
    conflict: 409,
    deleted: 1,
  });
});
