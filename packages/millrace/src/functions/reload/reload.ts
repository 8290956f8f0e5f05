/**
 * Reload: what is saved is what the next call runs.
 *
 * After a change the function is prepared again. When that works, calls that begin from now on run
 * the new program and those in flight end in the old one; when it does not, the old one stays and
 * the log says where the mistake is. Whatever fails, the next change is looked at; what the machine
 * failed, as a full disk does, is tried again by itself.
 */

import { type Clock, errorText, type Logger, type Timer } from "../../base/mod.ts";
import type { FunctionDefinition } from "../definition.ts";
import { reloadAgainMs } from "../limits.ts";
import type { StartProblem } from "../problems.ts";
import type { Program } from "../program.ts";
import { FolderWatch } from "./folder-watch.ts";
import { isChangedSince, mistakesOf } from "./mistakes.ts";
import { readSources, type Sources } from "./sources.ts";
import type { WatchedFolders } from "./watched-folders.ts";

export interface ReloadOptions {
  readonly definition: FunctionDefinition;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the server; what changes there is no change. */
  readonly dataFolder: string | undefined;
  /** Shared by all functions. */
  readonly folders: WatchedFolders;
  readonly prepare: () => Promise<Program | StartProblem[]>;
  readonly deploy: (program: Program) => Promise<void>;
}

export class Reload {
  readonly #options: ReloadOptions;
  readonly #watch: FolderWatch;
  #sources: Sources = { folders: [], files: [], digest: "", isCurrent: true };
  #changed = false;
  /** By whoever watches, not by a look of our own. */
  #isTold = false;
  #working: Promise<void> | undefined;
  /** After a trouble of the machine, which may be over then. */
  #again: Timer | undefined;
  #closed = false;

  constructor(options: ReloadOptions) {
    this.#options = options;
    const { clock, folders } = options;
    this.#watch = new FolderWatch({ clock, folders, onChange: () => this.#hear() });
  }

  /** Watches from now on what the program that runs was made from. */
  async begin(program: Pick<Program, "folder" | "layerFolders">): Promise<void> {
    const { definition, dataFolder } = this.#options;
    const read = () => readSources(definition, program, dataFolder);
    this.#sources = await read();
    if (this.#closed) return;
    if (this.#watch.follow(this.#sources).length === 0) return;
    // What changed before a folder was watched, nobody has told.
    const { digest, isCurrent } = await read();
    if (digest !== this.#sources.digest || !isCurrent) this.#note();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.close();
    await this.#working;
    this.#again?.cancel();
  }

  #hear(): void {
    this.#isTold = true;
    this.#note();
  }

  #note(): void {
    if (this.#closed) return;
    this.#changed = true;
    this.#working ??= this.#work();
  }

  /** One at a time; a change that comes meanwhile is looked at afterwards. */
  async #work(): Promise<void> {
    while (this.#changed && !this.#closed) {
      this.#changed = false;
      const before = this.#sources;
      try {
        await this.#reload();
      } catch (thrown) {
        this.#sources = before; // the same files, saved again, are another try
        const fields = { function: this.#options.definition.name, reason: errorText(thrown) };
        this.#options.logger.error("function not reloaded", fields);
        this.#again?.cancel();
        this.#again = this.#options.clock.after(reloadAgainMs, () => this.#note());
      }
    }
    this.#working = undefined;
  }

  async #reload(): Promise<void> {
    const { definition, logger, clock } = this.#options;
    const fields = { function: definition.name };
    const beganMs = clock.now();
    const isTold = this.#isTold;
    this.#isTold = false;
    const program = await this.#options.prepare();
    if (Array.isArray(program)) {
      for (const { message, file, line, column } of program) {
        const place = [file, line, column].filter((part) => part !== undefined).join(":");
        logger.error("function not reloaded, the code before stays", {
          ...fields,
          ...(place && { place }),
          reason: message,
        });
      }
      return this.#watchMistakes(program, beganMs);
    }
    const before = this.#sources.digest;
    await this.begin(program);
    if (this.#sources.digest === before) {
      if (isTold) logger.debug("function as it was, left alone", fields);
      return;
    }
    await this.#options.deploy(program);
    logger.info("function reloaded", fields);
  }

  /** What is mended may lie where nothing has come from so far, or not be there yet. */
  async #watchMistakes(problems: readonly StartProblem[], beganMs: number): Promise<void> {
    if (this.#closed) return;
    const { folders, files } = this.#sources;
    const mistakes = mistakesOf(problems, this.#options.definition.codeFolder);
    const added = this.#watch.follow({
      folders: [...folders, ...mistakes.folders],
      files: [...files, ...mistakes.files],
    });
    // What was mended before it was watched, nobody has told.
    if (added.length > 0 && (await isChangedSince([...added, ...mistakes.files], beganMs))) {
      this.#changed = true;
    }
  }
}
