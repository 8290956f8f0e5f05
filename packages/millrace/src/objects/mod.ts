/** Objects: files in buckets, with their types, tags and compressed forms. */

export { type Coding, compress } from "./compression.ts";
export { isCompressible } from "./content-type.ts";
export type { BucketBuild, BucketDefinition } from "./definition.ts";
export {
  type BucketProblem,
  type BuildForBrowser,
  createObjects,
  type ObjectFile,
  type Objects,
  type ObjectsOptions,
  type ObjectToWrite,
  type WriteOutcome,
} from "./objects.ts";
