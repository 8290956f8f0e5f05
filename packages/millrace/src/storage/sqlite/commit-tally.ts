/** What the commits of this process were like, as figures. */

import { counter, durationBoundsSeconds, type Figure, gauge, Histogram } from "../../base/mod.ts";
import type { GroupCommit } from "../group-commit.ts";

const changesBounds: readonly number[] = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000];

export class CommitTally {
  readonly #changes = new Histogram(changesBounds);
  readonly #syncSeconds = new Histogram(durationBoundsSeconds);
  #failedCount = 0;

  succeeded(changeCount: number, syncSeconds: number): void {
    this.#changes.observe(changeCount);
    this.#syncSeconds.observe(syncSeconds);
  }

  failed(): void {
    this.#failedCount += 1;
  }

  figures(commits: GroupCommit): Figure[] {
    return [
      {
        name: "millrace_storage_commit_changes",
        help: "Changes in each batch that became durable, records of one batch counted once",
        kind: "histogram",
        histogram: this.#changes,
      },
      {
        name: "millrace_storage_sync_seconds",
        help: "How long the disk took to make each batch durable",
        kind: "histogram",
        histogram: this.#syncSeconds,
      },
      counter(
        "millrace_storage_commits_failed_total",
        "Batches that could not be made durable",
        this.#failedCount,
      ),
      gauge(
        "millrace_storage_updates_pending",
        "Updates that are accepted and not yet durable",
        commits.pendingCount,
      ),
      counter(
        "millrace_storage_updates_refused_total",
        "Updates that were refused because too many were pending",
        commits.refusedCount,
      ),
    ];
  }
}
