/** The bounds of tables, as the service documents them. */

/** Names and values of one item, sized as `itemSize` does. */
export const itemBytesMax = 400 * 1024;

export const partitionKeyBytesMax = 2048;
export const sortKeyBytesMax = 1024;

/** Levels of one attribute value, the value itself being the first. */
export const nestingMax = 32;

/** Bytes of items that one Query or Scan looks at before it stops with a page. */
export const pageBytesMax = 1024 * 1024;

/** Items asked of the store at a time while a page fills. */
export const readBatchCount = 100;

/** Expired items deleted side by side, so that they share commits. */
export const sweepBatchCount = 256;

export const sweepIntervalMs = 1000;

/** Expiry moments further back than this are not honoured. */
export const expiryAgeMaxSeconds = 5 * 365 * 24 * 60 * 60;

/** Unspoken default and bound of ListTables. */
export const listCountMax = 100;
