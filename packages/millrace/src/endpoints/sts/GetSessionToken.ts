/** Gives temporary credentials that may do what the caller's long-term ones may. */

import { lifetimes } from "../../identity/mod.ts";
import {
  accessDenied,
  credentialsOf,
  readDuration,
  type TokenOperation,
  unknownParameter,
} from "./operation.ts";

/** What may be asked for; the account's owner gets less. [STS: GetSessionToken] */
const durationSecondsMax = 129_600;

export const getSessionToken: TokenOperation = ({ caller, identities, parameters }) => {
  const unknown = unknownParameter(parameters, ["DurationSeconds"]);
  if (unknown) return unknown;
  if (caller.isTemporary) {
    return accessDenied("Cannot call GetSessionToken with session credentials");
  }
  const { rootMin: min, rootDefault: preset, rootMax } = lifetimes;
  const seconds = readDuration(parameters, { min, max: durationSecondsMax, preset });
  if (typeof seconds !== "number") return seconds;
  const grant = { sessionName: "root", keys: {} };
  const issued = identities.sessions.issue(grant, Math.min(seconds, rootMax));
  return { result: { Credentials: credentialsOf(issued) } };
};
