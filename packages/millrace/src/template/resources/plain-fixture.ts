/** Templates of plain CloudFormation, for tests: without SAM's `Transform`. */

import { join } from "node:path";
import { type Application, formatProblems, readTemplate } from "../mod.ts";

export const account = { region: "eu-central-1", accountId: "111122223333" };
export const lambdaArn = `arn:aws:lambda:${account.region}:${account.accountId}`;

/** The paths in it are relative to `fixtures/plain`; `sections` stand before `Resources`. */
export function readPlain(resources: string, sections = "") {
  return readTemplate(`${sections}\nResources:\n${resources}`, {
    path: join(import.meta.dir, "../fixtures/plain/inline.yaml"),
    stackName: "test",
    parameters: {},
    ...account,
  });
}

export function applicationOf(...texts: Parameters<typeof readPlain>): Application {
  const result = readPlain(...texts);
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.application;
}

export function problemsOf(...texts: Parameters<typeof readPlain>): string[] {
  const result = readPlain(...texts);
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

export const role = `
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          Effect: Allow
          Principal: { Service: lambda.amazonaws.com }
          Action: sts:AssumeRole
`;

/** The function `Hello` with its role, and what else it has. */
export function hello(more = "", code = "handlers"): string {
  return `${role}
  Hello:
    Type: AWS::Lambda::Function
    Properties:
      Code: ${code}
      Handler: app.handler
      Runtime: nodejs22.x
      Role: !GetAtt Role.Arn
${more}`;
}
