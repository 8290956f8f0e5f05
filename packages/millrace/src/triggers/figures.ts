/** Figures of triggers. */

import { counter, type Figure, gauge, labelled } from "../base/mod.ts";

export class TriggerFigures {
  callsDone = 0;
  callsFailed = 0;
  callsNotRun = 0;
  recordsDone = 0;
  recordsFiltered = 0;
  recordsGivenUp = 0;
  /** By their stream, before they were read. */
  recordsForgotten = 0;

  /** `oldestSeconds`: of the oldest record that is not finished; 0 when there is none. */
  list(oldestSeconds: number): readonly Figure[] {
    return [
      counter(
        "millrace_trigger_calls_total",
        "Calls of functions for records of streams, by how they ended",
        labelled("outcome", {
          done: this.callsDone,
          failed: this.callsFailed,
          not_run: this.callsNotRun,
        }),
      ),
      counter(
        "millrace_trigger_records_total",
        "Records of streams that triggers are finished with, by what became of them",
        labelled("outcome", {
          done: this.recordsDone,
          filtered: this.recordsFiltered,
          given_up: this.recordsGivenUp,
          forgotten: this.recordsForgotten,
        }),
      ),
      gauge(
        "millrace_trigger_oldest_record_seconds",
        "Age of the oldest record that was read for a trigger and is not finished; 0 without any",
        oldestSeconds,
      ),
    ];
  }
}
