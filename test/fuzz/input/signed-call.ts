import { createHmac } from 'node:crypto';
import { sha256 } from '../../../services/protocol/common/canonical-json.ts';
import {
  BODY_HASH_HEADER,
  CALL_HEADER,
  MAC_HEADER,
} from '../../../services/protocol/wire/rpc-auth.ts';

export const SECRET = 'a secret of the fuzzer';

/** The headers of a call as one signs it who has the secret and no sense: any text may stand in them. */
export function signText(
  method: string,
  path: string,
  call: string,
  body: Uint8Array,
): Record<string, string> {
  const bodyHash = sha256(body);
  const text = ['call', method, path, call, bodyHash].join('\n');
  const mac = createHmac('sha256', SECRET).update(text).digest('hex');
  return { [CALL_HEADER]: call, [BODY_HASH_HEADER]: bodyHash, [MAC_HEADER]: mac };
}
