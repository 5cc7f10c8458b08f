/** What a form carries to its submission: of what it is, and where it was opened. Clients can see it: no secrets. */
export type Origin = {
  /** An incident, or a message. */
  readonly subject: string;
  readonly channel: string;
  readonly threadTs?: string;
  /** Bytes that the fullest replica held when it was opened, and the least limit: what a ceiling is compared with. */
  readonly usedBytes?: number;
  readonly limitBytes?: number;
};

/** A form as it was sent in: the values by block id; a field that was left empty is not there. */
export type Form = { readonly origin: Origin; readonly values: Readonly<Record<string, string>> };

/** For `private_metadata`, which has 3,000 characters. */
export function encodeOrigin({ subject, channel, threadTs, usedBytes, limitBytes }: Origin): string {
  return new URLSearchParams({
    ...{ s: subject, c: channel },
    ...(threadTs ? { t: threadTs } : {}),
    ...(usedBytes ? { u: String(usedBytes) } : {}),
    ...(limitBytes ? { l: String(limitBytes) } : {}),
  }).toString();
}

/** What `encodeOrigin` made; of anything else what can be read, with an empty subject where there is none. */
export function decodeOrigin(text: string): Origin {
  const read = new URLSearchParams(text);
  const [threadTs, usedBytes, limitBytes] = [read.get('t'), Number(read.get('u')), Number(read.get('l'))];
  return {
    ...{ subject: read.get('s') ?? '', channel: read.get('c') ?? '' },
    ...(threadTs ? { threadTs } : {}),
    ...(usedBytes > 0 ? { usedBytes } : {}),
    ...(limitBytes > 0 ? { limitBytes } : {}),
  };
}
