import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { type ColonyStacks, createColony } from '../../../lib/colony.ts';
import { parseConfig } from '../../../lib/config.ts';

export type Templates = { [K in keyof ColonyStacks]: Template };

/** A colony that takes a ready image: nothing of the repository is copied and hashed. */
export const READY_IMAGE = { image: 'registry.example/colony:1' };
/** An image that is reached without the internet. */
export const ECR_IMAGE = {
  image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/games/colony:1',
};
/** Subnets without a way out. */
export const ISOLATED = { ...ECR_IMAGE, network: 'isolated' };
/** A VPC that is there already. */
export const EXISTING_VPC = {
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
  availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
};
/** What an emulator is given. */
export const EMULATOR = { emulator: true, image: 'colony:local' };

/** The stacks under the flags of cdk.json; the slow validation is for the real synth. */
export function createStacks(colony: object, outdir: string): { app: App; stacks: ColonyStacks } {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ outdir, context, builtinCloudFormationValidation: false });
  return { app, stacks: createColony(app, parseConfig(colony), process.cwd()) };
}

/** Runs with a folder for what a synth leaves. */
export function withOutdir<T>(run: (outdir: string) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'colony-synth-'));
  try {
    return run(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const made = new Map<string, Templates>();

/** The templates of all stacks; the same configuration is synthesised once. */
export function templatesOf(colony: object = READY_IMAGE): Templates {
  const key = JSON.stringify(colony);
  const known = made.get(key);
  if (known !== undefined) return known;
  const templates = withOutdir((outdir) => {
    const { stacks } = createStacks(colony, outdir);
    const entries = Object.entries(stacks).map(([name, stack]) => {
      if (!(stack instanceof Stack)) throw new Error(`${name} is no stack`);
      return [name, Template.fromStack(stack)];
    });
    return Object.fromEntries(entries) as Templates;
  });
  made.set(key, templates);
  return templates;
}

/** The properties of the resources of a type, by logical id without its hash. */
export function propertiesOf(template: Template, type: string): Record<string, Properties> {
  return Object.fromEntries(
    Object.entries(template.findResources(type)).map(([id, { Properties: properties }]) => [
      withoutHash(id),
      properties,
    ]),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
export type Properties = any;

const withoutHash = (id: string): string => id.replace(/[0-9A-F]{8}/g, '');

/** What a resource waits for, by logical ids without their hashes. */
export function dependenciesOf(template: Template, type: string, id: string): string[] {
  const all = Object.entries(template.findResources(type));
  const resource = all.find(([name]) => withoutHash(name) === id)?.[1];
  if (resource === undefined) throw new Error(`no ${type} ${id}`);
  return [resource['DependsOn'] ?? []].flat().map(withoutHash);
}

/**
 * A value of a template as text that a person reads: references in `<>`, without hashes.
 *
 * @example text({ 'Fn::Join': ['', [{ Ref: 'Cluster0123ABCD' }, '/*']] }) // '<Cluster>/*'
 */
export function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', undefined]] = Object.entries(value) as [string, Properties][];
  switch (name) {
    case 'Ref':
      return `<${withoutHash(argument)}>`;
    case 'Fn::GetAtt':
      return `<${withoutHash(argument[0])}.${argument[1]}>`;
    case 'Fn::Join':
      return argument[1].map(text).join(argument[0]);
    case 'Fn::Sub':
      return argument.replace(/\$\{(.*?)\}/g, '<$1>');
    case 'Fn::GetStackOutput': {
      const output = argument.OutputName.replace(/^PublishOutput(FnGetAtt|Ref)/, '');
      return `<${argument.StackName}:${withoutHash(output)}>`;
    }
    default:
      throw new Error(`no text for ${JSON.stringify(value)}`);
  }
}
