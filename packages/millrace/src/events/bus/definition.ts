/** Buses, rules and targets as they are asked for, kept, and told. */

export type Tags = Readonly<Record<string, string>>;

/** Every deployment has it; it cannot be made or deleted. */
export const defaultBusName = "default";

export interface BusDefinition {
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags?: Tags | undefined;
}

/** A rule's own members, without its targets. */
export interface RuleSettings {
  readonly bus: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON. */
  readonly pattern?: string | undefined;
  /** `cron(...)` or `rate(...)`; on the default bus only. */
  readonly schedule?: string | undefined;
  readonly isEnabled: boolean;
  /** For targets that name none of their own. */
  readonly roleArn?: string | undefined;
}

export interface RuleDefinition extends RuleSettings {
  readonly targets: readonly TargetDefinition[];
}

export interface TargetDefinition {
  readonly id: string;
  readonly arn: string;
  readonly roleArn?: string | undefined;
  /** JSON that the target gets instead of the event. */
  readonly input?: string | undefined;
  /** The part of the event that it gets. */
  readonly inputPath?: string | undefined;
  readonly transformer?: TransformerDefinition | undefined;
  readonly retry?: RetryPolicy | undefined;
}

export interface TransformerDefinition {
  readonly paths: Readonly<Record<string, string>>;
  readonly template: string;
}

export interface RetryPolicy {
  /** Tries after the first. */
  readonly attemptsMax?: number | undefined;
  readonly ageSecondsMax?: number | undefined;
}

/** The same members in the same order, so that two that say the same are the same text. */
export function canonical(rule: RuleDefinition): RuleDefinition {
  const { bus, name, description, pattern, schedule, isEnabled, roleArn, targets } = rule;
  return {
    bus,
    name,
    description,
    pattern,
    schedule,
    isEnabled,
    roleArn,
    targets: targets.map(canonicalTarget).sort((one, two) => (one.id < two.id ? -1 : 1)),
  };
}

function canonicalTarget(target: TargetDefinition): TargetDefinition {
  const { id, arn, roleArn, input, inputPath, transformer, retry } = target;
  const paths = Object.entries(transformer?.paths ?? {}).sort(([one], [two]) =>
    one < two ? -1 : 1,
  );
  return {
    id,
    arn,
    roleArn,
    input,
    inputPath,
    transformer: transformer && {
      paths: Object.fromEntries(paths),
      template: transformer.template,
    },
    retry: retry && { attemptsMax: retry.attemptsMax, ageSecondsMax: retry.ageSecondsMax },
  };
}
