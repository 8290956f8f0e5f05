/** The bounds of objects. */

/** A file up to this size is kept in memory once it has been read. */
export const memoryFileBytesMax = 2 * 1024 * 1024;

/** All bytes in memory, compressed forms included; the file used longest ago goes first. */
export const memoryBytesMax = 64 * 1024 * 1024;

/** Below this compression saves nothing worth having. */
export const compressedFileBytesMin = 1024;

/** As S3's. */
export const keyBytesMax = 1024;
