/**
 * Reload: what is saved is what the next call runs.
 *
 * After a change the function is prepared again. When that works, calls that begin from now on run
 * the new program and those in flight end in the old one; when it does not, the old one stays and
 * the log says where the mistake is. Whatever fails, the next change is looked at.
 */

import { dirname } from "node:path";
import { type Clock, errorText, type Logger } from "../../base/mod.ts";
import type { FunctionDefinition } from "../definition.ts";
import type { StartProblem } from "../problems.ts";
import type { Program } from "../program.ts";
import { FolderWatch } from "./folder-watch.ts";
import { readSources } from "./sources.ts";

export interface ReloadOptions {
  readonly definition: FunctionDefinition;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the server; what changes there is no change. */
  readonly dataFolder: string | undefined;
  readonly prepare: () => Promise<Program | StartProblem[]>;
  readonly deploy: (program: Program) => Promise<void>;
}

export class Reload {
  readonly #options: ReloadOptions;
  readonly #watch: FolderWatch;
  #digest = "";
  #folders: readonly string[] = [];
  #changed = false;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(options: ReloadOptions) {
    this.#options = options;
    this.#watch = new FolderWatch({ clock: options.clock, onChange: () => this.#note() });
  }

  /** Watches from now on what the program that runs was made from. */
  async begin(program: Pick<Program, "folder" | "layerFolders">): Promise<void> {
    const { definition, dataFolder } = this.#options;
    const { folders, digest } = await readSources(definition, program, dataFolder);
    this.#digest = digest;
    this.#folders = folders;
    if (!this.#closed) this.#watch.follow(folders);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.close();
    await this.#working;
  }

  #note(): void {
    this.#changed = true;
    this.#working ??= this.#work();
  }

  /** One at a time; a change that comes meanwhile is looked at afterwards. */
  async #work(): Promise<void> {
    while (this.#changed && !this.#closed) {
      this.#changed = false;
      const before = this.#digest;
      try {
        await this.#reload();
      } catch (thrown) {
        this.#digest = before; // the same files, saved again, are another try
        const fields = { function: this.#options.definition.name, reason: errorText(thrown) };
        this.#options.logger.error("function not reloaded", fields);
      }
    }
    this.#working = undefined;
  }

  async #reload(): Promise<void> {
    const { definition, logger } = this.#options;
    const fields = { function: definition.name };
    const program = await this.#options
      .prepare()
      .catch((thrown): StartProblem[] => [
        { functionName: definition.name, message: String(thrown) },
      ]);
    if (Array.isArray(program)) {
      for (const { message, file, line, column } of program) {
        const place = [file, line, column].filter((part) => part !== undefined).join(":");
        logger.error("function not reloaded, the code before stays", {
          ...fields,
          ...(place && { place }),
          reason: message,
        });
      }
      return this.#watchMistakes(program);
    }
    const before = this.#digest;
    await this.begin(program);
    if (this.#digest === before) return logger.debug("function as it was, left alone", fields);
    await this.#options.deploy(program);
    logger.info("function reloaded", fields);
  }

  /** A file with a mistake may lie where nothing has come from so far: it is mended there. */
  #watchMistakes(problems: readonly StartProblem[]): void {
    const found = problems.flatMap(({ file }) => (file === undefined ? [] : [dirname(file)]));
    if (!this.#closed) this.#watch.follow([...this.#folders, ...found]);
  }
}
