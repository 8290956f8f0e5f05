/**
 * `npm run ok`: what can be said about a change within a minute.
 *
 * Types, lint and format, floors, tidiness and unit tests run at once, without those that start
 * processes (`bench/`, the command, functions), which `npm test` runs too. Ends with the counts,
 * and with exit code 1 when anything failed.
 */
import { readRepository, repositoryRoot } from "./files.ts";
import { formatCounts, print, runSteps } from "./steps.ts";
import { quickSteps } from "./suites.ts";

process.chdir(repositoryRoot);
const steps = quickSteps(readRepository(repositoryRoot), { sharesModules: true });
const outcome = await runSteps(steps, { atOnce: true });
if (outcome.output) print(outcome.output);
print(formatCounts(outcome));
process.exit(outcome.failed > 0 ? 1 : 0);
