/**
 * Schedules of rules: one timer that waits for the soonest of them.
 *
 * A moment that passed while nobody watched (the server was down, the machine slept) is not made
 * up: the next one counts, as EventBridge promises each only within its minute. The timer never
 * waits longer than a minute, so that a clock that is set meanwhile is noticed.
 */

import { type Clock, errorText, type Logger, type Timer } from "../../base/mod.ts";
import type { KeptRule } from "./catalogue/rules.ts";
import type { Rule } from "./rule.ts";

const waitMsMax = 60_000;
const lateMsMax = 60_000;

export interface TickerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rules: () => readonly KeptRule[];
  /** Answers when what follows is accepted. */
  readonly tick: (rule: Rule, timeMs: number) => Promise<void>;
}

export class Ticker {
  readonly #options: TickerOptions;
  #timer: Timer | undefined;
  /** Up to here every moment has had its turn. */
  #doneMs = 0;
  #isRunning = false;

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    this.#doneMs = this.#options.clock.now();
    this.arrange();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** Waits for what is soonest now; called when rules have changed. */
  arrange(): void {
    if (!this.#isRunning) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const kept of this.#scheduled()) {
      soonestMs = Math.min(soonestMs, nextOf(kept, this.#doneMs) ?? soonestMs);
    }
    if (soonestMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(Math.max(soonestMs - this.#options.clock.now(), 0), waitMsMax);
    this.#timer = this.#options.clock.after(waitMs, () => this.#wake());
  }

  #wake(): void {
    const nowMs = this.#options.clock.now();
    // A clock that was set back must not bring moments a second time, nor hold up the next ones.
    const fromMs = Math.max(Math.min(this.#doneMs, nowMs), nowMs - lateMsMax);
    for (const kept of this.#scheduled()) {
      const timeMs = nextOf(kept, fromMs);
      if (timeMs !== undefined && timeMs <= nowMs) this.#fire(kept.rule, timeMs);
    }
    this.#doneMs = nowMs;
    this.arrange();
  }

  #fire(rule: Rule, timeMs: number): void {
    this.#options.tick(rule, timeMs).catch((thrown) => {
      const what = { rule: rule.definition.name, reason: errorText(thrown) };
      this.#options.logger.error("event of a schedule lost", what);
    });
  }

  #scheduled(): Scheduled[] {
    return this.#options.rules().filter(isScheduled);
  }
}

type Scheduled = KeptRule & { readonly rule: Rule };

function isScheduled(kept: KeptRule): kept is Scheduled {
  return kept.rule?.schedule !== undefined && kept.definition.isEnabled;
}

/** Nothing from before the rule was as it is. */
function nextOf(kept: Scheduled, afterMs: number): number | undefined {
  const { rule, scheduledAtMs, loadedAtMs } = kept;
  return rule.schedule?.next(Math.max(afterMs, loadedAtMs), scheduledAtMs);
}
