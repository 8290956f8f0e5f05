/**
 * AWS's managed policies that templates of this kind name: what they allow, by their name.
 * [AWS managed policy reference]
 *
 * Of the larger ones only what is about services that exist here is kept: nobody can ask for the
 * rest. All others are refused by name, since a role without one of its policies means another.
 */

const logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

const xray = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "xray:GetSamplingStatisticSummaries",
];

/** Actions on everything. */
type Managed = readonly string[];

const policies: Readonly<Record<string, Managed>> = {
  AdministratorAccess: ["*"],
  AmazonAPIGatewayPushToCloudWatchLogs: [
    ...logs,
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
  ],
  AmazonDynamoDBFullAccess: [
    "dynamodb:*",
    "lambda:CreateFunction",
    "lambda:ListFunctions",
    "lambda:ListEventSourceMappings",
    "lambda:CreateEventSourceMapping",
    "lambda:DeleteEventSourceMapping",
    "lambda:GetFunctionConfiguration",
    "lambda:DeleteFunction",
  ],
  AmazonDynamoDBFullAccess_v2: ["dynamodb:*"],
  AmazonDynamoDBReadOnlyAccess: [
    "dynamodb:BatchGetItem",
    "dynamodb:Describe*",
    "dynamodb:List*",
    "dynamodb:GetAbacStatus",
    "dynamodb:GetItem",
    "dynamodb:GetResourcePolicy",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:PartiQLSelect",
  ],
  AmazonKinesisFullAccess: ["kinesis:*"],
  AmazonKinesisReadOnlyAccess: ["kinesis:Get*", "kinesis:List*", "kinesis:Describe*"],
  AmazonS3FullAccess: ["s3:*", "s3-object-lambda:*"],
  AmazonS3ReadOnlyAccess: [
    "s3:Get*",
    "s3:List*",
    "s3:Describe*",
    "s3-object-lambda:Get*",
    "s3-object-lambda:List*",
  ],
  AWSIoTDataAccess: [
    "iot:Connect",
    "iot:Publish",
    "iot:Subscribe",
    "iot:Receive",
    "iot:GetThingShadow",
    "iot:UpdateThingShadow",
    "iot:DeleteThingShadow",
    "iot:ListNamedShadowsForThing",
  ],
  AWSIoTFullAccess: ["iot:*", "iotjobsdata:*"],
  AWSLambdaBasicExecutionRole: logs,
  AWSLambdaDynamoDBExecutionRole: [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    ...logs,
  ],
  AWSLambdaKinesisExecutionRole: [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:ListStreams",
    "kinesis:SubscribeToShard",
    ...logs,
  ],
  AWSLambdaRole: ["lambda:InvokeFunction"],
  AWSXRayDaemonWriteAccess: xray,
  AWSXrayWriteOnlyAccess: xray,
};

export const managedPolicyNames: readonly string[] = Object.keys(policies);

/** The policy of that name or ARN as a document; `undefined`: it is not implemented. */
export function managedPolicy(nameOrArn: string): object | undefined {
  const name = /^(?:arn:[^:]+:iam::aws:policy\/(?:[\w-]+\/)*)?([\w-]+)$/.exec(nameOrArn)?.[1] ?? "";
  if (!Object.hasOwn(policies, name)) return undefined;
  const statement = { Effect: "Allow", Action: policies[name], Resource: "*" };
  return { Version: "2012-10-17", Statement: [statement] };
}
