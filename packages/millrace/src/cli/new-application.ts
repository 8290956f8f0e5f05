/**
 * A new application: its files, written into a folder that has none of them.
 *
 * What does not depend on the folder lies ready in `new-application/`, as it is written: nothing is
 * filled in there. Two names begin with a dot only when they are written, because npm leaves out or
 * takes for its own what begins so in a package.
 */

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const source = join(packageFolder, "new-application");
const inspectPortMin = 9229;
/** Of the template, in its order, which is that of their ports. */
const functionNames = ["Greet", "Home"];

export type NewApplicationResult =
  | { readonly ok: true; readonly paths: readonly string[] }
  | { readonly ok: false; readonly existing: readonly string[] };

/** The paths that were written, or those that are there already; then nothing is written. */
export async function writeNewApplication(folder: string): Promise<NewApplicationResult> {
  const files = await readFiles(folder);
  const existing = [...files.keys()].filter((path) => existsSync(join(folder, path)));
  if (existing.length > 0) return { ok: false, existing };
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: "wx" });
  }
  return { ok: true, paths: [...files.keys()] };
}

async function readFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const shown = relative(source, path).replaceAll("\\", "/");
    files.set(shown.replace(/^gitignore$/, ".gitignore"), await readFile(path, "utf8"));
  }
  files.set("package.json", json(packageOf(folder)));
  files.set(".vscode/launch.json", json(launchOf()));
  return new Map([...files].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function packageOf(folder: string): object {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return {
    name: name || "application",
    private: true,
    type: "module",
    scripts: { start: "millrace start", debug: "millrace start --inspect" },
    dependencies: { millrace: findMillrace(folder) },
  };
}

/** As it was installed; a checkout, which no registry has, by its place. */
function findMillrace(folder: string): string {
  if (packageFolder.includes("node_modules")) return manifest.version;
  return `file:${relative(folder, packageFolder).replaceAll("\\", "/")}`;
}

/** A configuration for each function, and one for all of them. */
function launchOf(): object {
  const configurations = functionNames.map((name, index) => ({
    name,
    type: "node",
    request: "attach",
    address: "127.0.0.1",
    port: inspectPortMin + index,
    restart: true,
    skipFiles: ["<node_internals>/**"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the editor puts the folder there
    resolveSourceMapLocations: ["${workspaceFolder}/**", "!**/node_modules/**"],
  }));
  const compounds = [{ name: "All functions", configurations: functionNames }];
  return { version: "0.2.0", configurations, compounds };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
