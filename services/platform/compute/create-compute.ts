import type { BackendCompute } from './compute.ts';
import { createEcsClient, EcsCompute } from './ecs-compute.ts';
import { NoCompute } from './no-compute.ts';

/** What backends run on: an ECS service where one is named, else nothing that could be scaled. */
export function createCompute(config: {
  platform: 'local' | 'aws';
  awsRegion: string | undefined;
  ecsCluster: string | undefined;
  backendService: string | undefined;
}): BackendCompute {
  const { platform, awsRegion: region, ecsCluster: cluster, backendService: service } = config;
  if (platform === 'local' || !region || !cluster || !service) return new NoCompute();
  return new EcsCompute(createEcsClient({ region }), { cluster, service });
}
