/** iot RegisterCertificate: `POST /certificate/register`; one that a registered CA has signed. */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { certificateArn, readStatus, statusOfFlag } from "./certificates.ts";

const operation = "RegisterCertificate";

export async function registerCertificate(call: IotCall): Promise<Outcome> {
  const query = new Query(call, operation, ["setAsActive"]);
  const ofFlag = statusOfFlag(query);
  if (query.problem) return invalid(query.problem);
  const known = ["certificatePem", "caCertificatePem", "status"];
  const members = await readMembers(call, operation, known);
  if ("type" in members) return members;
  const pem = members.requiredText("certificatePem");
  const authorityPem = members.text("caCertificatePem");
  const status = readStatus(members) ?? ofFlag;
  if (members.problem) return invalid(members.problem);
  const outcome = await call.ports.devices.certificates.register(pem, { status, authorityPem });
  return answered(outcome, ({ id }) => ({
    certificateArn: certificateArn(call, id),
    certificateId: id,
  }));
}
