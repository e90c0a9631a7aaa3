import type { ColonyConfig } from './config-schema.ts';
import { ecrImageName } from './ecr-image.ts';
import { fargateSizeProblem } from './fargate-sizes.ts';

/** What is good by itself and does not fit together: a line each, with the names of the options. */
export function togetherProblems(config: ColonyConfig): string[] {
  const { cpu, memoryMiB, coordinatorCpu, coordinatorMemoryMiB } = config;
  const problems: Record<string, string | false | undefined> = {
    'cpu, memoryMiB': fargateSizeProblem(cpu, memoryMiB),
    'coordinatorCpu, coordinatorMemoryMiB': fargateSizeProblem(
      coordinatorCpu,
      coordinatorMemoryMiB,
    ),
    image: imageProblem(config),
    coordinatorUrl: !config.emulator && config.coordinatorUrl !== undefined && 'only with emulator',
    vpc:
      config.vpc !== undefined &&
      config.network === 'isolated' &&
      'not with the network isolated: what is there has its own ways out',
    customDomain: config.emulator && config.customDomain !== undefined && 'not with emulator',
    monthlyBudgetUsd: budgetProblem(config),
  };
  return Object.entries(problems).flatMap(([names, problem]) =>
    problem ? [`${names}: ${problem}`] : [],
  );
}

function imageProblem({ emulator, image, network }: ColonyConfig): string | undefined {
  if (emulator)
    return image === undefined ? 'expected one, for an emulator builds none' : undefined;
  if (network !== 'isolated' || image === undefined || ecrImageName(image)) return undefined;
  return `${image} cannot be reached from the network isolated, expected one of a private ECR registry (ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG), or none and one is built`;
}

function budgetProblem({ monthlyBudgetUsd, alarmEmail, emulator }: ColonyConfig) {
  if (monthlyBudgetUsd === undefined) return undefined;
  if (emulator) return 'not with emulator';
  return alarmEmail === undefined ? 'expected alarmEmail too: who is told?' : undefined;
}
