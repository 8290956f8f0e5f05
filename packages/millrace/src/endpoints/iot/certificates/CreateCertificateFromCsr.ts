/** iot CreateCertificateFromCsr: `POST /certificates`; the private key stays where it is. */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { certificateArn, statusOfFlag } from "./certificates.ts";

export async function createCertificateFromCsr(call: IotCall): Promise<Outcome> {
  const query = new Query(call, "CreateCertificateFromCsr", ["setAsActive"]);
  const status = statusOfFlag(query);
  if (query.problem) return invalid(query.problem);
  const known = ["certificateSigningRequest"];
  const members = await readMembers(call, "CreateCertificateFromCsr", known);
  if ("type" in members) return members;
  const request = members.requiredText("certificateSigningRequest");
  if (members.problem) return invalid(members.problem);
  const outcome = await call.ports.devices.certificates.sign(request, status);
  return answered(outcome, ({ id, pem }) => ({
    certificateArn: certificateArn(call, id),
    certificateId: id,
    certificatePem: pem,
  }));
}
