/**
 * Identities: who is behind a request, and what that lets them do.
 *
 * `docs/internals/identities.md` says how it works and what it leaves out.
 */

export type { ContextKeys, ResourcePolicies } from "../policy/mod.ts";
export { type AccessKey, AccessKeys, type KeyWithSecret } from "./access-keys.ts";
export { ApiAccess, type Asked, type Need } from "./api-access.ts";
export { arnsOf } from "./arns.ts";
export {
  type Authorizer,
  type AuthorizerDefinition,
  type AuthorizerStatus,
  authorizerProblem,
  functionNameOf,
} from "./authorizer/authorizer.ts";
export {
  type Authorization,
  type AuthorizerCall,
  AuthorizerCalls,
  type CallAuthorizer,
  type ClientFacts,
} from "./authorizer/calls.ts";
export { type HttpFacts, httpFacts } from "./authorizer/credentials.ts";
export {
  AuthorizerGate,
  type GateVerdict,
  type Selection,
  type TestedClient,
} from "./authorizer/gate.ts";
export {
  type AuthorizerChange,
  type AuthorizerProblem,
  type AuthorizerResult,
  Authorizers,
} from "./authorizer/registry.ts";
export { type Asker, type Caller, roleId } from "./caller.ts";
export { certificateIdOf, parseCertificate } from "./certificates/certificate.ts";
export { settableStatuses } from "./certificates/certificates.ts";
export type {
  AccountFacts,
  IdentityPoolDefinition,
  NamedPolicy,
  RoleDefinition,
} from "./definitions.ts";
export { type Denial, Denials, type Via } from "./denials.ts";
export {
  type DeploymentSecret,
  makeSecret,
  openSecret,
  writeOwn,
} from "./deployment-secret.ts";
export type { DeviceDefinitions } from "./devices/definitions.ts";
export { DeviceAccess, type ShownCertificate } from "./devices/device-access.ts";
export { Devices } from "./devices/devices.ts";
export { deviceKey, type TemplateProblem } from "./devices/template.ts";
export { type AccessAnswer, type AccessQuestion, explainAccess } from "./explain-access.ts";
export { FailedAttempts } from "./failed-attempts.ts";
export type { GuestProblem, GuestResult } from "./guests.ts";
export {
  type Authentication,
  type AuthenticationProblem,
  type Circumstances,
  Identities,
  type IdentitiesOptions,
  type LoginsOptions,
} from "./identities.ts";
export { type KeyStore, memoryKeyStore, openKeyStore } from "./key-store.ts";
export { lifetimes } from "./limits.ts";
export type { FetchJson } from "./logins/key-sets.ts";
export { admitSigned } from "./logins/member-access.ts";
export type { Logins, MemberProblem } from "./logins/members.ts";
export { ownIssuer } from "./logins/own-tokens.ts";
export {
  type AccountProvider,
  issuerProblem,
  type LoginProvider,
  providerNameOf,
} from "./logins/provider.ts";
export type { RoleMapping, RoleRule } from "./logins/role-mapping.ts";
export type { LoginProblem } from "./logins/tokens.ts";
export type { WebIdentity } from "./logins/web-identities.ts";
export { type Admitted, type ConnectFacts, MqttAccess, type TopicAccess } from "./mqtt-access.ts";
export { defaultVersionOf, versionOf } from "./policies/policies.ts";
export {
  type AuthorizationAnswer,
  type AuthorizationQuestion,
  judgeQuestion,
} from "./policies/test-authorization.ts";
export { poolProvider } from "./pool-roles.ts";
export type { Outcome, ProblemKind, RegistryProblem } from "./registry/outcome.ts";
export type {
  AuthorityRecord,
  CertificateRecord,
  CertificateStatus,
  PolicyRecord,
  PolicyVersion,
  ThingGroupRecord,
  ThingRecord,
  ThingTypeRecord,
} from "./registry/records.ts";
export type { Acting, ServiceCaller } from "./service-roles.ts";
export type { SessionCredentials, SessionGrant } from "./sessions/session-credentials.ts";
export { readSessionPolicy } from "./sessions/session-policies.ts";
export { SignatureRefusals } from "./signature-refusals.ts";
export { attributesProblem } from "./things/things.ts";
