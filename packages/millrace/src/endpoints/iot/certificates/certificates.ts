/** Certificates on the wire: their ids, how they are listed, which status a request may want. */

import type { CertificateRecord, CertificateStatus } from "../../../identity/mod.ts";
import { settableStatuses } from "../../../identity/mod.ts";
import type { Query } from "../../query.ts";
import { invalid, type Outcome, wireSeconds } from "../answers.ts";
import type { Members } from "../members.ts";
import type { IotCall } from "../operation.ts";
import {
  listPage,
  markerMembers,
  nameForms,
  orderMember,
  placeByTime,
  readMarkerPage,
  readName,
} from "../registry-answers.ts";

export const listMembers = [...markerMembers, orderMember] as const;

export function certificateArn({ ports }: IotCall, id: string): string {
  return ports.devices.arnOf("cert", id);
}

export function readCertificateId(call: IotCall) {
  return readName(call, nameForms.certificate);
}

/** `setAsActive` in the query: absent is no. */
export function statusOfFlag(query: Query): CertificateStatus {
  return query.flag("setAsActive") ? "ACTIVE" : "INACTIVE";
}

/** The status that a request wants, of those that it may. */
export function readStatus(source: Members): CertificateStatus | undefined {
  return source.choice("status", settableStatuses);
}

/** ListCertificates, and that of an authority. */
export function listed(
  call: IotCall,
  query: Query,
  { list, records }: { readonly list: string; readonly records: Iterable<CertificateRecord> },
): Outcome {
  const wish = readMarkerPage(query, list);
  const descending = !query.flag(orderMember);
  if (query.problem) return invalid(query.problem);
  const placeOf = ({ id, createdAtMs }: CertificateRecord) => placeByTime(createdAtMs, id);
  const { entries, token } = listPage(records, { ...wish, list, descending, placeOf });
  const certificates = entries.map((record) => ({
    certificateArn: certificateArn(call, record.id),
    certificateId: record.id,
    status: record.status,
    certificateMode: modeOf(record),
    creationDate: wireSeconds(record.createdAtMs),
  }));
  return { body: { certificates, nextMarker: token } };
}

export function modeOf({ withoutAuthority }: CertificateRecord): "DEFAULT" | "SNI_ONLY" {
  return withoutAuthority ? "SNI_ONLY" : "DEFAULT";
}
