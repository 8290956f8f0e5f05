/**
 * From the properties that both kinds of function have to the definition of one.
 *
 * What only one kind says (who makes its role, how it names its tags, what SAM makes besides) comes
 * read already.
 */

import type { FunctionBuild, FunctionDefinition } from "../../../functions/mod.ts";
import type { Draft } from "../../resource-type.ts";
import { streamProblem } from "../table.ts";
import { nodeOptions, sourceMaps } from "./function-build.ts";
import { type GivenCode, readCode } from "./function-code.ts";
import { readLogging } from "./function-logging.ts";
import type { AnyFunction } from "./function-members.ts";
import { layerTypes } from "./layer-version.ts";

type Own = "role" | "tags" | "tracing" | "asyncSettings" | "autoPublish";

export interface GivenFunction extends Pick<FunctionDefinition, Own> {
  /** Absent: there is none, which was reported. */
  readonly code: GivenCode | undefined;
}

/** Adds the function to the draft, or reports what is wrong with it. */
export function keepFunction(
  resource: AnyFunction,
  { code: givenCode, ...own }: GivenFunction,
  draft: Draft,
): void {
  const { identity, properties: given, mark } = resource;
  mark(`function:${identity.name}`, []);
  mark(`function:${identity.name}:handler`, ["Properties", "Handler"]);
  noteIdle(resource, draft);
  const code = givenCode && readCode(resource, givenCode, draft);
  if (!code) return;
  draft.functions.push({
    name: identity.name,
    handler: given.Handler,
    ...code,
    runtime: given.Runtime,
    timeoutSeconds: given.Timeout ?? 3,
    memoryMegabytes: given.MemorySize ?? 128,
    storageMegabytes: given.EphemeralStorage?.Size,
    environment: readEnvironment(resource, code.build),
    layers: readLayers(resource, draft),
    description: given.Description,
    reservedConcurrency: given.ReservedConcurrentExecutions,
    logging: readLogging(resource),
    ...own,
    tracing: own.tracing === "Active" ? own.tracing : undefined,
  });
}

/** What is told or nothing here, and would be something on AWS. */
function noteIdle({ properties: given }: AnyFunction, draft: Draft): void {
  for (const name of idle) if (given[name] !== undefined) draft.noteWithoutEffect(name);
  if (given.EphemeralStorage) {
    draft.noteWithoutEffect("EphemeralStorage (what a process writes is not bounded)");
  }
}

const idle = [
  "Architectures",
  "CodeSigningConfigArn",
  "KmsKeyArn",
  "RecursiveLoop",
  "RuntimeManagementConfig",
] as const;

/** Their ARNs; a layer that is not the template's is refused, as there is none to be had here. */
function readLayers({ properties, report }: AnyFunction, draft: Draft): string[] | undefined {
  properties.Layers?.forEach((arn, index) => {
    if (draft.find(layerTypes, arn)) return;
    const message = `there is no layer '${arn}' in this template; those of others cannot be had`;
    report(["Properties", "Layers", index], message);
  });
  return properties.Layers && [...properties.Layers];
}

/** As SAM does, a bundle with a source map makes Node read it. */
function readEnvironment(
  resource: AnyFunction,
  build: FunctionBuild | undefined,
): Readonly<Record<string, string>> {
  const variables = resource.properties.Environment?.Variables ?? {};
  for (const [name, value] of Object.entries(variables)) {
    const problem = streamProblem(value);
    const at = ["Properties", "Environment", "Variables", name];
    if (problem !== undefined) resource.report(at, problem);
  }
  const options = nodeOptions(resource);
  if (!build?.sourcemap || options.includes(sourceMaps)) return variables;
  return { ...variables, NODE_OPTIONS: `${options} ${sourceMaps}`.trim() };
}
