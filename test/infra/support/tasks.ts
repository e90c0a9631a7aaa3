import { type Properties, propertiesOf, templatesOf, text } from './synth.ts';

/** What a template of the services says of their tasks: that of all defaults, unless another is given. */

const { services } = templatesOf();

export const ROLES = ['coordinator', 'backend'] as const;
export type Role = (typeof ROLES)[number];

/** How the resources of a role are named. */
export const BUNDLES = { coordinator: 'Coordinator', backend: 'Backend' };

export const taskOf = (role: Role, template = services): Properties =>
  propertiesOf(template, 'AWS::ECS::TaskDefinition')[`${BUNDLES[role]}Task`];

/** The only one of a task. */
export function containerOf(role: Role, template = services): Properties {
  const [container, ...others] = taskOf(role, template).ContainerDefinitions;
  if (others.length > 0) throw new Error(`a ${role} has more than one container`);
  return container;
}

export const serviceOf = (role: Role, template = services): Properties =>
  propertiesOf(template, 'AWS::ECS::Service')[`${BUNDLES[role]}Service`];

/** References are as `text` shows them. */
export function variablesOf(role: Role, template = services): Record<string, string> {
  const { Environment } = containerOf(role, template);
  return Object.fromEntries(Environment.map((v: Properties) => [v.Name, text(v.Value)]));
}
