/**
 * Bundles with esbuild: handlers as SAM's `BuildMethod: esbuild` does, and modules for the browser.
 *
 * A bundle is made beside the one before and takes its place when it is whole: a mistake in the
 * sources leaves what is there. esbuild is loaded when the first bundle is stale, and its helper
 * process then stays until the server ends. A bundle that fails leaves no record, so the next start
 * tries again.
 */

import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { BuildFailure, BuildOptions, Message } from "esbuild";
import esbuildPackage from "esbuild/package.json";
import {
  type FileRead,
  isFresh,
  recordFolderOf,
  stateOf,
  stateOfRead,
  writeRecord,
} from "./bundle-record.ts";
import type { FunctionBuild } from "./definition.ts";
import type { BuildProblem } from "./problems.ts";
import { leaveToRuntime } from "./provided.ts";

export interface FunctionBundleRequest {
  readonly sourceFolder: string;
  readonly outFolder: string;
  readonly build: FunctionBuild;
}

export interface BrowserBundleRequest {
  readonly sourceFolder: string;
  /** Relative to `sourceFolder`; `a/app.ts` becomes `a/app.js`. */
  readonly entryPoints: readonly string[];
  readonly minify: boolean;
  readonly target: string;
  readonly sourcemap: boolean;
  /** Emptied first. */
  readonly outFolder: string;
}

/**
 * Bundles the handlers of a function into `outFolder`, which is emptied first. What the
 * runtime provides stays an import. Answers with what is wrong in the sources.
 */
export function bundleFunction(request: FunctionBundleRequest): Promise<BuildProblem[]> {
  const { build, sourceFolder, outFolder } = request;
  const esm = build.format === "esm";
  const options: BuildOptions = {
    absWorkingDir: sourceFolder,
    entryPoints: [...build.entryPoints],
    outdir: outFolder,
    platform: "node",
    format: build.format,
    outExtension: { ".js": esm ? ".mjs" : ".js", ...build.outExtensions },
    external: [...build.external],
    plugins: [leaveToRuntime],
    target: build.target,
    minify: build.minify,
    sourcemap: build.sourcemap,
    ...(build.banner && { banner: { ...build.banner } }),
    ...(build.loaders && { loader: { ...build.loaders } }),
    ...(build.mainFields && { mainFields: [...build.mainFields] }),
    ...(build.sourcesContent !== undefined && { sourcesContent: build.sourcesContent }),
  };
  // A package.json of its own, so that none further up says what a `.js` file is.
  return bundle(options, [{ name: "package.json", text: '{"type":"commonjs"}\n' }]);
}

const hintOfSdk2 = ": version 2 of the AWS SDK is not provided here, npm install aws-sdk";

/** Bundles each entry point into an ES module for the browser; answers as `bundleFunction`. */
export function bundleForBrowser(request: BrowserBundleRequest): Promise<BuildProblem[]> {
  const options: BuildOptions = {
    absWorkingDir: request.sourceFolder,
    entryPoints: [...request.entryPoints],
    outbase: request.sourceFolder,
    outdir: request.outFolder,
    platform: "browser",
    format: "esm",
    target: request.target,
    minify: request.minify,
    sourcemap: request.sourcemap,
  };
  return bundle(options, []);
}

/** What esbuild says of the disk, among what it says of the sources. */
const notWritten = /^Failed to write to output file\b/;

interface ExtraFile {
  readonly name: string;
  readonly text: string;
}

async function bundle(options: BuildOptions, extras: ExtraFile[]): Promise<BuildProblem[]> {
  const sourceFolder = options.absWorkingDir!;
  const outFolder = options.outdir!;
  const recordFolder = recordFolderOf(outFolder);
  const key = JSON.stringify([esbuildPackage.version, options, extras]);
  if (await isFresh(recordFolder, key)) return [];
  const newFolder = `${outFolder}.new`;
  await rm(newFolder, { recursive: true, force: true });
  await mkdir(newFolder, { recursive: true });
  const { ctimeMs: beganMs } = await stat(newFolder);
  for (const extra of extras) await writeFile(join(newFolder, extra.name), extra.text);
  const esbuild = await import("esbuild");
  try {
    const made = await esbuild.build({
      ...options,
      outdir: newFolder,
      bundle: true,
      metafile: true,
      logLevel: "silent",
    });
    const atSource = (path: string) => resolve(sourceFolder, path);
    const inputs: FileRead[] = [
      ...Object.entries(made.metafile.inputs).map(([path, { bytes }]) => {
        return { path: atSource(path), bytes, beganMs };
      }),
      ...settingsOf(sourceFolder).map((path) => ({ path, beganMs })),
    ];
    await rm(recordFolder, { recursive: true, force: true });
    await mkdir(recordFolder, { recursive: true });
    await replaceFolder(newFolder, outFolder);
    const outputs = [
      ...Object.keys(made.metafile.outputs).map((path) =>
        join(outFolder, relative(newFolder, atSource(path))),
      ),
      ...extras.map((extra) => join(outFolder, extra.name)),
    ];
    await writeRecord(recordFolder, {
      key,
      inputs: await Promise.all(inputs.map(stateOfRead)),
      outputs: await Promise.all(outputs.map(stateOf)),
    });
    return [];
  } catch (thrown) {
    const errors = (thrown as Partial<BuildFailure>).errors;
    if (!errors || errors.every(({ text }) => notWritten.test(text))) throw thrown;
    return errors.map((error) => describe(error, sourceFolder));
  }
}

/** They change a bundle, and esbuild, which looks above too, does not list them as its inputs. */
function settingsOf(sourceFolder: string): string[] {
  const found: string[] = [];
  for (let folder = sourceFolder; ; folder = dirname(folder)) {
    found.push(join(folder, "tsconfig.json"), join(folder, "package.json"));
    if (folder === dirname(folder)) return found;
  }
}

/** Two renames, one behind the other, so that a process that starts meanwhile finds a folder. */
async function replaceFolder(newFolder: string, folder: string): Promise<void> {
  const old = `${folder}.old`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(folder)) await rename(folder, old);
  await rename(newFolder, folder);
  await rm(old, { recursive: true, force: true });
}

function describe(error: Message, sourceFolder: string): BuildProblem {
  const isSdk2 = /^Could not resolve "aws-sdk[/"]/.test(error.text);
  const message = error.text.replace(/\.$/, "") + (isSdk2 ? hintOfSdk2 : "");
  if (!error.location) return { message };
  const { file, line, column } = error.location;
  const path = isAbsolute(file) ? file : join(sourceFolder, file);
  return { message, file: path, line, column: column + 1 };
}
