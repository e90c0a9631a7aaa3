import type { Template } from 'aws-cdk-lib/assertions';
import { type Properties, text } from './synth.ts';

/** `Action on Resource`, and `if …` with a condition. */
function lines(statement: Properties): string[] {
  const { Effect, Action, Resource, Condition, Principal, ...rest } = statement;
  const { Sid: _, ...unknown } = rest;
  if (Object.keys(unknown).length > 0) throw new Error(`not looked at: ${Object.keys(unknown)}`);
  const verb = Effect === 'Allow' ? '' : `${Effect} `;
  const who = Principal === undefined ? '' : ` for ${JSON.stringify(Principal)}`;
  const when = Condition === undefined ? '' : ` if ${conditionText(Condition)}`;
  return [Action].flat().flatMap((action) =>
    // Of a role's trust there is no resource.
    [Resource ?? []].flat().map((resource) => `${verb}${action} on ${text(resource)}${who}${when}`),
  );
}

function conditionText(condition: Properties): string {
  return Object.entries<Properties>(condition)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) => `${key} ${operator} ${text(value)}`),
    )
    .join(' and ');
}

/** What a document of a policy allows and denies, a line for each action on each resource. */
export const policyLines = (document: Properties): string[] =>
  document.Statement.flatMap(lines).sort();

/** What each role of the template may do, by the role's logical id without its hash. */
export function permissionsByRole(template: Template): Record<string, string[]> {
  const policies = Object.values<Properties>(template.findResources('AWS::IAM::Policy'));
  const roles = Object.entries<Properties>(template.findResources('AWS::IAM::Role'));
  return Object.fromEntries(
    roles.map(([id, { Properties: role }]) => {
      if (role.ManagedPolicyArns !== undefined || role.Policies !== undefined) {
        throw new Error(`${id} has policies of another kind`);
      }
      const own = policies.filter(({ Properties: { Roles } }) =>
        Roles.some((ref: Properties) => ref.Ref === id),
      );
      const all = own.flatMap(({ Properties: { PolicyDocument } }) => policyLines(PolicyDocument));
      return [id.replace(/[0-9A-F]{8}$/, ''), all.sort()];
    }),
  );
}

/**
 * What the tasks may do, `Action on Resource`, by the name of their container: what a record of
 * their calls is compared with.
 *
 * @param template of the stack of services
 */
export function taskPermissions(template: Template): Record<string, string[]> {
  const tasks = Object.values<Properties>(template.findResources('AWS::ECS::TaskDefinition'));
  const permissions = permissionsByRole(template);
  const entries = tasks.map(({ Properties: { ContainerDefinitions, TaskRoleArn } }) => {
    const [roleId] = TaskRoleArn['Fn::GetAtt'];
    return [ContainerDefinitions[0].Name, permissions[roleId.replace(/[0-9A-F]{8}$/, '')] ?? []];
  });
  return Object.fromEntries(entries);
}
