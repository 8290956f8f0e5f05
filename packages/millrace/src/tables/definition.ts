/** What a table is, as the template or CreateTable says it. */

export interface TableDefinition {
  /** 3 to 255 characters of `[A-Za-z0-9_.-]`. */
  readonly name: string;
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  /** Top-level number attribute with the expiry in epoch seconds; absent: items do not expire. */
  readonly ttlAttribute?: string;
}

export interface KeyAttribute {
  readonly name: string;
  readonly type: "S" | "N" | "B";
}
