/** The bounds of tables, as the service documents them. */

/** Names and values of one item, sized as `itemSize` does. */
export const itemBytesMax = 400 * 1024;

export const partitionKeyBytesMax = 2048;
export const sortKeyBytesMax = 1024;

/** Bytes of the name of an attribute, at any depth. */
export const nameBytesMax = 65_535;

/** Levels of one attribute value, the value itself being the first. */
export const nestingMax = 32;

/** Bytes of items that one Query or Scan looks at before it stops with a page. */
export const pageBytesMax = 1024 * 1024;

/** Hash keys that one SELECT may name, and items of a page of several. [ql-operators] */
export const selectPartitionCountMax = 50;
export const selectPartitionsPageMax = 10;

/** Bytes of others that one request of a parallel scan passes over once it has found its own. */
export const segmentBytesMax = 16 * 1024 * 1024;

/** Bytes of items that one BatchGetItem answers with; the rest stays unprocessed. */
export const batchBytesMax = 16 * 1024 * 1024;

/** Keys in one BatchGetItem and writes in one BatchWriteItem, over all tables. */
export const batchGetCountMax = 100;
export const batchWriteCountMax = 25;

/** Bytes of items in one transaction. */
export const transactionBytesMax = 4 * 1024 * 1024;

/** How long a transaction's token is remembered. */
export const tokenAgeMaxMs = 10 * 60 * 1000;

/** Items asked of the store at a time while a page fills. */
export const readBatchCount = 100;

/** Expired items deleted side by side, so that they share commits. */
export const sweepBatchCount = 256;

/** Items that are brought into an index, and records that are cleared away, in one update. */
export const buildBatchCount = 256;
/** About so many bytes of items at a time; a batch has at least one. */
export const buildBatchBytes = 4 * 1024 * 1024;

export const sweepIntervalMs = 1000;

/** Expiry moments further back than this are not honoured. */
export const expiryAgeMaxSeconds = 5 * 365 * 24 * 60 * 60;

/** Unspoken default and bound of ListTables. */
export const listCountMax = 100;

export const dayMs = 24 * 60 * 60 * 1000;

/** Days over which a table can be restored to any moment. */
export const recoveryDaysMax = 35;

/** How long the record of a change is kept in the stream of its table. */
export const streamAgeMaxMs = dayMs;

/** How long a place in a stream may be read on from. */
export const iteratorAgeMaxMs = 15 * 60 * 1000;

/** Records, and bytes of them, in one answer; and streams in one list of them. */
export const streamRecordCountMax = 1000;
export const streamRecordBytesMax = 1024 * 1024;
export const streamCountMax = 100;

export const globalIndexCountMax = 20;
export const localIndexCountMax = 5;
/** Attributes that each key of a global index can be made of. */
export const keyPartCountMax = 4;
/** Names in the projections of all indexes of a table, one that is in two of them counted twice. */
export const projectedNameCountMax = 100;
export const tagCountMax = 50;
export const capacityUnitsMax = 1_000_000_000_000;

/** How old item count and size of a description may be; the service's are as old. */
export const figuresAgeMaxMs = 6 * 60 * 60 * 1000;

/** Units a second that one partition serves, whatever its table has. */
export const partitionWriteUnitsMax = 1000;
export const partitionReadUnitsMax = 3000;

/** For so long capacity that was not used is kept. */
export const burstSecondsMax = 300;

/** Partitions of a new table on demand: four times a partition are its 4,000 and 12,000 units. */
export const onDemandPartitionCount = 4;

/** Partition keys that are told apart a minute, in each direction of a table or index. */
export const heavyKeyCountMax = 64;

/** Scaling activities that are remembered. */
export const activityCountMax = 1000;

/** A resource's policy, with all its white space. */
export const policyBytesMax = 20 * 1024;
