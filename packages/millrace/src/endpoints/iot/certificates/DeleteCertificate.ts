/** iot DeleteCertificate: `DELETE /certificates/{certificateId}`; by force, with policies. */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readCertificateId } from "./certificates.ts";

export async function deleteCertificate(call: IotCall): Promise<Outcome> {
  const id = readCertificateId(call);
  if (typeof id !== "string") return id;
  const query = new Query(call, "DeleteCertificate", ["forceDelete"]);
  const force = query.flag("forceDelete");
  if (query.problem) return invalid(query.problem);
  return answered(await call.ports.devices.certificates.delete(id, { force }));
}
