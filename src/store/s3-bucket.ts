import type { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { withDeadline, worldError } from '../errors.js';
import { presignedUrl } from './s3-presign.js';

/** `bytes` as it lies there; `changedMs`: when it was put there, Unix ms. */
type Lying = { readonly key: string; readonly bytes: number; readonly changedMs: number };

const [CONNECT_MS, ANSWER_MS, TRIES] = [5_000, 30_000, 3];
/** A bucket's answer to a PUT begins when all of it has arrived: 24 MiB by a line of 5 Mbit/s take longer than an answer may. */
const LEAST_BYTES_PER_MS = 100;
/** What one request may delete (S3). */
const DELETED_AT_ONCE = 1_000;

/**
 * A bucket by keys below its prefix. It is given up on when nothing comes from it for `answerMs`, in the middle of a content too. Who we
 * are there is found as everything of Amazon's finds it: environment, files, the machine's role. What it does not do is a world's
 * error, in words.
 */
export function openBucket(url: string, answerMs = ANSWER_MS) {
  const { hostname: name, pathname, searchParams } = new URL(url);
  const prefix = pathname.replace(/^\/+|\/+$/g, '').replace(/.$/, '$&/');
  const endpoint = searchParams.get('endpoint');
  const client = new S3Client({
    ...(endpoint ? { endpoint, forcePathStyle: true, region: regionOr('us-east-1') } : {}),
    maxAttempts: TRIES,
    // Until an answer begins. Not `socketTimeout` for what follows: of what is sent, much lies in the kernel, and nothing is seen of it.
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: answerMs, throwOnRequestTimeout: true },
  });
  const at = (key: string) => ({ Bucket: name, Key: `${prefix}${key}` });
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw worldError(`The archive (s3://${name}/${prefix}) cannot be used: ${reasonOf(error)}`, error);
    }
  };
  async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
    const chunks = body[Symbol.asyncIterator]();
    try {
      const more = () => asked(() => withDeadline(answerMs, 'its content', () => chunks.next()));
      for (let next = await more(); !next.done; next = await more()) yield next.value;
    } finally {
      body.destroy();
    }
  }
  return {
    put: (key: string, body: Buffer): Promise<void> =>
      asked(async () => {
        const requestTimeout = answerMs + body.length / LEAST_BYTES_PER_MS;
        await client.send(new PutObjectCommand({ ...at(key), Body: body }), { requestTimeout });
      }),
    /** Null: there is none. The content is read when it is iterated. */
    get: (key: string): Promise<{ readonly bytes: number; readonly content: AsyncIterable<Buffer> } | null> =>
      asked(async () => {
        try {
          const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand(at(key)));
          return { bytes: ContentLength, content: chunksOf(Body as Readable) };
        } catch (error) {
          if (error instanceof NoSuchKey) return null;
          throw error;
        }
      }),
    /** Made without asking: whether it is there is seen by who follows it. */
    link: (key: string, saveAs: string, seconds: number): Promise<string> =>
      asked(() => presignedUrl(client, at(key), saveAs, seconds)),
    list: (below: string): Promise<Lying[]> =>
      asked(async () => {
        const found: Lying[] = [];
        for await (const page of paginateListObjectsV2({ client }, { Bucket: name, Prefix: `${prefix}${below}` }))
          for (const { Key = '', Size = 0, LastModified } of page.Contents ?? [])
            found.push({ key: Key.slice(prefix.length), bytes: Size, changedMs: LastModified?.getTime() ?? 0 });
        return found;
      }),
    /** What is not there is removed already. */
    remove: (keys: readonly string[]): Promise<void> =>
      asked(async () => {
        for (let i = 0; i < keys.length; i += DELETED_AT_ONCE) {
          const Objects = keys.slice(i, i + DELETED_AT_ONCE).map((key) => ({ Key: at(key).Key }));
          const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } }));
          const [first] = Errors;
          if (first) throw new Error(`${first.Key} could not be deleted (${first.Code})`);
        }
      }),
  };
}

/** The region as Amazon's clients find it (AWS_REGION, files): there are others whose signatures have one of their own. Most take any. */
function regionOr(usual: string): () => Promise<string> {
  const own = new S3Client({}).config.region;
  return () =>
    own().then(
      (region) => region || usual,
      () => usual,
    );
}

const WORDS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket',
  AccessDenied: 'these credentials may not do that (s3:GetObject, PutObject, DeleteObject and ListBucket are needed)',
  InvalidAccessKeyId: 'its access key is not known there',
  SignatureDoesNotMatch: 'its secret key is wrong',
  CredentialsProviderError: 'no credentials were found (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the machine’s role)',
  ECONNREFUSED: 'nobody answers at its endpoint',
  ENOTFOUND: 'its endpoint has no address',
  TimeoutError: 'it did not answer in time',
  ECONNRESET: 'it broke off in the middle of an answer',
  SlowDown: 'it is busy, and takes no more requests now (SlowDown)',
  PermanentRedirect: 'it lies in another region: AWS_REGION says which',
  AuthorizationHeaderMalformed: 'it lies in another region: AWS_REGION says which',
};

function reasonOf(error: unknown): string {
  const { name, code: ofNode, message } = error as { name?: string; code?: string; message?: string };
  // What the network says comes in an error of the client's own, as text.
  const code = /\b(ECONNREFUSED|ENOTFOUND)\b/.exec(message ?? '')?.[1] ?? (name === 'TimeoutError' ? name : ofNode);
  return WORDS[code ?? ''] ?? WORDS[name ?? ''] ?? message ?? String(error);
}
