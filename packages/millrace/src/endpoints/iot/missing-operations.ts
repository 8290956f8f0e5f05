/**
 * The operations of AWS IoT's control plane that are not implemented, by method and path, so that a
 * refusal can name them.
 */

/** Name, method, path as the API's reference has it; `{...}` is one level, `{...+}` the rest. */
const operations = `
AcceptCertificateTransfer PATCH /accept-certificate-transfer/{certificateId}
AddThingToBillingGroup PUT /billing-groups/addThingToBillingGroup
AssociateSbomWithPackageVersion PUT /packages/{packageName}/versions/{versionName}/sbom
AssociateTargetsWithJob POST /jobs/{jobId}/targets
AttachSecurityProfile PUT /security-profiles/{securityProfileName}/targets
CancelAuditMitigationActionsTask PUT /audit/mitigationactions/tasks/{taskId}/cancel
CancelAuditTask PUT /audit/tasks/{taskId}/cancel
CancelCertificateTransfer PATCH /cancel-certificate-transfer/{certificateId}
CancelDetectMitigationActionsTask PUT /detect/mitigationactions/tasks/{taskId}/cancel
CancelJob PUT /jobs/{jobId}/cancel
CancelJobExecution PUT /things/{thingName}/jobs/{jobId}/cancel
CreateAuditSuppression POST /audit/suppressions/create
CreateBillingGroup POST /billing-groups/{billingGroupName}
CreateCertificateProvider POST /certificate-providers/{certificateProviderName}
CreateCommand PUT /commands/{commandId}
CreateCustomMetric POST /custom-metric/{metricName}
CreateDimension POST /dimensions/{name}
CreateDomainConfiguration POST /domainConfigurations/{domainConfigurationName}
CreateDynamicThingGroup POST /dynamic-thing-groups/{thingGroupName}
CreateFleetMetric PUT /fleet-metric/{metricName}
CreateJob PUT /jobs/{jobId}
CreateJobTemplate PUT /job-templates/{jobTemplateId}
CreateMitigationAction POST /mitigationactions/actions/{actionName}
CreateOTAUpdate POST /otaUpdates/{otaUpdateId}
CreatePackage PUT /packages/{packageName}
CreatePackageVersion PUT /packages/{packageName}/versions/{versionName}
CreateProvisioningClaim POST /provisioning-templates/{templateName}/provisioning-claim
CreateProvisioningTemplate POST /provisioning-templates
CreateProvisioningTemplateVersion POST /provisioning-templates/{templateName}/versions
CreateRoleAlias POST /role-aliases/{roleAlias}
CreateScheduledAudit POST /audit/scheduledaudits/{scheduledAuditName}
CreateSecurityProfile POST /security-profiles/{securityProfileName}
CreateStream POST /streams/{streamId}
DeleteAccountAuditConfiguration DELETE /audit/configuration
DeleteAuditSuppression POST /audit/suppressions/delete
DeleteBillingGroup DELETE /billing-groups/{billingGroupName}
DeleteCertificateProvider DELETE /certificate-providers/{certificateProviderName}
DeleteCommand DELETE /commands/{commandId}
DeleteCommandExecution DELETE /command-executions/{executionId}
DeleteCustomMetric DELETE /custom-metric/{metricName}
DeleteDimension DELETE /dimensions/{name}
DeleteDomainConfiguration DELETE /domainConfigurations/{domainConfigurationName}
DeleteDynamicThingGroup DELETE /dynamic-thing-groups/{thingGroupName}
DeleteFleetMetric DELETE /fleet-metric/{metricName}
DeleteJob DELETE /jobs/{jobId}
DeleteJobExecution DELETE /things/{thingName}/jobs/{jobId}/executionNumber/{executionNumber}
DeleteJobTemplate DELETE /job-templates/{jobTemplateId}
DeleteMitigationAction DELETE /mitigationactions/actions/{actionName}
DeleteOTAUpdate DELETE /otaUpdates/{otaUpdateId}
DeletePackage DELETE /packages/{packageName}
DeletePackageVersion DELETE /packages/{packageName}/versions/{versionName}
DeleteProvisioningTemplate DELETE /provisioning-templates/{templateName}
DeleteProvisioningTemplateVersion DELETE /provisioning-templates/{templateName}/versions/{versionId}
DeleteRoleAlias DELETE /role-aliases/{roleAlias}
DeleteScheduledAudit DELETE /audit/scheduledaudits/{scheduledAuditName}
DeleteSecurityProfile DELETE /security-profiles/{securityProfileName}
DeleteStream DELETE /streams/{streamId}
DeleteV2LoggingLevel DELETE /v2LoggingLevel
DescribeAccountAuditConfiguration GET /audit/configuration
DescribeAuditFinding GET /audit/findings/{findingId}
DescribeAuditMitigationActionsTask GET /audit/mitigationactions/tasks/{taskId}
DescribeAuditSuppression POST /audit/suppressions/describe
DescribeAuditTask GET /audit/tasks/{taskId}
DescribeBillingGroup GET /billing-groups/{billingGroupName}
DescribeCertificateProvider GET /certificate-providers/{certificateProviderName}
DescribeCustomMetric GET /custom-metric/{metricName}
DescribeDetectMitigationActionsTask GET /detect/mitigationactions/tasks/{taskId}
DescribeDimension GET /dimensions/{name}
DescribeDomainConfiguration GET /domainConfigurations/{domainConfigurationName}
DescribeEncryptionConfiguration GET /encryption-configuration
DescribeEventConfigurations GET /event-configurations
DescribeFleetMetric GET /fleet-metric/{metricName}
DescribeIndex GET /indices/{indexName}
DescribeJob GET /jobs/{jobId}
DescribeJobExecution GET /things/{thingName}/jobs/{jobId}
DescribeJobTemplate GET /job-templates/{jobTemplateId}
DescribeManagedJobTemplate GET /managed-job-templates/{templateName}
DescribeMitigationAction GET /mitigationactions/actions/{actionName}
DescribeProvisioningTemplate GET /provisioning-templates/{templateName}
DescribeProvisioningTemplateVersion GET /provisioning-templates/{templateName}/versions/{versionId}
DescribeRoleAlias GET /role-aliases/{roleAlias}
DescribeScheduledAudit GET /audit/scheduledaudits/{scheduledAuditName}
DescribeSecurityProfile GET /security-profiles/{securityProfileName}
DescribeStream GET /streams/{streamId}
DescribeThingRegistrationTask GET /thing-registration-tasks/{taskId}
DetachSecurityProfile DELETE /security-profiles/{securityProfileName}/targets
DisassociateSbomFromPackageVersion DELETE /packages/{packageName}/versions/{versionName}/sbom
GetBehaviorModelTrainingSummaries GET /behavior-model-training/summaries
GetBucketsAggregation POST /indices/buckets
GetCardinality POST /indices/cardinality
GetCommand GET /commands/{commandId}
GetCommandExecution GET /command-executions/{executionId}
GetIndexingConfiguration GET /indexing/config
GetJobDocument GET /jobs/{jobId}/job-document
GetLoggingOptions GET /loggingOptions
GetOTAUpdate GET /otaUpdates/{otaUpdateId}
GetPackage GET /packages/{packageName}
GetPackageConfiguration GET /package-configuration
GetPackageVersion GET /packages/{packageName}/versions/{versionName}
GetPercentiles POST /indices/percentiles
GetStatistics POST /indices/statistics
GetThingConnectivityData POST /things/{thingName}/connectivity-data
GetV2LoggingOptions GET /v2LoggingOptions
ListActiveViolations GET /active-violations
ListAuditFindings POST /audit/findings
ListAuditMitigationActionsExecutions GET /audit/mitigationactions/executions
ListAuditMitigationActionsTasks GET /audit/mitigationactions/tasks
ListAuditSuppressions POST /audit/suppressions/list
ListAuditTasks GET /audit/tasks
ListBillingGroups GET /billing-groups
ListCertificateProviders GET /certificate-providers
ListCommandExecutions POST /command-executions
ListCommands GET /commands
ListCustomMetrics GET /custom-metrics
ListDetectMitigationActionsExecutions GET /detect/mitigationactions/executions
ListDetectMitigationActionsTasks GET /detect/mitigationactions/tasks
ListDimensions GET /dimensions
ListDomainConfigurations GET /domainConfigurations
ListFleetMetrics GET /fleet-metrics
ListIndices GET /indices
ListJobExecutionsForJob GET /jobs/{jobId}/things
ListJobExecutionsForThing GET /things/{thingName}/jobs
ListJobTemplates GET /job-templates
ListJobs GET /jobs
ListManagedJobTemplates GET /managed-job-templates
ListMetricValues GET /metric-values
ListMitigationActions GET /mitigationactions/actions
ListOTAUpdates GET /otaUpdates
ListOutgoingCertificates GET /certificates-out-going
ListPackageVersions GET /packages/{packageName}/versions
ListPackages GET /packages
ListProvisioningTemplateVersions GET /provisioning-templates/{templateName}/versions
ListProvisioningTemplates GET /provisioning-templates
ListRelatedResourcesForAuditFinding GET /audit/relatedResources
ListRoleAliases GET /role-aliases
ListSbomValidationResults GET /packages/{packageName}/versions/{versionName}/sbom-validation-results
ListScheduledAudits GET /audit/scheduledaudits
ListSecurityProfiles GET /security-profiles
ListSecurityProfilesForTarget GET /security-profiles-for-target
ListStreams GET /streams
ListTargetsForSecurityProfile GET /security-profiles/{securityProfileName}/targets
ListThingRegistrationTaskReports GET /thing-registration-tasks/{taskId}/reports
ListThingRegistrationTasks GET /thing-registration-tasks
ListThingsInBillingGroup GET /billing-groups/{billingGroupName}/things
ListV2LoggingLevels GET /v2LoggingLevel
ListViolationEvents GET /violation-events
PutVerificationStateOnViolation POST /violations/verification-state/{violationId}
RegisterThing POST /things
RejectCertificateTransfer PATCH /reject-certificate-transfer/{certificateId}
RemoveThingFromBillingGroup PUT /billing-groups/removeThingFromBillingGroup
SearchIndex POST /indices/search
SetLoggingOptions POST /loggingOptions
SetV2LoggingLevel POST /v2LoggingLevel
SetV2LoggingOptions POST /v2LoggingOptions
StartAuditMitigationActionsTask POST /audit/mitigationactions/tasks/{taskId}
StartDetectMitigationActionsTask PUT /detect/mitigationactions/tasks/{taskId}
StartOnDemandAuditTask POST /audit/tasks
StartThingRegistrationTask POST /thing-registration-tasks
StopThingRegistrationTask PUT /thing-registration-tasks/{taskId}/cancel
TransferCertificate PATCH /transfer-certificate/{certificateId}
UpdateAccountAuditConfiguration PATCH /audit/configuration
UpdateAuditSuppression PATCH /audit/suppressions/update
UpdateBillingGroup PATCH /billing-groups/{billingGroupName}
UpdateCertificateProvider PUT /certificate-providers/{certificateProviderName}
UpdateCommand PATCH /commands/{commandId}
UpdateCustomMetric PATCH /custom-metric/{metricName}
UpdateDimension PATCH /dimensions/{name}
UpdateDomainConfiguration PUT /domainConfigurations/{domainConfigurationName}
UpdateDynamicThingGroup PATCH /dynamic-thing-groups/{thingGroupName}
UpdateEncryptionConfiguration PATCH /encryption-configuration
UpdateEventConfigurations PATCH /event-configurations
UpdateFleetMetric PATCH /fleet-metric/{metricName}
UpdateIndexingConfiguration POST /indexing/config
UpdateJob PATCH /jobs/{jobId}
UpdateMitigationAction PATCH /mitigationactions/actions/{actionName}
UpdatePackage PATCH /packages/{packageName}
UpdatePackageConfiguration PATCH /package-configuration
UpdatePackageVersion PATCH /packages/{packageName}/versions/{versionName}
UpdateProvisioningTemplate PATCH /provisioning-templates/{templateName}
UpdateRoleAlias PUT /role-aliases/{roleAlias}
UpdateScheduledAudit PATCH /audit/scheduledaudits/{scheduledAuditName}
UpdateSecurityProfile PATCH /security-profiles/{securityProfileName}
UpdateStream PUT /streams/{streamId}
UpdateThingType PATCH /thing-types/{thingTypeName}
ValidateSecurityProfileBehaviors POST /security-profile-behaviors/validate
`;

interface Missing {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
}

const missing: readonly Missing[] = operations
  .trim()
  .split("\n")
  .map((line) => {
    const [name = "", method = "", path = ""] = line.split(" ");
    const source = path.replace(/\{\w+\+\}/g, ".+").replace(/\{\w+\}/g, "[^/]+");
    return { name, method, path: new RegExp(`^${source}$`) };
  });

/** `undefined` when there is no such operation, or it is implemented. */
export function missingOperation(method: string, path: string): string | undefined {
  return missing.find((one) => one.method === method && one.path.test(path))?.name;
}
