/** iot ListCertificates: `GET /certificates`, the newest first unless asked otherwise. */

import { Query } from "../../query.ts";
import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listed, listMembers } from "./certificates.ts";

export function listCertificates(call: IotCall): Outcome {
  const query = new Query(call, "ListCertificates", listMembers);
  const records = call.ports.devices.certificates.all();
  return listed(call, query, { list: "certificates", records });
}
