/** What happens to the asynchronous calls of a function, as its event invoke configuration says. */

import { memberOf } from "../../base/mod.ts";

export interface AsyncSettings {
  /** Tries after the first one that the function may fail: 0 to 2. */
  readonly retryAttemptsMax: number;
  /** 60 to 21,600; an event that is older is not tried any more. */
  readonly eventAgeSecondsMax: number;
  readonly onSuccess?: Destination | undefined;
  readonly onFailure?: Destination | undefined;
}

/** Who gets the record of the call: another function, called asynchronously, or an event bus. */
export type Destination =
  | { readonly functionName: string; readonly qualifier?: string | undefined }
  | { readonly busArn: string };

/**
 * As what a record for the destination is kept: as a call, of a function or with the ARN of a bus
 * in the place of its name, which no function can have.
 */
export function calledFor(destination: Destination): {
  readonly functionName: string;
  readonly qualifier?: string | undefined;
} {
  return "busArn" in destination ? { functionName: destination.busArn } : destination;
}

export function isBus(functionName: string): boolean {
  return functionName.startsWith("arn:");
}

export const asyncSettingsDefault: AsyncSettings = {
  retryAttemptsMax: 2,
  eventAgeSecondsMax: 21_600,
};

/**
 * What the template says of calls of the function with this qualifier, if anything: with an alias
 * of its own it speaks of that alone.
 */
export function asyncSettingsOf(
  definition: Spoken | undefined,
  qualifier: string,
): AsyncSettings | undefined {
  const written = memberOf(definition?.written?.asyncSettings ?? {}, qualifier);
  if (written) return written;
  return qualifier === qualifierMeant(definition) ? definition?.asyncSettings : undefined;
}

/** The qualifiers of which it says something. */
export function asyncQualifiersOf(definition: Spoken | undefined): string[] {
  const own = definition?.asyncSettings ? [qualifierMeant(definition)] : [];
  return [...own, ...Object.keys(definition?.written?.asyncSettings ?? {})];
}

function qualifierMeant(definition: Spoken | undefined): string {
  return definition?.autoPublish?.alias ?? "$LATEST";
}

interface Spoken {
  readonly asyncSettings?: AsyncSettings | undefined;
  readonly autoPublish?: { readonly alias: string } | undefined;
  readonly written?:
    | { readonly asyncSettings: Readonly<Record<string, AsyncSettings>> }
    | undefined;
}
