/** What a function is, as the template says it. */

import type { Loader } from "esbuild";
import type { AsyncSettings } from "./async/settings.ts";
import type { LoggingSettings } from "./logging/settings.ts";

export interface FunctionDefinition {
  /** 1 to 64 characters of `[A-Za-z0-9_-]`; unique in the application. */
  readonly name: string;
  /** The ARN of its role, as it is told; its processes get that role's credentials. */
  readonly role?: string | undefined;
  readonly description?: string | undefined;
  readonly reservedConcurrency?: number | undefined;
  /** A published version's number; absent: `$LATEST`. */
  readonly version?: string | undefined;
  /** `file.export`, the file relative to `codeFolder`, without its ending. */
  readonly handler: string;
  /** Absolute path of the folder that holds the source. */
  readonly codeFolder: string;
  /** The whole of the code, for a file `index.js` or `index.py`; `codeFolder` is not looked at. */
  readonly inlineCode?: string | undefined;
  /** As AWS spells it, e.g. `nodejs22.x`. */
  readonly runtime: string;
  /** Absent: this machine's. Told, and looked at where the code brings its own `bootstrap`. */
  readonly architecture?: "x86_64" | "arm64" | undefined;
  /** 1 to 900. */
  readonly timeoutSeconds: number;
  /** 128 to 10,240. */
  readonly memoryMegabytes: number;
  /** 512 to 10,240, as it is told; nothing bounds what a process writes. Absent: 512. */
  readonly storageMegabytes?: number | undefined;
  /** Active: some calls are marked as traced. Absent: as `PassThrough`. */
  readonly tracing?: "Active" | "PassThrough" | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** ARNs of versions, at most five; of two that hold the same thing the later one counts. */
  readonly layers?: readonly string[] | undefined;
  /**
   * Bundle with esbuild as SAM's `BuildMethod: esbuild` does; absent: run the files as they are.
   */
  readonly build?: FunctionBuild;
  /** Absent: as Lambda's defaults are. */
  readonly asyncSettings?: AsyncSettings | undefined;
  /** Absent: as text, into a group of its own. */
  readonly logging?: LoggingSettings | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Absent: nobody asks for a version. */
  readonly autoPublish?: AutoPublish | undefined;
  /** Absent: the template writes out nothing of the kind. */
  readonly written?: Written | undefined;
}

/** What the template writes out beside the function, as resources of their own. */
export interface Written {
  readonly versions: readonly WrittenVersion[];
  readonly aliases: readonly WrittenAlias[];
  /** By alias or `$LATEST`, which stands for no qualifier, too. */
  readonly asyncSettings: Readonly<Record<string, AsyncSettings>>;
}

/** A version of what the function is when the key comes, or when it says something else. */
export interface WrittenVersion {
  /** Unique in the function; a number is given when it is published. */
  readonly key: string;
  readonly description?: string | undefined;
  /** Of AWS's archive, so that it is compared with nothing: another one is another version. */
  readonly codeSha256?: string | undefined;
  readonly provisioned?: number | undefined;
}

export interface WrittenAlias {
  readonly name: string;
  readonly description?: string | undefined;
  /** The key of a version, or `$LATEST`. */
  readonly version: string;
  /** Of one other version, by its key. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  readonly provisioned?: number | undefined;
}

/** SAM's `AutoPublishAlias`: an alias that leads to a version of the function as it is. */
export interface AutoPublish {
  readonly alias: string;
  /** Of the version. */
  readonly description?: string | undefined;
  /** Whether any change makes a new version; else code, variables and memory do. */
  readonly allProperties: boolean;
  /** With it, a new version comes when this text or the code changes, and of nothing else. */
  readonly codeMark?: string | undefined;
  /** How many environments are held ready for the alias. */
  readonly provisioned?: number | undefined;
}

/** SAM's `BuildProperties` for esbuild. */
export interface FunctionBuild {
  /** Relative to `codeFolder`, with their ending, e.g. `app.ts`. */
  readonly entryPoints: readonly string[];
  readonly minify: boolean;
  readonly target: string;
  readonly sourcemap: boolean;
  readonly format: "cjs" | "esm";
  /** Text before each file, by `js` or `css`. */
  readonly banner?: Readonly<Record<string, string>>;
  /** How files of other kinds are read, by their ending. */
  readonly loaders?: Readonly<Record<string, Loader>>;
  /** In which order fields of a package lead to its module. */
  readonly mainFields?: readonly string[];
  /** By the ending that esbuild gives, another. */
  readonly outExtensions?: Readonly<Record<string, string>>;
  /** Whether a source map holds the sources. */
  readonly sourcesContent?: boolean;
  /** Modules left out of the bundle. What the runtime provides always is. */
  readonly external: readonly string[];
}
