import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { compilePolicy, evaluate } from "../../../policy/mod.ts";
import { type Application, readTemplate } from "../../mod.ts";
import { account, applicationOf, problemsOf, role } from "../plain-fixture.ts";

const table = "arn:aws:dynamodb:eu-central-1:111122223333:table/lines";
const document = (action: string) => `PolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Action: "${action}", Resource: "*" }]`;
const inline = (more: string, logicalId = "Grants") => `  ${logicalId}:
    Type: AWS::IAM::Policy
    Properties:
      ${document("dynamodb:GetItem")}
      ${more}
`;
const managed = (more = "Description: none") => `  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ${document("dynamodb:PutItem")}
      ${more}
`;

function mayDo({ roles }: Application, action: string, name = "test-Role"): boolean {
  const { policies } = roles.find((one) => one.name === name)!;
  const identity = policies.map((one) => compilePolicy(one.name, one.document));
  return evaluate({ identity }, { action, resource: table }).outcome === "allowed";
}

describe("AWS::IAM::Policy", () => {
  test("adds to what roles may do", () => {
    const made = applicationOf(`${role}${inline("PolicyName: grants\n      Roles: [!Ref Role]")}`);
    expect(mayDo(made, "dynamodb:GetItem")).toBe(true);
    expect(mayDo(made, "dynamodb:PutItem")).toBe(false);
    const { line } = made.positions.get("role:test-Role:grants:0")!;
    expect(line).toBeGreaterThan(10);
  });

  const withSam = (resources: string, policies = "[AWSLambdaBasicExecutionRole]") =>
    readTemplate(
      `Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: handlers
      Handler: app.handler
      Runtime: nodejs22.x
      Policies: ${policies}
${resources}`,
      { path: join(import.meta.dir, "../../fixtures/plain/x.yaml"), stackName: "test", ...account },
    );

  test("adds to the role that SAM makes of a function", () => {
    const result = withSam(inline("PolicyName: grants\n      Roles: [!Ref HelloRole]"));
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("\n"));
    expect(mayDo(result.application, "dynamodb:GetItem", "test-HelloRole")).toBe(true);
  });

  const named = "PolicyName: grants\n      ";
  test.each([
    [inline(`${named}Roles: [other]`), "there is no role 'other' in this template"],
    [inline(`${named}Roles: []`), "0 items where at least 1 are allowed"],
    [inline(named), "the property 'Roles' is missing"],
    [inline(`${named}Users: [ann]\n      Roles: [!Ref Role]`), "the property 'Users' is not supp"],
    [
      inline(`${named}Roles: [!Ref Role]`) + inline(`${named}Roles: [!Ref Role]`, "Again"),
      "the role 'test-Role' has a policy 'grants' already",
    ],
    [inline(`${named}Roles: [!Ref Role]`).replace("Effect", "Efect"), "Efect"],
  ])("is refused in what could not be: %#", (resources, told) => {
    expect(problemsOf(`${role}${resources}`).join("\n")).toContain(told);
  });

  test("is bounded with the role's others together", () => {
    const long = (name: string) =>
      inline(`PolicyName: ${name}\n      Roles: [!Ref Role]`, name).replace(
        'Resource: "*"',
        `Resource: "arn:aws:dynamodb:::table/${name.repeat(6_000)}"`,
      );
    expect(problemsOf(`${role}${long("a")}`)).toEqual([]);
    expect(problemsOf(`${role}${long("a")}${long("b")}`)[0]).toContain("of 10240 characters");
    const twice = long("a").replace("[!Ref Role]", "[!Ref Role, test-Role]");
    expect(problemsOf(`${role}${twice}`)).toEqual([]);
    const own = `{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "arn:aws:iot:::${"a".repeat(6_000)}" }] }`;
    for (const [resources, policies] of [
      [long("a").replace("!Ref Role", "!Ref HelloRole"), `[${own}]`],
      ["", `[${own}, ${own}]`],
    ] as const) {
      const result = withSam(resources, policies);
      expect(result.ok ? "" : result.problems[0]!.message).toContain("of 10240 characters");
    }
  });
});

describe("AWS::IAM::ManagedPolicy", () => {
  const naming = role.replace("Properties:", "Properties:\n      ManagedPolicyArns: [!Ref Shared]");

  test("is attached by its own Roles and by roles that name it", () => {
    for (const resources of [`${role}${managed("Roles: [!Ref Role]")}`, `${naming}${managed()}`]) {
      expect(mayDo(applicationOf(resources), "dynamodb:PutItem")).toBe(true);
    }
  });

  test("that a role has in both ways is there once", () => {
    const named = naming.replace("Properties:", "Properties:\n      RoleName: r");
    const { roles } = applicationOf(`${named}${managed("Roles: [r]")}`);
    expect(roles[0]!.policies).toHaveLength(1);
  });

  test("has the ARN that AWS gives it", () => {
    const { outputs } = applicationOf(`${managed("Path: /team/\n      ManagedPolicyName: put")}
Outputs:
  Ref: { Value: !Ref Shared }
  Arn: { Value: !GetAtt Shared.PolicyArn }
`);
    const arn = "arn:aws:iam::111122223333:policy/team/put";
    expect(outputs).toEqual({ Ref: arn, Arn: arn });
  });

  test.each([
    [managed("Roles: [other]"), "there is no role 'other' in this template"],
    [managed("Groups: [a]"), "the property 'Groups' is not supported here"],
    [managed().replace("dynamodb:PutItem", "a".repeat(6_200)), "of 6144 characters"],
    [managed("Path: team"), "'team' is not a path like '/' or '/team/'"],
  ])("is refused in what could not be: %#", (resources, told) => {
    expect(problemsOf(`${role}${resources}`).join("\n")).toContain(told);
  });
});

test("a role may have tags, which do nothing, and the path that it has anyway", () => {
  const tagged = role.replace("Properties:", "Properties:\n      Path: /\n      Tags: []");
  expect(applicationOf(tagged).notes.join()).toContain("Tags of AWS::IAM::Role");
  const elsewhere = role.replace("Properties:", "Properties:\n      Path: /team/");
  expect(problemsOf(elsewhere)).toEqual(["'/team/' is not one of /"]);
});

test("a role has no two policies of one name", () => {
  const one = `{ PolicyName: one, PolicyDocument: { Version: "2012-10-17", Statement: [] } }`;
  const twice = role.replace("Properties:", `Properties:\n      Policies: [${one}, ${one}]`);
  expect(problemsOf(twice)).toEqual(["the role has a policy 'one' already"]);
});
