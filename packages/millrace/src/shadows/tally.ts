/** How many requests there were, in plain numbers. */

import type { Sample } from "../base/mod.ts";
import type { Answer } from "./answer.ts";
import type { Operation } from "./names.ts";

export class Tally {
  readonly #counts: Record<Operation, { accepted: number; rejected: number }> = {
    get: { accepted: 0, rejected: 0 },
    update: { accepted: 0, rejected: 0 },
    delete: { accepted: 0, rejected: 0 },
  };

  count(operation: Operation, { problem }: Answer): void {
    this.#counts[operation][problem ? "rejected" : "accepted"] += 1;
  }

  samples(): Sample[] {
    return Object.entries(this.#counts).flatMap(([operation, counts]) =>
      Object.entries(counts).map(([outcome, value]) => ({ labels: { operation, outcome }, value })),
    );
  }
}
