import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import everyOption from './support/every-option.json' with { type: 'json' };
import {
  createStacks,
  EMULATOR,
  EXISTING_VPC,
  ISOLATED,
  READY_IMAGE,
  withOutdir,
} from './support/synth.ts';

const configurations: [name: string, colony: object][] = [
  ['with all defaults', {}],
  ['in an isolated network', ISOLATED],
  ['with alarms by mail and insights', { alarmEmail: 'me@example.org', containerInsights: true }],
  ['without flow log', { ...READY_IMAGE, flowLogs: false }],
  ['in a VPC that is there', { ...READY_IMAGE, vpc: EXISTING_VPC }],
  ['with what is optional', everyOption],
  ['for an emulator', EMULATOR],
];

test.each(configurations)('a colony %s has no finding that is not explained', (_name, colony) => {
  withOutdir((outdir) => {
    const { app, stacks } = createStacks(colony, outdir);
    const findings = Object.values(stacks).flatMap((stack) =>
      new AwsSolutionsChecks(app)
        .validateScope(stack)
        .violations.map(
          ({ ruleName, violatingResources }) =>
            `${ruleName}: ${violatingResources.map((r) => r.constructPath).join(', ')}`,
        ),
    );
    expect(findings).toEqual([]);
  });
});

test('every acknowledgement has a reason', () => {
  const given = new Map<string, string>();
  withOutdir((outdir) => {
    const { stacks } = createStacks({}, outdir);
    for (const stack of Object.values(stacks) as Stack[]) {
      for (const construct of stack.node.findAll()) {
        for (const { type, data } of construct.node.metadata) {
          if (!/acknowledge/i.test(type)) continue;
          const entries = Object.entries((data ?? {}) as Record<string, string>);
          for (const [rule, reason] of entries) given.set(rule, String(reason));
        }
      }
    }
  });
  expect(given.size).toBeGreaterThan(0);
  for (const [rule, reason] of given) expect(reason, rule).toMatch(/^\S.{20,}$/);
});

test('a bucket that is open to everybody would be found', () => {
  withOutdir((outdir) => {
    const stack = new Stack(new App({ outdir, builtinCloudFormationValidation: false }), 'open');
    new Bucket(stack, 'Open');
    const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
    expect(violations.map(({ ruleName }) => ruleName)).toContain('AwsSolutions-S10');
  });
});
