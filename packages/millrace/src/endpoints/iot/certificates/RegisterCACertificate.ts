/**
 * iot RegisterCACertificate: `POST /cacertificate`, with proof that it is one's own, or in the mode
 * `SNI_ONLY` without. Devices of it are not registered by themselves when they first connect.
 */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";

const operation = "RegisterCACertificate";

export async function registerCACertificate(call: IotCall): Promise<Outcome> {
  const query = new Query(call, operation, ["setAsActive", "allowAutoRegistration"]);
  const isActive = query.flag("setAsActive");
  if (query.flag("allowAutoRegistration")) query.report("Auto registration is not implemented");
  if (query.problem) return invalid(query.problem);
  const known = ["caCertificate", "verificationCertificate", "certificateMode"];
  const members = await readMembers(call, operation, known);
  if ("type" in members) return members;
  const pem = members.requiredText("caCertificate");
  const proofPem = members.text("verificationCertificate");
  const mode = members.choice("certificateMode", ["DEFAULT", "SNI_ONLY"]) ?? "DEFAULT";
  if (mode === "DEFAULT" && proofPem === undefined) {
    members.report('"verificationCertificate" is missing, and certificateMode is not SNI_ONLY');
  }
  if (mode === "SNI_ONLY" && proofPem !== undefined) {
    members.report('certificateMode is SNI_ONLY, and "verificationCertificate" is there');
  }
  if (members.problem) return invalid(members.problem);
  const { devices } = call.ports;
  const outcome = await devices.authorities.register({ pem, proofPem, isActive });
  return answered(outcome, (id) => ({
    certificateArn: devices.arnOf("cacert", id),
    certificateId: id,
  }));
}
