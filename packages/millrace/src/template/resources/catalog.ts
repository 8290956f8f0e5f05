/**
 * The resource types that are supported, in the order in which they are built: what others refer
 * to comes first.
 */

import type { ResourceType } from "../resource-type.ts";
import { apiV2 } from "./api-gateway/api-v2.ts";
import { httpAuthorizer } from "./api-gateway/authorizers/http-authorizer.ts";
import { restAuthorizer } from "./api-gateway/authorizers/rest-authorizer.ts";
import { apiIntegration } from "./api-gateway/integration.ts";
import { gatewayResponse } from "./api-gateway/rest/gateway-response.ts";
import { pathResource } from "./api-gateway/rest/path-resource.ts";
import { restAccount, restApi } from "./api-gateway/rest/rest-api.ts";
import { restMethod } from "./api-gateway/rest/rest-method.ts";
import { restDeployment, restStage } from "./api-gateway/rest/rest-stage.ts";
import { apiRoute } from "./api-gateway/route.ts";
import { apiDeployment, apiStage } from "./api-gateway/stage.ts";
import { cdkMetadata } from "./cdk-metadata.ts";
import { cloudfrontDistribution } from "./cloudfront-distribution.ts";
import { cloudfrontOriginAccessControl } from "./cloudfront-origin-access-control.ts";
import { cognitoIdentityPool } from "./cognito-identity-pool.ts";
import { cognitoIdentityPoolRoleAttachment } from "./cognito-identity-pool-role-attachment.ts";
import { dynamodbGlobalTable } from "./dynamodb-global-table.ts";
import { dynamodbTable } from "./dynamodb-table.ts";
import { eventsEventBus } from "./events/events-event-bus.ts";
import { eventsRule } from "./events/events-rule.ts";
import { serverlessApi, serverlessHttpApi } from "./http-api.ts";
import { iamOidcProvider } from "./iam/iam-oidc-provider.ts";
import { iamManagedPolicy, iamPolicy } from "./iam/iam-policy.ts";
import { iamRole } from "./iam/iam-role.ts";
import {
  iotPolicyPrincipalAttachment,
  iotThingPrincipalAttachment,
} from "./iot/iot-attachments.ts";
import { iotAuthorizer } from "./iot/iot-authorizer.ts";
import { iotCaCertificate, iotCertificate } from "./iot/iot-certificate.ts";
import { iotPolicy } from "./iot/iot-policy.ts";
import { iotThing } from "./iot/iot-thing.ts";
import { iotTopicRule } from "./iot/iot-topic-rule.ts";
import { iotTopicRuleDestination } from "./iot/iot-topic-rule-destination.ts";
import { eventSourceMapping } from "./lambda/event-source-mapping.ts";
import { lambdaAlias } from "./lambda/lambda-alias.ts";
import { lambdaEventInvokeConfig } from "./lambda/lambda-event-invoke-config.ts";
import { lambdaFunction } from "./lambda/lambda-function.ts";
import { lambdaPermission } from "./lambda/lambda-permission.ts";
import { lambdaUrl } from "./lambda/lambda-url.ts";
import { lambdaVersion } from "./lambda/lambda-version.ts";
import { lambdaLayer, serverlessLayer } from "./lambda/layer-version.ts";
import { serverlessFunction } from "./lambda/serverless-function.ts";
import { logsLogGroup } from "./logs-log-group.ts";
import { s3Bucket } from "./s3-bucket.ts";
import { s3BucketPolicy } from "./s3-bucket-policy.ts";
import { scalableTarget } from "./scalable-target.ts";
import { scalingPolicy } from "./scaling-policy.ts";
import { serverlessSimpleTable } from "./serverless-simple-table.ts";

export const catalog: readonly ResourceType[] = [
  iamManagedPolicy,
  iamRole,
  iamPolicy,
  iotPolicy,
  iotCaCertificate,
  iotCertificate,
  iotThing,
  iotPolicyPrincipalAttachment,
  iotThingPrincipalAttachment,
  iamOidcProvider,
  cognitoIdentityPool,
  cognitoIdentityPoolRoleAttachment,
  dynamodbTable,
  dynamodbGlobalTable,
  serverlessSimpleTable,
  scalableTarget,
  scalingPolicy,
  s3Bucket,
  s3BucketPolicy,
  logsLogGroup,
  eventsEventBus,
  serverlessApi,
  serverlessHttpApi,
  apiV2,
  restApi,
  restAccount,
  pathResource,
  gatewayResponse,
  serverlessLayer,
  lambdaLayer,
  serverlessFunction,
  lambdaFunction,
  lambdaVersion,
  lambdaAlias,
  lambdaEventInvokeConfig,
  iotAuthorizer,
  lambdaPermission,
  httpAuthorizer,
  restAuthorizer,
  apiIntegration,
  apiRoute,
  apiDeployment,
  apiStage,
  restMethod,
  restDeployment,
  restStage,
  lambdaUrl,
  eventSourceMapping,
  iotTopicRule,
  eventsRule,
  iotTopicRuleDestination,
  cloudfrontOriginAccessControl,
  cloudfrontDistribution,
  cdkMetadata,
];
