/** A handler of asynchronous events: each leaves a line with its number in a file. */

import { appendFileSync } from "node:fs";

export const handler = async ({ file, number }) => {
  appendFileSync(file, `${number}\n`);
};
