/** iot ListCACertificates: `GET /cacertificates`, the newest first unless asked otherwise. */

import type { AuthorityRecord } from "../../../identity/mod.ts";
import { Query } from "../../query.ts";
import { invalid, type Outcome, wireSeconds } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listPage, orderMember, placeByTime, readMarkerPage } from "../registry-answers.ts";
import { listMembers } from "./certificates.ts";

const list = "CA certificates";

export function listCACertificates(call: IotCall): Outcome {
  const { devices } = call.ports;
  const query = new Query(call, "ListCACertificates", listMembers);
  const wish = readMarkerPage(query, list);
  const descending = !query.flag(orderMember);
  if (query.problem) return invalid(query.problem);
  const placeOf = ({ id, createdAtMs }: AuthorityRecord) => placeByTime(createdAtMs, id);
  const all = devices.authorities.all();
  const { entries, token } = listPage(all, { ...wish, list, descending, placeOf });
  const certificates = entries.map(({ id, isActive, createdAtMs }) => ({
    certificateArn: devices.arnOf("cacert", id),
    certificateId: id,
    status: isActive ? "ACTIVE" : "INACTIVE",
    creationDate: wireSeconds(createdAtMs),
  }));
  return { body: { certificates, nextMarker: token } };
}
