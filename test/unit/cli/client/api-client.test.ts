import { expect, test } from 'vitest';
import { ApiClient } from '../../../../services/cli/client/api-client.ts';

const URL_OF_API = 'http://127.0.0.1:8083';
const answering = (body: unknown) =>
  new ApiClient(URL_OF_API, async () => Response.json(body as object));

test('a colony that answers without a column is said to be of another build, with what to do', async () => {
  const older = { colonyInstanceId: 'a', from: 0, to: 9, everyTicks: 1, columns: { tick: [9] } };
  await expect(answering(older).statistics({})).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:8083 is of another build than this command: it answered GET \/statistics without columns\.\w+ as this build knows it\. Use the command of its build, or upgrade the colony\.$/,
  );
});

test('so is one whose answer is no document of this API', async () => {
  await expect(answering([]).version()).rejects.toThrow(
    'it answered GET /version without the body as this build knows it',
  );
});
