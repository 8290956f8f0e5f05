/** iot RegisterCertificateWithoutCA: `POST /certificate/register-no-ca`; whoever has signed it. */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { certificateArn, readStatus } from "./certificates.ts";

const operation = "RegisterCertificateWithoutCA";

export async function registerCertificateWithoutCA(call: IotCall): Promise<Outcome> {
  const query = new Query(call, operation);
  if (query.problem) return invalid(query.problem);
  const members = await readMembers(call, operation, ["certificatePem", "status"]);
  if ("type" in members) return members;
  const pem = members.requiredText("certificatePem");
  const status = readStatus(members) ?? "INACTIVE";
  if (members.problem) return invalid(members.problem);
  const wish = { status, withoutAuthority: true };
  const outcome = await call.ports.devices.certificates.register(pem, wish);
  return answered(outcome, ({ id }) => ({
    certificateArn: certificateArn(call, id),
    certificateId: id,
  }));
}
