/** The bounds of the registry of devices: AWS IoT's quotas, and ours where it names none. */

export const registryLimits = {
  /** Of a policy. [IoT quotas] */
  policyVersionsMax: 5,
  /** On a certificate, or an identity of a pool. [IoT quotas] */
  policiesOfTargetMax: 10,
  /** Authorities whose certificates have the same subject. [IoT: RegisterCACertificate] */
  authoritiesOfSubjectMax: 10,
  /** [IoT quotas] */
  attributesOfThingMax: 3,
  attributesOfTypedThingMax: 50,
  attributeNameCharactersMax: 128,
  attributeValueCharactersMax: 800,
  /** Of a type. [IoT quotas] */
  searchableAttributesMax: 3,
  typeDescriptionCharactersMax: 2_028,
  /** How long a type must have been deprecated before it can go. [IoT: DeleteThingType] */
  typeRestMs: 5 * 60_000,
  /** A thing is in so many; so deep is a tree, so many are right below one. [IoT quotas] */
  groupsOfThingMax: 10,
  groupDepthMax: 7,
  groupChildrenMax: 100,
  thingGroupsMax: 10_000,
  /** All are in memory, some hundred bytes each. */
  certificatesMax: 200_000,
  thingsMax: 200_000,
  policiesMax: 10_000,
  /** Things and certificates that hang on each other. */
  attachmentsMax: 1_000_000,
} as const;
