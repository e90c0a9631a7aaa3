import type { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Stack, Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Says why a finding of cdk-nag is right as it is, by its rule, or by `rule[finding]`. */
export function acknowledge(scope: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(reasons)) {
    Validations.of(scope).acknowledge({ id: `AwsSolutions-${rule}`, reason });
  }
}

/** One thing that a role may do. */
export interface Grant {
  statement: PolicyStatement;
  /** Why its resources have a `*`; needed where they have one. */
  wildcardReason?: string;
}

/** Gives the role what the grants say; a wildcard is acknowledged one by one, with its reason. */
export function giveTo(role: Role, grants: readonly Grant[]): void {
  for (const { statement, wildcardReason } of grants) {
    role.addToPolicy(statement);
    if (wildcardReason === undefined) continue;
    for (const arn of statement.resources.filter((resource) => resource.includes('*'))) {
      acknowledge(role, { [`IAM5[Resource::${flat(Stack.of(role), arn)}]`]: wildcardReason });
    }
  }
}

type Part = string | { Ref?: string; 'Fn::GetAtt'?: string[] };

/** An ARN as cdk-nag writes it in a finding: `<AWS::Region>` for a reference. */
function flat(stack: Stack, arn: string): string {
  const resolved: string | { 'Fn::Join': [string, Part[]] } = stack.resolve(arn);
  if (typeof resolved === 'string') return resolved;
  const [separator, parts] = resolved['Fn::Join'];
  return parts
    .map((part) =>
      typeof part === 'string' ? part : `<${part.Ref ?? part['Fn::GetAtt']?.join('.')}>`,
    )
    .join(separator);
}
