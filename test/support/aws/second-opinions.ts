/** Emulators beside AWS_ENDPOINT_URL, by the variables that their scripts print. */
const OTHERS = {
  'DynamoDB Local': { variable: 'DYNAMODB_LOCAL_URL', script: 'scripts/emulators/dynamodb-local' },
  LocalStack: { variable: 'LOCALSTACK_URL', script: 'scripts/emulators/localstack' },
} as const;

/**
 * The implementations that an adapter is held to: the emulator of the deployment and another one,
 * if that runs. In CI it has to.
 */
export function implementations(other: keyof typeof OTHERS): [name: string, endpoint: string][] {
  const { variable, script } = OTHERS[other];
  const main = process.env['AWS_ENDPOINT_URL'];
  const second = process.env[variable];
  if (!second) {
    const what = `NOT TESTED on ${other}: ${variable} is not set; ${script} up prints it`;
    if (process.env['CI']) throw new Error(what);
    console.warn(what);
  }
  const all: [string, string | undefined][] = [
    ['AWS_ENDPOINT_URL', main],
    [other, second],
  ];
  return all.flatMap(([name, endpoint]) => (endpoint ? [[name, endpoint]] : []));
}

/** For emulators on a busy machine. */
export const PATIENT = { connectTimeoutMs: 60_000, requestTimeoutMs: 60_000 } as const;
/** Names in this run that no other run on the same emulator has. */
export const RUN = `run-${Date.now().toString(36)}`;
