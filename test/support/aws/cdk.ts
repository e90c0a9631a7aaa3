import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Outputs by stack name and output name. */
export type StackOutputs = Record<string, Record<string, string>>;

const CLI = path.resolve('node_modules/aws-cdk/bin/cdk');
/** A deployment takes seconds; a machine may be busy. */
const TIMEOUT_MS = 300_000;

/** The CDK's command line, with this repository's app. */
export class Cdk {
  /**
   * How stacks refer to each other. `strong`: by exports, for emulators that take Fn::GetStackOutput, by which
   * `weak` ones are made, as a text.
   */
  readonly #references: 'weak' | 'strong';
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'colony-cdk-'));

  constructor(references: 'weak' | 'strong' = 'weak') {
    this.#references = references;
  }

  /** Makes what the CLI needs in an account before anything is deployed. */
  async bootstrap(account: string, region: string): Promise<void> {
    // Outside of the repository, where there is no app that it would synthesise for nothing.
    await this.#run(['bootstrap', `aws://${account}/${region}`], this.#folder);
  }

  /**
   * @param config the context key `colony`, see lib/config.ts
   * @param stacks all without them
   */
  async deploy(config: object, ...stacks: string[]): Promise<StackOutputs> {
    const outputs = path.join(this.#folder, 'outputs.json');
    const which = stacks.length > 0 ? [...stacks, '--exclusively'] : ['--all'];
    const context = [
      '--context',
      `colony=${JSON.stringify(config)}`,
      '--context',
      `@aws-cdk/core:defaultCrossStackReferences=${this.#references}`,
      '--output',
      this.#synthesised,
    ];
    await this.#run(
      ['deploy', ...which, ...context, '--require-approval', 'never', '--outputs-file', outputs],
      process.cwd(),
    );
    return JSON.parse(readFileSync(outputs, 'utf8')) as StackOutputs;
  }

  /** Destroys what was deployed last. */
  async destroy(): Promise<void> {
    await this.#run(['destroy', '--all', '--force', '--app', this.#synthesised], this.#folder);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #synthesised(): string {
    return path.join(this.#folder, 'cdk.out');
  }

  #run(args: string[], cwd: string): Promise<void> {
    const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    const options = { cwd, env, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [CLI, ...args], options, (error, stdout, stderr) => {
        if (error === null) return resolve();
        const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-40).join('\n');
        reject(new Error(`cdk ${args[0]} failed (${error.code ?? error.signal}):\n${said}`));
      });
    });
  }
}
