/** What handlers find without installing it, as on Lambda: the clients of the SDK that we have. */

import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

export const providedScopes = ["@aws-sdk", "@smithy"];

const ofScopes = /^(@aws-sdk|@smithy)\/[^/]+/;
const scopeFolders = providedScopes.map((scope) => join(sep, "node_modules", scope, sep));

/** The folder that holds the scopes. */
export function providedModules(): string {
  const found = import.meta.resolve("@aws-sdk/client-dynamodb/package.json");
  return dirname(dirname(dirname(fileURLToPath(found))));
}

/**
 * Leaves out of a bundle what is provided. A client that is not becomes part of the bundle, with
 * its own parts of the SDK; one that is not installed either is an error, with its place.
 */
export const leaveToRuntime: Plugin = {
  name: "what the runtime provides",
  setup({ onResolve }) {
    const modules = providedModules();
    onResolve({ filter: ofScopes }, ({ path, importer }) => {
      const isPart = scopeFolders.some((folder) => importer.includes(folder));
      const isProvided = existsSync(join(modules, ofScopes.exec(path)![0]));
      return isProvided && !isPart ? { path, external: true } : undefined;
    });
  },
};
