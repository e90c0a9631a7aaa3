import { z } from 'zod';

/** A source of recorded calls; an Emulator is one. */
interface Recorder {
  request(
    service: string,
    path: string,
    o: { method: string; headers: Record<string, string>; body: string },
  ): Promise<Response>;
}

/** A call of AWS that an emulator recorded. */
export interface RecordedCall {
  /** Without `.amazonaws.com`. */
  service: string;
  action: string;
  account: string;
  region: string;
  /** The body of the request; of S3 its bucket and key. */
  parameters: Record<string, unknown>;
}

const pageSchema = z.object({
  Events: z.array(
    z.object({
      EventId: z.string(),
      EventTime: z.number(),
      CloudTrailEvent: z.string(),
      Resources: z.array(z.object({ ResourceName: z.string(), ResourceType: z.string() })),
    }),
  ),
});
const eventSchema = z.object({
  eventSource: z.string(),
  eventName: z.string(),
  awsRegion: z.string(),
  recipientAccountId: z.string(),
  requestParameters: z.record(z.string(), z.unknown()).nullable(),
});

/** LookupEvents takes no more. */
const PAGE = 50;

/** Whether calls are recorded at once: AWS itself does it minutes later, other emulators never. */
export async function recordsCalls(emulator: Recorder, accessKeyId: string): Promise<boolean> {
  const { Events } = await lookUp(emulator, accessKeyId, {});
  return Events.length > 0;
}

/**
 * The calls that were made with an access key, newest first, failed ones too.
 *
 * @param sinceSeconds of the epoch: an emulator may have served others before
 */
export async function recordedCalls(
  emulator: Recorder,
  accessKeyId: string,
  sinceSeconds: number,
): Promise<RecordedCall[]> {
  const calls: RecordedCall[] = [];
  const seen = new Set<string>();
  // MiniStack pages by time alone: the oldest of a page is the first of the next.
  for (let until: number | undefined; ; ) {
    const { Events } = await lookUp(emulator, accessKeyId, {
      StartTime: sinceSeconds,
      ...(until !== undefined && { EndTime: until }),
    });
    const fresh = Events.filter(({ EventId }) => !seen.has(EventId));
    if (fresh.length === 0) return calls;
    for (const { EventId, CloudTrailEvent, Resources } of fresh) {
      seen.add(EventId);
      const event = eventSchema.parse(JSON.parse(CloudTrailEvent));
      calls.push({
        service: event.eventSource.replace(/\.amazonaws\.com$/, ''),
        action: event.eventName,
        account: event.recipientAccountId,
        region: event.awsRegion,
        parameters: { ...objectOf(Resources), ...event.requestParameters },
      });
    }
    until = Events.at(-1)?.EventTime;
  }
}

/** MiniStack has bucket and key among the resources alone, CloudTrail as parameters of these names too. */
function objectOf(resources: readonly { ResourceName: string; ResourceType: string }[]) {
  const nameOf = (type: string) =>
    resources.find(({ ResourceType }) => ResourceType === type)?.ResourceName;
  const [bucketName, key] = [nameOf('AWS::S3::Bucket'), nameOf('AWS::S3::Object')];
  return { ...(bucketName !== undefined && { bucketName }), ...(key !== undefined && { key }) };
}

async function lookUp(
  emulator: Recorder,
  AttributeValue: string,
  span: { StartTime?: number; EndTime?: number },
) {
  const answer = await emulator.request('cloudtrail', '/', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents',
    },
    body: JSON.stringify({
      MaxResults: PAGE,
      LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue }],
      ...span,
    }),
  });
  if (!answer.ok) throw new Error(`LookupEvents: ${answer.status} ${await answer.text()}`);
  return pageSchema.parse(await answer.json());
}
