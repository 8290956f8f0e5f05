/**
 * What guests of an identity pool may do at most who come by the enhanced flow, whatever their role
 * says: the services that Cognito lets unauthenticated identities use. On AWS it is two session
 * policies, one of which is managed and grows (`AmazonCognitoUnAuthedIdentitiesSessionPolicy`);
 * what either allows is allowed.
 *
 * [Cognito: IAM roles, access policies]
 */

const wholeServices = [
  "appsync",
  "cloudwatch",
  "codewhisperer",
  "cognito-identity",
  "cognito-idp",
  "cognito-sync",
  "comprehend",
  "dynamodb",
  "execute-api",
  "firehose",
  "gamelift",
  "iot",
  "kinesis",
  "lambda",
  "lex",
  "logs",
  "machinelearning",
  "mobileanalytics",
  "mobiletargeting",
  "personalize",
  "polly",
  "rekognition",
  "s3",
  "sdb",
  "ses",
  "sns",
  "sqs",
  "transcribe",
  "translate",
];

const singleActions = [
  "geo:*DevicePosition*",
  "geo:*Geofence",
  "geo:*Geofences",
  "geo:CalculateRoute*",
  "geo:GetMap*",
  "geo:GetPlace",
  "geo:ListMaps",
  "geo:SearchPlaceIndex*",
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyPair",
  "kms:GenerateDataKeyPairWithoutPlaintext",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "rum:PutRumEvents",
  "sagemaker:InvokeEndpoint",
  "textract:AnalyzeDocument",
  "textract:DetectDocumentText",
];

export const guestScope = {
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Action: [...wholeServices.map((service) => `${service}:*`), ...singleActions],
    Resource: "*",
  },
};
