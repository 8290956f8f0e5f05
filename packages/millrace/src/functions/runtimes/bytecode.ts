/** What Python keeps of the sources that it has compiled. */

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { bytecodeAgeMsMin } from "../limits.ts";

/**
 * Removes what was compiled just now, at most `bytecodeAgeMsMin` before `nowMs`: Python takes it
 * for up to date when its source has the same length and was saved in the same second, so of two
 * saves in one second it might run the first. Source: PEP 552.
 */
export async function forgetYoungBytecode(folder: string, nowMs: number): Promise<void> {
  const options = { withFileTypes: true, recursive: true } as const;
  const entries = await readdir(folder, options).catch(() => []); // none yet
  const files = entries.filter((entry) => entry.isFile());
  await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const found = await stat(path).catch(() => undefined); // gone by now
      if (found && found.mtimeMs >= nowMs - bytecodeAgeMsMin) await rm(path, { force: true });
    }),
  );
}
