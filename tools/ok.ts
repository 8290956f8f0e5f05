/**
 * `npm run ok`: everything that can be said about a change without starting a server.
 *
 * Types, lint and format, floors, tidiness and unit tests run at once. Ends with the counts, and
 * with exit code 1 when anything failed.
 */
import { readRepository, repositoryRoot } from "./files.ts";
import { formatCounts, print, runSteps } from "./steps.ts";
import { quickSteps } from "./suites.ts";

process.chdir(repositoryRoot);
const outcome = await runSteps(quickSteps(readRepository(repositoryRoot)), { atOnce: true });
if (outcome.output) print(outcome.output);
print(formatCounts(outcome));
process.exit(outcome.failed > 0 ? 1 : 0);
