/** What is kept of each thing in the registry, and on which shelf. */

import type { Records } from "../../storage/mod.ts";
import { Ledger, Pairs, Shelf } from "./ledger.ts";

export type CertificateStatus =
  | "ACTIVE"
  | "INACTIVE"
  | "REVOKED"
  | "PENDING_TRANSFER"
  | "PENDING_ACTIVATION";

export interface CertificateRecord {
  readonly id: string;
  readonly status: CertificateStatus;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** How often it has changed, from 1. */
  readonly version: number;
  /** The authority that was registered and has signed it. */
  readonly authorityId?: string | undefined;
  /** Registered without its authority: AWS then tells accounts apart by the name asked for. */
  readonly withoutAuthority: boolean;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface AuthorityRecord {
  readonly id: string;
  readonly pem: string;
  readonly isActive: boolean;
  readonly mode: "DEFAULT" | "SNI_ONLY";
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly version: number;
}

export interface PolicyVersion {
  readonly id: string;
  /** As it was given. */
  readonly document: string;
  readonly createdAtMs: number;
}

export interface PolicyRecord {
  readonly name: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly defaultVersionId: string;
  /** Versions that are gone leave their number behind. */
  readonly nextVersionId: number;
  readonly versions: readonly PolicyVersion[];
}

export interface ThingRecord {
  readonly name: string;
  readonly id: string;
  readonly typeName?: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: number;
  readonly createdAtMs: number;
}

export interface ThingTypeRecord {
  readonly name: string;
  readonly id: string;
  readonly description?: string | undefined;
  readonly searchableAttributes: readonly string[];
  readonly createdAtMs: number;
  readonly deprecatedAtMs?: number | undefined;
}

export interface ThingGroupRecord {
  readonly name: string;
  readonly id: string;
  readonly parentName?: string | undefined;
  readonly description?: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: number;
  readonly createdAtMs: number;
}

/** Whether the principal belongs to this thing alone. */
export interface ThingPrincipal {
  readonly exclusive: boolean;
}

export class Shelves {
  readonly ledger: Ledger;
  readonly certificates = new Shelf<CertificateRecord>("certificates");
  readonly authorities = new Shelf<AuthorityRecord>("certificate-authorities");
  readonly policies = new Shelf<PolicyRecord>("iot-policies");
  /** A policy's name, and the ARN or identity that it is attached to. */
  readonly attachments = new Pairs<{ readonly atMs: number }>("iot-policy-attachments");
  readonly things = new Shelf<ThingRecord>("things");
  readonly thingTypes = new Shelf<ThingTypeRecord>("thing-types");
  readonly thingGroups = new Shelf<ThingGroupRecord>("thing-groups");
  /** A group's name, and a thing's. */
  readonly groupMembers = new Pairs<{ readonly atMs: number }>("thing-group-members");
  /** A thing's name, and its principal's ARN. */
  readonly thingPrincipals = new Pairs<ThingPrincipal>("thing-principals");
  /** Single facts, such as the registration code. */
  readonly facts = new Shelf<string>("device-facts");
  /** What the template has said of each resource, by kind and name. */
  readonly ofTemplate = new Shelf<string>("device-template");

  constructor(records: Records) {
    this.ledger = new Ledger(records);
  }

  async load(): Promise<void> {
    const { records } = this.ledger;
    await Promise.all([
      this.certificates.load(records),
      this.authorities.load(records),
      this.policies.load(records),
      this.attachments.load(records),
      this.things.load(records),
      this.thingTypes.load(records),
      this.thingPrincipals.load(records),
      this.thingGroups.load(records),
      this.groupMembers.load(records),
      this.facts.load(records),
      this.ofTemplate.load(records),
    ]);
  }
}
