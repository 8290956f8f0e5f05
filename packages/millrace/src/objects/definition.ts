/** What a bucket is, as the template says it. */

export interface BucketDefinition {
  readonly name: string;
  /** Absolute path of the folder whose files are the objects; absent: the bucket can be written. */
  readonly sourceFolder?: string;
  /** Modules for the browser, bundled by esbuild when the server starts. */
  readonly build?: BucketBuild;
}

export interface BucketBuild {
  /** Relative to `sourceFolder`, e.g. `app.ts`; the object is `app.js`. */
  readonly entryPoints: readonly string[];
  readonly minify: boolean;
  readonly target: string;
  readonly sourcemap: boolean;
}
