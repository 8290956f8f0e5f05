/** Counts the work of matching; whoever counts may end it by throwing. */

export interface Meter {
  /** About one for each instruction tried at a place. */
  spend(work: number): void;
}
