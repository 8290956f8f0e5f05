/** What a template says about devices. */

import type { CertificateStatus } from "../registry/records.ts";

export interface DeviceDefinitions {
  readonly authorities: readonly AuthorityDefinition[];
  readonly certificates: readonly CertificateDefinition[];
  readonly policies: readonly PolicyDefinition[];
  readonly things: readonly ThingDefinition[];
  readonly policyAttachments: readonly PolicyAttachment[];
  readonly thingAttachments: readonly ThingAttachment[];
}

export interface AuthorityDefinition {
  /** As of every certificate: SHA-256 of its bytes. */
  readonly id: string;
  readonly pem: string;
  readonly proofPem?: string;
  readonly isActive: boolean;
}

export interface CertificateDefinition {
  readonly id: string;
  readonly pem: string;
  readonly authorityPem?: string;
  readonly withoutAuthority: boolean;
  readonly status: CertificateStatus;
}

export interface PolicyDefinition {
  readonly name: string;
  /** As JSON. */
  readonly document: string;
}

export interface ThingDefinition {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PolicyAttachment {
  readonly policyName: string;
  readonly principal: string;
}

export interface ThingAttachment {
  readonly thingName: string;
  readonly principal: string;
  readonly exclusive: boolean;
}

export const noDevices: DeviceDefinitions = {
  authorities: [],
  certificates: [],
  policies: [],
  things: [],
  policyAttachments: [],
  thingAttachments: [],
};
