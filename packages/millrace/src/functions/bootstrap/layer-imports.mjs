/**
 * Lets `import` find packages where `require` does, in the folders of NODE_PATH, as on Lambda. What
 * Node finds by itself comes first.
 */

import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

const parents = (process.env.NODE_PATH ?? "")
  .split(delimiter)
  .filter((folder) => folder !== "")
  .map((folder) => pathToFileURL(join(folder, "..", "from-node-path.mjs")).href);

const bare = /^[^./#:][^:]*$/;

export async function resolve(specifier, context, nextResolve) {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (error?.code !== "ERR_MODULE_NOT_FOUND" || !bare.test(specifier)) throw error;
    for (const parentURL of parents) {
      const found = await nextResolve(specifier, { ...context, parentURL }).catch(() => undefined);
      if (found) return found;
    }
    throw error;
  }
}
