/**
 * `npm test`: the steps of `npm run ok` and the unit tests that start processes, then the broker's
 * simulation, then conformance over the network, with other people's MQTT clients and in a browser.
 *
 * It brings what it needs or says what to install. A suite whose engine is missing is counted as
 * skipped; with `CI=true` it is counted as failed. The last line alone is the sum of what ran.
 */
import { provideBrowser } from "./browser.ts";
import { readRepository, repositoryRoot } from "./files.ts";
import { thisMachine } from "./machine.ts";
import { provideMqttClients } from "./mqtt-clients.ts";
import { formatCounts, print, runSteps, sumOutcomes } from "./steps.ts";
import { processSteps, quickSteps, serverSteps, simulationSteps } from "./suites.ts";

process.chdir(repositoryRoot);
const files = readRepository(repositoryRoot);
const nothingSkipped = process.env.CI === "true" || process.env.CI === "1";

const unit = [...quickSteps(files, { sharesModules: false }), ...processSteps(files)];
const quick = await runSteps(unit, { atOnce: true });
const simulated = await runSteps(simulationSteps(), { atOnce: false });
const browser = await provideBrowser(thisMachine, print);
const mqttClients = await provideMqttClients(thisMachine, print);
// One after the other: a server under test gets the machine to itself.
const steps = serverSteps(files, { browser, mqttClients, nothingSkipped });
const server = await runSteps(steps, { atOnce: false });

const outcome = sumOutcomes([quick, simulated, server]);
if (outcome.output) print(outcome.output);
print(formatCounts(outcome));
process.exit(outcome.failed > 0 ? 1 : 0);
