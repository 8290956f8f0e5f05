/**
 * Work for the end of a turn of the loop: after all the input that is at hand, before the next.
 *
 * What that work puts off in its turn is done at the same end, once: rules republish what came in,
 * and what they republished leaves with everything else, not a turn later in smaller writes
 * (`bench -- rule --scenario ten`). What that puts off again waits for the next end, so that input
 * always gets its turn.
 */

type Work = () => void;

const generationsMax = 2;

/** Takes work; `schedule` calls once after the input that is at hand. */
export function createEndOfTurn(schedule: (work: Work) => void): (work: Work) => void {
  let waiting: Work[] = [];
  let isRunning = false;
  const run = () => {
    for (let generation = 0; generation < generationsMax && waiting.length > 0; generation += 1) {
      const works = waiting;
      waiting = [];
      // While these run, the first that is put off schedules nothing: it is looked at just below.
      isRunning = true;
      for (const work of works) work();
      isRunning = false;
    }
    if (waiting.length > 0) schedule(run);
  };
  return (work) => {
    if (waiting.push(work) === 1 && !isRunning) schedule(run);
  };
}
