/** What is sent in place of a profile, by how it begins. The second: what to do about it. */
const LOOKS: readonly (readonly [RegExp, string])[] = [
  [
    /^(heap profile: |goroutine profile: |threadcreate profile: |goroutine \d+ \[)/,
    'is the text form of a profile: take it without ?debug=',
  ],
  [/^(--- |# ?cmdline|heap_v2\/)/, 'is a profile of another kind, as text; a profile in protobuf is expected'],
  [/^\s*<(!doctype|html|\?xml|head|body)/i, 'is a web page, not a profile: the address is another one, or asks for a password'],
  [/^\s*[[{]\s*("|\]|\})/, 'is JSON, not a profile in protobuf'],
  [/^(404 |401 |403 |Unknown profile|Forbidden|Unauthorized|Not Found)/i, 'is an error message, not a profile'],
  // Of protobuf, the first lengths are control characters.
  [/^[^\x00-\x08\x0e-\x1f]{8,}$/, 'is text, and no kind of heap that is known here'],
];
/** As much as tells. */
const HEAD_BYTES = 512;

/** Says of bytes that could not be decoded what they look like; null when they look like nothing. */
export function looksLike(bytes: Buffer): string | null {
  const head = bytes.toString('latin1', 0, HEAD_BYTES);
  return LOOKS.find(([begins]) => begins.test(head))?.[1] ?? null;
}
