import { z } from 'zod';

/** Kinds of values that options of lib/config-schema.ts have. */

export const image = z
  .string()
  .regex(/^[a-z0-9][A-Za-z0-9._/:@-]{0,511}$/, 'expected the name of an image');

export const wholeNumber = (min: number, max: number) =>
  z
    .number(`expected an integer from ${min} to ${max}`)
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, {
      error: `expected an integer from ${min} to ${max}`,
    });

const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `expected an id ${prefix}-…`);

/** A VPC that is there already. Its DNS resolution and DNS host names are on. */
export const existingVpc = z
  .strictObject({
    vpcId: id('vpc'),
    /** Of the tasks and of the VPC link: at least two, each in another zone. */
    subnetIds: z.array(id('subnet')).min(2, 'expected at least two').max(16),
    /** The zone of each subnet, in the same order. */
    availabilityZones: z.array(
      z.string().regex(/^[a-z0-9-]{4,32}$/, 'expected the name of a zone'),
    ),
    /** Whether tasks get public addresses: where the subnets' way out is an internet gateway. */
    publicAddresses: z.boolean().default(false),
  })
  .superRefine(({ subnetIds, availabilityZones }, context) => {
    const zones = new Set(availabilityZones).size;
    if (zones === subnetIds.length && zones === availabilityZones.length) return;
    const message = 'expected one zone for each subnet, and no zone twice';
    context.addIssue({ code: 'custom', path: ['availabilityZones'], message });
  });

const HOST_NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const hostName = z.string().regex(HOST_NAME, 'expected a domain name, in small letters');

/** A name of one's own for the API. */
export const customDomain = z
  .strictObject({
    domainName: hostName,
    /** Of a certificate for the name, in the region of the colony. */
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
        'expected the ARN of a certificate',
      ),
    /** Where the record of the name is made. @default none is made */
    hostedZone: z
      .strictObject({
        id: z.string().regex(/^Z[A-Z0-9]{1,31}$/, 'expected the id of a hosted zone'),
        name: hostName,
      })
      .optional(),
  })
  .superRefine(({ domainName, hostedZone }, context) => {
    if (hostedZone === undefined) return;
    if (domainName === hostedZone.name || domainName.endsWith(`.${hostedZone.name}`)) return;
    const message = `expected the zone of ${domainName}, or one above it`;
    context.addIssue({ code: 'custom', path: ['hostedZone', 'name'], message });
  });

/** A managed policy, by its name in this account or by its ARN. */
export const managedPolicy = z
  .string()
  .regex(
    /^(arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]{1,512}|[\w+=,.@-]{1,128})$/,
    'expected the name or the ARN of a managed policy',
  );
