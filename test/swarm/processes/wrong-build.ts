import { MAC_HEADER, signAnswer } from '../../../services/protocol/wire/rpc-auth.ts';
import { TEST_SECRET } from '../../simulation/colony-cluster.ts';

/** An answer as a build with another engine gives it. */
export async function asOtherEngine(request: Request, answer: Response): Promise<Response> {
  const text = await answer.text();
  const other = text.replace(
    /"engineVersion":(\d+)/,
    (_, version) => `"engineVersion":${Number(version) + 1}`,
  );
  const body = new TextEncoder().encode(other);
  const callMac = request.headers.get(MAC_HEADER) ?? '';
  const signed = answer.headers.has(MAC_HEADER)
    ? signAnswer(TEST_SECRET, callMac, answer.status, body)
    : {};
  const type = answer.headers.get('content-type') ?? 'application/json';
  return new Response(body, {
    status: answer.status,
    headers: { ...signed, 'content-type': type },
  });
}
