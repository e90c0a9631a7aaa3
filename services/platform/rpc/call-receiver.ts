import { ColonyError } from '../../protocol/common/errors.ts';
import {
  type AuthenticCall,
  assertBodyOf,
  type Call,
  type ReplayGuard,
} from '../../protocol/wire/rpc-auth.ts';

/**
 * The receiver's side of signed calls, whatever they ask for: any server whose callers share the
 * colony's secret is built on it. It first judges the head, by `verifyCall`, then the rest by
 * `receiveBody`; so nothing is read or kept of a caller who does not know the secret.
 */
export interface CallReceiver {
  /** This process: calls for another one are refused with FOREIGN_BOOT_ID. */
  bootId: string;
  /** One per process, shared by all its handlers. */
  guard: ReplayGuard;
}

/** Of an authentic call; throws FOREIGN_BOOT_ID, RPC_REPLAYED. Uses up its sequence number. */
export function assertMeantForUs({ bootId, guard }: CallReceiver, call: Call): void {
  if (call.targetBootId !== bootId) {
    throw new ColonyError(
      'FOREIGN_BOOT_ID',
      `the call is meant for ${call.targetBootId}, this is ${bootId}`,
      { extra: { bootId } },
    );
  }
  guard.accept(call.senderBootId, call.sequence);
}

/**
 * Takes an authentic call that is meant for this process, with its body.
 *
 * @param read reads the body, bounded in size and time; called only if the call is to be taken
 * @throws FOREIGN_BOOT_ID, RPC_REPLAYED; RPC_UNAUTHENTICATED if the body is not the one that was signed;
 *   what `read` throws. Only a call that came whole has used up its sequence number.
 */
export async function receiveBody(
  receiver: CallReceiver,
  authentic: AuthenticCall,
  read: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { call } = authentic;
  assertMeantForUs(receiver, call);
  try {
    const body = await read();
    assertBodyOf(authentic, body);
    return body;
  } catch (error) {
    receiver.guard.release(call.senderBootId, call.sequence);
    throw error;
  }
}
