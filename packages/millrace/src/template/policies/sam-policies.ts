/**
 * SAM's policy templates: the statements that `DynamoDBCrudPolicy: {TableName: ...}` stands for.
 * [SAM developer guide: policy template list]
 *
 * Those for services that exist here, and the everyday ones of others, so that a template that
 * names them loads; all others are refused by name.
 */

export interface PolicyTemplate {
  readonly parameters: readonly string[];
  readonly statements: readonly TemplateStatement[];
}

export interface TemplateStatement {
  readonly service: string;
  /** Without the service. */
  readonly actions: readonly string[];
  /**
   * `*`, or what stands behind `arn:partition:service:region:account:`, or a whole ARN; with
   * `{Parameter}` for what the template says.
   */
  readonly resources: readonly string[];
}

function template(parameters: string, ...statements: TemplateStatement[]): PolicyTemplate {
  return { parameters: parameters.split(" ").filter(Boolean), statements };
}

function allow(service: string, actions: string, ...resources: string[]): TemplateStatement {
  return { service, actions: actions.split(" "), resources };
}

const table = "table/{TableName}";
const indexes = `${table}/index/*`;
const bucket = "arn:{AWS::Partition}:s3:::{BucketName}";
const objects = `${bucket}/*`;
const stream = "stream/{StreamName}";
const lifecycle = "GetLifecycleConfiguration PutLifecycleConfiguration";
const tags = ["Delete", "Get", "Put"].flatMap((verb) => [
  `${verb}ObjectTagging`,
  `${verb}ObjectVersionTagging`,
]);

export const policyTemplates: Readonly<Record<string, PolicyTemplate>> = {
  AWSSecretsManagerGetSecretValuePolicy: template(
    "SecretArn",
    allow("secretsmanager", "GetSecretValue", "{SecretArn}"),
  ),
  CloudFormationDescribeStacksPolicy: template(
    "",
    allow("cloudformation", "DescribeStacks", "stack/*"),
  ),
  CloudWatchPutMetricPolicy: template("", allow("cloudwatch", "PutMetricData", "*")),
  DynamoDBBackupFullAccessPolicy: template(
    "TableName",
    allow("dynamodb", "CreateBackup DescribeContinuousBackups", table),
    allow("dynamodb", "DeleteBackup DescribeBackup ListBackups", `${table}/backup/*`),
  ),
  DynamoDBCrudPolicy: template(
    "TableName",
    allow(
      "dynamodb",
      "GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem " +
        "DescribeTable ConditionCheckItem",
      table,
      indexes,
    ),
  ),
  DynamoDBReadPolicy: template(
    "TableName",
    allow("dynamodb", "GetItem Scan Query BatchGetItem DescribeTable", table, indexes),
  ),
  DynamoDBReconfigurePolicy: template("TableName", allow("dynamodb", "UpdateTable", table)),
  DynamoDBRestoreFromBackupPolicy: template(
    "TableName",
    allow("dynamodb", "RestoreTableFromBackup", `${table}/backup/*`),
    allow("dynamodb", "PutItem UpdateItem DeleteItem GetItem Query Scan BatchWriteItem", table),
  ),
  DynamoDBStreamReadPolicy: template(
    "TableName StreamName",
    allow("dynamodb", "DescribeStream GetRecords GetShardIterator", `${table}/stream/{StreamName}`),
    allow("dynamodb", "ListStreams", `${table}/stream/*`),
  ),
  DynamoDBWritePolicy: template(
    "TableName",
    allow("dynamodb", "PutItem UpdateItem BatchWriteItem", table, indexes),
  ),
  EventBridgePutEventsPolicy: template(
    "EventBusName",
    allow("events", "PutEvents", "event-bus/{EventBusName}"),
  ),
  FilterLogEventsPolicy: template(
    "LogGroupName",
    allow("logs", "FilterLogEvents", "log-group:{LogGroupName}:log-stream:*"),
  ),
  KinesisCrudPolicy: template(
    "StreamName",
    allow(
      "kinesis",
      "AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeStream " +
        "DescribeStreamSummary GetShardIterator IncreaseStreamRetentionPeriod ListTagsForStream " +
        "MergeShards PutRecord PutRecords SplitShard RemoveTagsFromStream",
      stream,
    ),
  ),
  KinesisStreamReadPolicy: template(
    "StreamName",
    allow("kinesis", "ListStreams DescribeLimits", "stream/*"),
    allow("kinesis", "DescribeStream DescribeStreamSummary GetRecords GetShardIterator", stream),
  ),
  LambdaInvokePolicy: template(
    "FunctionName",
    allow("lambda", "InvokeFunction", "function:{FunctionName}*"),
  ),
  S3CrudPolicy: template(
    "BucketName",
    allow(
      "s3",
      "GetObject ListBucket GetBucketLocation GetObjectVersion PutObject PutObjectAcl " +
        `${lifecycle} DeleteObject`,
      bucket,
      objects,
    ),
  ),
  S3FullAccessPolicy: template(
    "BucketName",
    allow(
      "s3",
      "GetObject GetObjectAcl GetObjectVersion PutObject PutObjectAcl DeleteObject " +
        tags.join(" "),
      objects,
    ),
    allow("s3", `ListBucket GetBucketLocation ${lifecycle}`, bucket),
  ),
  S3ReadPolicy: template(
    "BucketName",
    allow(
      "s3",
      "GetObject ListBucket GetBucketLocation GetObjectVersion GetLifecycleConfiguration",
      bucket,
      objects,
    ),
  ),
  S3WritePolicy: template(
    "BucketName",
    allow("s3", "PutObject PutObjectAcl PutLifecycleConfiguration", bucket, objects),
  ),
  SNSPublishMessagePolicy: template("TopicName", allow("sns", "Publish", "{TopicName}")),
  SQSPollerPolicy: template(
    "QueueName",
    allow(
      "sqs",
      "ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch " +
        "GetQueueAttributes ReceiveMessage",
      "{QueueName}",
    ),
  ),
  SQSSendMessagePolicy: template("QueueName", allow("sqs", "SendMessage*", "{QueueName}")),
  SSMParameterReadPolicy: template(
    "ParameterName",
    allow("ssm", "DescribeParameters", "*"),
    allow("ssm", "GetParameters GetParameter GetParametersByPath", "parameter/{ParameterName}"),
  ),
  StepFunctionsExecutionPolicy: template(
    "StateMachineName",
    allow("states", "StartExecution", "stateMachine:{StateMachineName}"),
  ),
};
