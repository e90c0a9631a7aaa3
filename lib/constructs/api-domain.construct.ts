import { ApiMapping, DomainName, type HttpApi, type HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ColonyConfig } from '../config-schema.ts';

export interface ApiDomainProps {
  domain: NonNullable<ColonyConfig['customDomain']>;
  api: HttpApi;
  stage: HttpStage;
}

/** A name of one's own for the API, beside the one that API Gateway makes, which stays. */
export class ApiDomain extends Construct {
  constructor(scope: Construct, id: string, { domain, api, stage }: ApiDomainProps) {
    super(scope, id);
    const { domainName, certificateArn, hostedZone } = domain;
    const name = new DomainName(this, 'Name', {
      domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
    });
    new ApiMapping(this, 'Mapping', { api, domainName: name, stage });
    const { regionalDomainName, regionalHostedZoneId } = name;
    if (hostedZone === undefined) {
      // Whoever keeps the zone elsewhere makes the record there.
      new CfnOutput(Stack.of(this), 'DomainTarget', { value: regionalDomainName });
      return;
    }
    new ARecord(this, 'Record', {
      zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: hostedZone.id,
        zoneName: hostedZone.name,
      }),
      recordName: `${domainName}.`,
      target: RecordTarget.fromAlias(
        new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId),
      ),
    });
  }
}
