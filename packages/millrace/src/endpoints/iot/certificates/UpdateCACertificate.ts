/**
 * iot UpdateCACertificate: `PUT /cacertificate/{certificateId}`. An inactive CA vouches for nothing
 * new; the certificates that it has signed stay as they are.
 */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readCertificateId } from "./certificates.ts";

const operation = "UpdateCACertificate";

export async function updateCACertificate(call: IotCall): Promise<Outcome> {
  const id = readCertificateId(call);
  if (typeof id !== "string") return id;
  const query = new Query(call, operation, ["newStatus", "newAutoRegistrationStatus"]);
  const status = query.text("newStatus");
  if (status !== undefined && status !== "ACTIVE" && status !== "INACTIVE") {
    query.report(`newStatus "${status}" is neither ACTIVE nor INACTIVE`);
  }
  if ((query.text("newAutoRegistrationStatus") ?? "DISABLE") !== "DISABLE") {
    query.report("Auto registration is not implemented");
  }
  const members = await readMembers(call, operation, ["removeAutoRegistration"]);
  if ("type" in members) return members;
  members.flag("removeAutoRegistration"); // there is none to remove
  const problem = query.problem ?? members.problem;
  if (problem) return invalid(problem);
  const { authorities } = call.ports.devices;
  const isActive = status === undefined ? authorities.get(id)?.isActive : status === "ACTIVE";
  return answered(await authorities.setActive(id, isActive ?? false));
}
