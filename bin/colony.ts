import { App } from 'aws-cdk-lib/core';
import { createColony } from '../lib/colony.ts';
import { parseConfig } from '../lib/config.ts';

const app = new App();
try {
  createColony(app, parseConfig(app.node.tryGetContext('colony')), process.cwd());
  app.synth();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
