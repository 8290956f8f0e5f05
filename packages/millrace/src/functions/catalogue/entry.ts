/** What is kept of a function beside what its template says: a record of its own, as JSON. */

import type { AsyncSettings } from "../async/settings.ts";
import type { FunctionDefinition } from "../definition.ts";
import type { StoredUrl } from "../urls/url.ts";

export interface FunctionEntry {
  readonly name: string;
  /** Present for functions that were made over the API. */
  readonly created?: StoredFunction | undefined;
  /** In the order of their numbers. */
  readonly versions: readonly PublishedVersion[];
  /** The number given last; none is given twice. */
  readonly lastVersion: number;
  readonly aliases: Readonly<Record<string, Alias>>;
  /** Absent: as the template says; `null`: none, whatever it says. */
  readonly reservedConcurrency?: number | null | undefined;
  /** By alias or version: how many environments are held ready. */
  readonly provisioned: Readonly<Record<string, number>>;
  /** When each of those was asked for, in milliseconds since the epoch. */
  readonly provisionedAtMs?: Readonly<Record<string, number>> | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Those of them that the template gave it last. */
  readonly templateTags?: Readonly<Record<string, string>> | undefined;
  /**
   * By qualifier, `$LATEST` included. Absent: as the template says; `null`: the defaults, whatever
   * it says.
   */
  readonly asyncSettings: Readonly<Record<string, StoredAsyncSettings | null>>;
  /** By qualifier, `$LATEST` included: who may invoke. */
  readonly policies: Readonly<Record<string, readonly PolicyStatement[]>>;
  /** What the template had published last, whatever the API did to it since. */
  readonly autoPublished?: AutoPublished | undefined;
  /** What the template has written out of versions and aliases, as it was brought about last. */
  readonly written?: WrittenState | undefined;
  /** By alias, `$LATEST` included; absent: none has an address that the API made. */
  readonly urls?: Readonly<Record<string, StoredUrl>> | undefined;
}

/** What a definition says of its code's place, and of the function as a whole. */
type NotStored = "codeFolder" | "build" | "inlineCode" | "tags" | "autoPublish" | "written";

/** A function and its code as they are kept; the code is a folder beside the function's work. */
export interface StoredFunction {
  readonly definition: Omit<FunctionDefinition, NotStored>;
  readonly codeFolderName: string;
  readonly codeSha256: string;
  readonly codeBytes: number;
  readonly lastModifiedMs: number;
}

export interface PublishedVersion extends StoredFunction {
  readonly number: string;
}

export interface Alias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Other versions that take a part of the calls, from 0 to 1. */
  readonly weights: Readonly<Record<string, number>>;
  readonly revisionId: string;
}

/** A version that the template asked for, its alias, and the digest of what it was made of. */
export interface AutoPublished {
  readonly alias: string;
  readonly version: string;
  readonly state: string;
  /** How many environments it has asked for; absent: none. */
  readonly provisioned?: number | undefined;
}

export interface WrittenState {
  /** By the key of the template's version. */
  readonly versions: Readonly<Record<string, WrittenVersionState>>;
  /** By alias, the digest of what was said of it. */
  readonly aliases: Readonly<Record<string, string>>;
  /** By version or alias: how many environments the template has asked for. */
  readonly provisioned: Readonly<Record<string, number>>;
}

export interface WrittenVersionState {
  readonly version: string;
  /** The digest of what it was asked for. */
  readonly state: string;
  /** It was there already, made by somebody else. */
  readonly adopted?: boolean;
}

export interface StoredAsyncSettings extends AsyncSettings {
  readonly lastModifiedMs: number;
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: unknown;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: unknown;
}

/** Of a function of which nothing is kept. */
export function emptyEntry(name: string): FunctionEntry {
  return {
    name,
    versions: [],
    lastVersion: 0,
    aliases: {},
    provisioned: {},
    asyncSettings: {},
    policies: {},
  };
}

/** Without what was set for a version or an alias that is gone. */
export function withoutQualifier(entry: FunctionEntry, qualifier: string): FunctionEntry {
  return {
    ...withoutProvisioned(entry, qualifier),
    asyncSettings: without(entry.asyncSettings, qualifier),
    policies: without(entry.policies, qualifier),
    urls: entry.urls && without(entry.urls, qualifier),
  };
}

/** With so many environments held ready for a version or an alias, asked for then; 0: none. */
export function withProvisioned(
  entry: FunctionEntry,
  qualifier: string,
  { count, atMs }: { readonly count: number; readonly atMs: number },
): FunctionEntry {
  const others = withoutProvisioned(entry, qualifier);
  if (count === 0) return others;
  return {
    ...others,
    provisioned: { ...others.provisioned, [qualifier]: count },
    provisionedAtMs: { ...others.provisionedAtMs, [qualifier]: atMs },
  };
}

function withoutProvisioned(entry: FunctionEntry, qualifier: string): FunctionEntry {
  const { provisioned, provisionedAtMs } = entry;
  return {
    ...entry,
    provisioned: without(provisioned, qualifier),
    provisionedAtMs: provisionedAtMs && without(provisionedAtMs, qualifier),
  };
}

function without<T>(all: Readonly<Record<string, T>>, qualifier: string): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([one]) => one !== qualifier));
}
