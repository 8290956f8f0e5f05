/** What a table is, as the template or CreateTable says it. */

export interface TableDefinition extends KeySchema {
  /** 3 to 255 characters of `[A-Za-z0-9_.-]`. */
  readonly name: string;
  /** Top-level number attribute with the expiry in epoch seconds; absent: items do not expire. */
  readonly ttlAttribute?: string;
  /** Names of key attributes in the order in which they were defined, to be described so. */
  readonly attributeOrder?: readonly string[];
  /** In the order in which they are described; names differ. */
  readonly indexes?: readonly IndexDefinition[];
  /** Absent: billed on demand. */
  readonly throughput?: Throughput;
  /** Bounds of a table on demand. */
  readonly onDemandMax?: OnDemandMax;
  /** What the stream of changes shows, as the service names it; absent: no stream. */
  readonly streamView?: string;
  /** Days over which it can be restored to any moment; absent: none. */
  readonly recoveryDays?: number;
  readonly deletionProtected?: boolean;
  /** Absent: the standard class. */
  readonly tableClass?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Modes of contributor insights, of the table (`""`) and of global indexes by name. */
  readonly insights?: Readonly<Record<string, string>>;
}

export interface KeySchema {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  /** Only global indexes: the attributes behind the first, where a key is made of several. */
  readonly furtherKeys?: {
    readonly partition: readonly KeyAttribute[];
    readonly sort: readonly KeyAttribute[];
  };
}

export interface KeyAttribute {
  readonly name: string;
  readonly type: "S" | "N" | "B";
}

export interface IndexDefinition extends KeySchema {
  readonly name: string;
  /** A local index shares the partition key of its table. */
  readonly scope: "global" | "local";
  readonly projection: Projection;
  /** Of a global index of a table that is billed by it. */
  readonly throughput?: Throughput;
  /** Bounds of a global index of a table on demand. */
  readonly onDemandMax?: OnDemandMax;
}

/** Keys of the table and of the index are always in it. */
export type Projection =
  | { readonly type: "ALL" | "KEYS_ONLY" }
  | { readonly type: "INCLUDE"; readonly attributes: readonly string[] };

export interface Throughput {
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface OnDemandMax {
  readonly readUnits?: number;
  readonly writeUnits?: number;
}

/** The partition key and, where there is one, the sort key. */
export function keyAttributes(schema: KeySchema): KeyAttribute[] {
  const { partitionKey, sortKey, furtherKeys } = schema;
  if (furtherKeys) return [...partitionKeys(schema), ...sortKeys(schema)];
  return sortKey ? [partitionKey, sortKey] : [partitionKey];
}

/** What the partition key is made of, in its order. */
export function partitionKeys({ partitionKey, furtherKeys }: KeySchema): KeyAttribute[] {
  return [partitionKey, ...(furtherKeys?.partition ?? [])];
}

/** What the sort key is made of, in its order; nothing where there is none. */
export function sortKeys({ sortKey, furtherKeys }: KeySchema): KeyAttribute[] {
  return sortKey ? [sortKey, ...(furtherKeys?.sort ?? [])] : [];
}
