/** Targets in requests and answers. */

import type { TargetDefinition } from "../../events/mod.ts";
import {
  type Input,
  inputProblem,
  invalid,
  isRefused,
  type Refusal,
  required,
} from "./operation.ts";

const members = {
  Id: "string",
  Arn: "string",
  RoleArn: "string",
  Input: "string",
  InputPath: "string",
  InputTransformer: "map",
  RetryPolicy: "map",
} as const;

type Refused = { readonly refusal: Refusal };

/** Those of `Targets`; kinds of parameters that other services have are refused by name. */
export function readTargets(given: unknown): readonly TargetDefinition[] | Refused {
  if (!Array.isArray(given) || given.length < 1 || given.length > 100) {
    return invalid(
      "1 validation error detected: Value at 'targets' failed to satisfy constraint: " +
        "Member must have length between 1 and 100",
    );
  }
  const targets: TargetDefinition[] = [];
  for (const one of given) {
    const target = readTarget((one ?? {}) as Input);
    if (isRefused(target)) return target;
    targets.push(target);
  }
  return targets;
}

function readTarget(input: Input): TargetDefinition | Refused {
  const problem = inputProblem("a target", members, input);
  if (problem) return { refusal: problem };
  const [id, arn] = [required<string>(input, "Id"), required<string>(input, "Arn")];
  if (isRefused(id)) return id;
  if (isRefused(arn)) return arn;
  const transformer = readTransformer(input.InputTransformer as Input | undefined);
  if (isRefused(transformer)) return transformer;
  const retry = readRetry(input.RetryPolicy as Input | undefined);
  if (isRefused(retry)) return retry;
  return {
    id,
    arn,
    roleArn: text(input.RoleArn),
    input: text(input.Input),
    inputPath: text(input.InputPath),
    transformer,
    retry,
  };
}

function readTransformer(input?: Input): TargetDefinition["transformer"] | Refused {
  if (!input) return undefined;
  const known = { InputPathsMap: "map", InputTemplate: "string" } as const;
  const problem = inputProblem("an InputTransformer", known, input);
  if (problem) return { refusal: problem };
  const template = required<string>(input, "InputTemplate");
  if (isRefused(template)) return template;
  const paths = (input.InputPathsMap ?? {}) as Readonly<Record<string, unknown>>;
  const texts = Object.entries(paths).map(([name, path]) => [name, String(path)] as const);
  return { paths: Object.fromEntries(texts), template };
}

function readRetry(input?: Input): TargetDefinition["retry"] | Refused {
  if (!input) return undefined;
  const known = { MaximumRetryAttempts: "number", MaximumEventAgeInSeconds: "number" } as const;
  const problem = inputProblem("a RetryPolicy", known, input);
  if (problem) return { refusal: problem };
  return {
    attemptsMax: (input.MaximumRetryAttempts ?? undefined) as number | undefined,
    ageSecondsMax: (input.MaximumEventAgeInSeconds ?? undefined) as number | undefined,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A target as answers have it. */
export function targetBody(target: TargetDefinition): object {
  const { id, arn, roleArn, input, inputPath, transformer, retry } = target;
  return {
    Id: id,
    Arn: arn,
    RoleArn: roleArn,
    Input: input,
    InputPath: inputPath,
    InputTransformer: transformer && {
      InputPathsMap: transformer.paths,
      InputTemplate: transformer.template,
    },
    RetryPolicy: retry && {
      MaximumRetryAttempts: retry.attemptsMax,
      MaximumEventAgeInSeconds: retry.ageSecondsMax,
    },
  };
}
