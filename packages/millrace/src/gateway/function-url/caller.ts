/** Who signed a request, as the handler reads it. */

export interface UrlCaller {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly userId: string;
  readonly arn: string;
}

/** What the handler finds in `requestContext.authorizer`. */
export function describeCaller({ accessKeyId, accountId, userId, arn }: UrlCaller): object {
  return {
    iam: {
      accessKey: accessKeyId,
      accountId,
      callerId: userId,
      cognitoIdentity: null,
      principalOrgId: null,
      userArn: arn,
      userId,
    },
  };
}
