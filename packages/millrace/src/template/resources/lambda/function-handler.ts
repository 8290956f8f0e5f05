/** Whether the code holds the handler that the template names, as its runtime looks for it. */

import { basename, dirname, join } from "node:path";
import { type FunctionBuild, kindOfRuntime } from "../../../functions/mod.ts";
import type { Path } from "../../resource-type.ts";
import { bundleNames, isFile } from "../build-entries.ts";
import type { AnyFunction } from "./function-members.ts";

const at = ["Properties", "Handler"];
const namedHandler = /^(\.\/)?[^\s.][^\s]*\.[A-Za-z_$][\w$]*$/;

interface CodeFolder {
  readonly folder: string;
  /** With it, the bundles are looked at and not the sources. */
  readonly build: FunctionBuild | undefined;
  /** Where the template names the folder. */
  readonly at: Path;
}

/** Reports what is missing. */
export function checkHandler(
  resource: AnyFunction,
  { folder: codeFolder, build, at: atFolder }: CodeFolder,
): void {
  const { Handler: handler, Runtime: runtime } = resource.properties;
  const kind = kindOfRuntime(runtime);
  if (kind === "provided") checkBootstrap(resource, codeFolder, atFolder);
  else if (!namedHandler.test(handler)) {
    resource.report(at, `'${handler}' is not like 'file.export'`);
  } else if (handler.includes("..")) {
    resource.report(at, `'${handler}' must not hold '..'`);
  } else if (kind === "python") checkPython(resource, codeFolder);
  else if (build) checkBundles(resource, build);
  else checkSources(resource, codeFolder);
}

/** Reports what keeps code that stands in the template from running: it is a file `index`. */
export function checkInlineCode(resource: AnyFunction, atCode: Path): void {
  const property = atCode.at(-1);
  const { Runtime: runtime } = resource.properties;
  const kind = kindOfRuntime(runtime);
  if (kind === "provided") {
    resource.report(atCode, `'${property}' is for nodejs and python runtimes`);
  } else if (moduleOf(resource) !== "index") {
    const advice = "so the handler is like 'index.handler'";
    resource.report(at, `'${property}' is a file 'index', ${advice}`);
  }
  if (resource.metadata?.BuildMethod) {
    resource.report(["Metadata", "BuildMethod"], `'${property}' is not built`);
  }
}

/** `Handler` without the export, which in Node may be one within another: `file.default.run`. */
export function moduleOf({
  properties: { Handler: handler, Runtime: runtime },
}: AnyFunction): string {
  const isPython = kindOfRuntime(runtime) === "python";
  const fileStart = handler.lastIndexOf("/") + 1;
  return handler.slice(0, isPython ? handler.lastIndexOf(".") : handler.indexOf(".", fileStart));
}

function checkBootstrap({ properties, report }: AnyFunction, codeFolder: string, at: Path): void {
  if (isFile(join(codeFolder, "bootstrap"))) return;
  if (properties.Layers) return; // it may be in one of them, which shows when it is prepared
  report(at, "there is no file 'bootstrap', which a 'provided' runtime runs");
}

function checkPython(resource: AnyFunction, codeFolder: string): void {
  const module = moduleOf(resource).replaceAll(".", "/");
  const files = [`${module}.py`, `${module}/__init__.py`];
  if (files.some((file) => isFile(join(codeFolder, file)))) return;
  resource.report(at, `there is no file '${module}.py' in the code`);
}

function checkBundles(resource: AnyFunction, build: FunctionBuild): void {
  const module = moduleOf(resource);
  const bundles = bundleNames(build.entryPoints);
  if (build.entryPoints.length === 0 || bundles.includes(join(module))) return;
  const made = bundles.map((name) => `'${name}'`).join(", ");
  resource.report(at, `the handler's file '${module}' is not among the bundles ${made}`);
}

function checkSources(resource: AnyFunction, codeFolder: string): void {
  const module = moduleOf(resource);
  const endings = [".js", ".mjs", ".cjs"];
  if (endings.some((ending) => isFile(join(codeFolder, `${module}${ending}`)))) return;
  const folder = basename(dirname(join(codeFolder, module)));
  const names = endings.map((ending) => `${basename(module)}${ending}`).join("', '");
  const typescript = isFile(join(codeFolder, `${module}.ts`));
  const advice = typescript ? ": TypeScript needs 'BuildMethod: esbuild' in Metadata" : "";
  resource.report(at, `there is no file '${names}' in '${folder}'${advice}`);
}
