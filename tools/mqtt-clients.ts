/**
 * Finds the MQTT clients that the conformance tests drive and that npm does not have, and on Debian
 * brings them.
 *
 * Paho's Python library is looked for in Debian's own Python before the one on PATH, because an
 * installed one is there; `PAHO_PYTHON` names a Python and wins.
 */
import { installPackages, type Machine, mayInstall } from "./machine.ts";
import type { Print } from "./steps.ts";

export type MqttClients =
  | { readonly python: string; readonly why?: undefined }
  | { readonly python?: undefined; readonly why: string };

/** By the package of Debian that has them: commands, or a library of Python. */
const programs = [
  ["mosquitto-clients", "mosquitto_sub"],
  ["paho.mqtt.c-examples", "paho_c_sub"],
] as const;
const pythonPackage = "python3-paho-mqtt";
const debianPython = "/usr/bin/python3";

/** The clients that are there, or after an installation are there; else what is missing. */
export async function provideMqttClients(machine: Machine, show: Print): Promise<MqttClients> {
  const missing = await missingPackages(machine);
  if (missing.length > 0) {
    const names = missing.join(" ");
    if (!mayInstall(machine)) return { why: `no ${names}: install them, as Debian names them` };
    const why = await installPackages(machine, missing, show);
    if (why) return { why };
  }
  const python = await findPython(machine);
  return python ? { python } : { why: `apt-get installed no ${pythonPackage}` };
}

async function missingPackages(machine: Machine): Promise<string[]> {
  const missing: string[] = programs
    .filter(([, command]) => machine.which(command) === null)
    .map(([name]) => name);
  if (!(await findPython(machine))) missing.push(pythonPackage);
  return missing;
}

/** A Python that has Paho's library. */
async function findPython(machine: Machine): Promise<string | undefined> {
  const named = machine.env.PAHO_PYTHON;
  for (const python of named ? [named] : [debianPython, "python3"]) {
    if (!machine.exists(python) && machine.which(python) === null) continue;
    const { exitCode } = await machine.run([python, "-c", "import paho.mqtt.client"]);
    if (exitCode === 0) return python;
  }
  return undefined;
}
