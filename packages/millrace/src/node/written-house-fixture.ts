/** Houses of templates and handlers that tests write out, in temporary folders. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { quietly } from "./configuration-fixture.ts";
import { type House, startHouse } from "./house.ts";

const cleanups: (() => unknown)[] = [];

/** To be called after all tests. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** A house of these files, one of which is the template. */
export async function start(template: string, files: Record<string, string>): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-house-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const options = { template: join(folder, template), dataFolder: join(folder, "data") };
  const result = await startHouse({ ...quietly, ...options });
  if (!result.ok) throw new Error(result.problems.join("\n"));
  cleanups.push(() => result.house.close());
  return result.house;
}
