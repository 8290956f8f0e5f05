/** How a function's code is bundled, as `Metadata` says it. [SAM: building with esbuild] */

import { type FunctionBuild, kindOfRuntime } from "../../../functions/mod.ts";
import { any, boolean, choice, list, object, oneOrMany, text, type ValueOf } from "../../schema.ts";
import { findEntryPoints } from "../build-entries.ts";
import { moduleOf } from "./function-handler.ts";
import type { AnyFunction } from "./function-members.ts";

/** SAM's own. [aws-lambda-builders: nodejs_npm_esbuild] */
const targetDefault = "es2020";
export const sourceMaps = "--enable-source-maps";

const loaders = [
  ...["js", "jsx", "ts", "tsx", "css", "local-css", "json", "text", "base64", "dataurl", "file"],
  ...["binary", "copy", "default", "empty"],
] as const;
const extension = "\\.[\\w.-]+";

export const buildMembers = {
  BuildMethod: choice("esbuild"),
  BuildProperties: object({
    Banner: list(text({ pattern: /^(js|css)=/, form: "like 'js=import ...'" })),
    EntryPoints: list(text(), { min: 1 }),
    External: list(text()),
    Format: choice("cjs", "esm"),
    Loader: list(
      text({
        pattern: new RegExp(`^${extension}=(${loaders.join("|")})$`),
        form: "like '.png=dataurl', with a loader that esbuild has",
      }),
    ),
    MainFields: oneOrMany(text()),
    Minify: boolean(),
    OutExtension: list(
      text({ pattern: new RegExp(`^${extension}=${extension}$`), form: "like '.js=.mjs'" }),
    ),
    Sourcemap: boolean(),
    SourcesContent: boolean(),
    Target: text(),
    /** Of `sam build`, which installs packages; here they are there. */
    UseNpmCi: boolean(),
  }),
  /** `sam build` leaves the code as it is, and so does this server without `BuildMethod`. */
  SkipBuild: boolean(),
} as const;

export const functionMetadata = object({
  ...buildMembers,
  "cfn-lint": any(),
  cfn_nag: any(),
  "aws:cdk:path": any(),
});

/** `undefined`: the code runs as it is, or what is wrong was reported. */
export function readBuild(resource: AnyFunction, codeFolder: string): FunctionBuild | undefined {
  const { BuildMethod, BuildProperties: given } = resource.metadata ?? {};
  if (BuildMethod && kindOfRuntime(resource.properties.Runtime) !== "node") {
    resource.report(["Metadata", "BuildMethod"], "esbuild builds for nodejs runtimes alone");
    return undefined;
  }
  if (!BuildMethod) {
    if (given) resource.report(["Metadata", "BuildProperties"], "'BuildMethod' is missing");
    return undefined;
  }
  if (resource.metadata?.SkipBuild) {
    resource.report(["Metadata", "SkipBuild"], "'SkipBuild' does not go with 'BuildMethod'");
  }
  const { entryPoints, at } = given?.EntryPoints
    ? { entryPoints: given.EntryPoints, at: ["Metadata", "BuildProperties", "EntryPoints"] }
    : { entryPoints: [moduleOf(resource)], at: undefined };
  return {
    entryPoints: findEntryPoints(entryPoints, codeFolder, (index, message) =>
      resource.report(at ? [...at, index] : ["Properties", "Handler"], message),
    ),
    minify: given?.Minify ?? true,
    target: given?.Target ?? targetDefault,
    sourcemap: given?.Sourcemap ?? nodeOptions(resource).includes(sourceMaps),
    format: given?.Format ?? "cjs",
    external: given?.External ?? [],
    ...readOthers(given ?? {}),
  };
}

type BuildProperties = NonNullable<ValueOf<typeof functionMetadata>["BuildProperties"]>;

/** What is absent is as esbuild has it. */
function readOthers(given: BuildProperties): Partial<FunctionBuild> {
  const { Banner, Loader, MainFields, OutExtension, SourcesContent } = given;
  return {
    ...(Banner && { banner: pairsOf(Banner) }),
    ...(Loader && { loaders: pairsOf(Loader) as FunctionBuild["loaders"] }),
    ...(MainFields && { mainFields: MainFields.flatMap((fields) => fields.split(/\s*,\s*/)) }),
    ...(OutExtension && { outExtensions: pairsOf(OutExtension) }),
    ...(SourcesContent !== undefined && { sourcesContent: SourcesContent }),
  };
}

function pairsOf(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

export function nodeOptions({ properties }: AnyFunction): string {
  return properties.Environment?.Variables?.NODE_OPTIONS ?? "";
}
