import { type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { ColonyConfig } from '../config-schema.ts';
import { leavesOut } from '../emulator.ts';
import { PORTS } from '../environment.ts';

const TLS_PORT = 443;

/**
 * Which service may call which; nothing is reachable from outside of the VPC.
 *
 *     API ──VPC link──▶ coordinator:http ◀── coordinators (a standby passes requests on)
 *                            │        ▲
 *                            ▼        └───── backends (which look whether it leads)
 *                       backend:rpc ◀─────── backends (halos)
 */
export class ColonySecurityGroups extends Construct {
  readonly vpcLink: SecurityGroup;
  readonly coordinator: SecurityGroup;
  readonly backend: SecurityGroup;

  constructor(scope: Construct, id: string, { vpc, config }: { vpc: IVpc; config: ColonyConfig }) {
    super(scope, id);
    const hasRules = !leavesOut(config, 'securityGroupRules');
    const group = (name: string, description: string) =>
      new SecurityGroup(this, name, { vpc, description, allowAllOutbound: !hasRules });
    this.vpcLink = group('VpcLink', 'The API on its way to a coordinator');
    this.coordinator = group('Coordinator', 'Coordinators');
    this.backend = group('Backend', 'Backends');
    if (!hasRules) return;

    for (const caller of [this.vpcLink, this.coordinator, this.backend]) {
      allow(caller, this.coordinator, PORTS.http, 'HTTP API');
    }
    for (const caller of [this.coordinator, this.backend]) {
      allow(caller, this.backend, PORTS.rpc, 'RPC');
      // By address ranges, not by group: gateway endpoints and public AWS addresses have none.
      caller.addEgressRule(Peer.anyIpv4(), Port.tcp(TLS_PORT), 'AWS, by TLS');
      const collectorPort = portOf(config.otlpEndpoint);
      if (collectorPort !== undefined && collectorPort !== TLS_PORT) {
        // Its name may lead to any address.
        caller.addEgressRule(Peer.anyIpv4(), Port.tcp(collectorPort), 'OpenTelemetry collector');
      }
    }
  }
}

function portOf(endpoint: string | undefined): number | undefined {
  if (endpoint === undefined) return undefined;
  const { port, protocol } = new URL(endpoint);
  return Number(port) || (protocol === 'https:' ? TLS_PORT : 80);
}

/** Opens one way, on both its ends. */
export function allow(from: ISecurityGroup, to: ISecurityGroup, port: number, what: string): void {
  from.addEgressRule(to, Port.tcp(port), what);
  to.addIngressRule(from, Port.tcp(port), what);
}
