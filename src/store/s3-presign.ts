import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** As much of a request as is signed. */
type Request = {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
};
type AuthScheme = NonNullable<Parameters<Extract<S3Client['config']['signer'], (...args: never[]) => unknown>>[0]>;
type Presigner = { presign(request: Request, options: { readonly expiresIn: number }): Promise<Request> };

/**
 * The address by which anybody may GET this object for so long: made by the client's own signer (credentials, region and form of the address as for its
 * other requests), out of a request that is not sent. `saveAs`: what a browser calls it.
 */
export async function presignedUrl(
  client: S3Client,
  at: { readonly Bucket: string; readonly Key: string },
  saveAs: string,
  expiresIn: number,
): Promise<string> {
  const command = new GetObjectCommand({ ...at, ResponseContentDisposition: `attachment; filename="${saveAs}"` });
  let url = '';
  command.middlewareStack.addRelativeTo(
    (_next: unknown, context: { authSchemes?: AuthScheme[] }) =>
      async ({ request }: { request: unknown }) => {
        const { signer } = client.config;
        if (typeof signer !== 'function') throw new Error('the client of the bucket has no signer of its own');
        const presigner = (await signer(context.authSchemes?.[0])) as unknown as Presigner;
        const asked = request as Request;
        // What a browser sends of itself is not signed, but for the host; of its body, which is empty, a presigned request says nothing (SigV4 of S3).
        const headers = { host: asked.headers.host ?? '', 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' };
        url = addressOf(await presigner.presign({ ...asked, headers }, { expiresIn }));
        return { response: undefined, output: { $metadata: {} } };
      },
    { name: 'presign', relation: 'before', toMiddleware: 'httpSigningMiddleware' },
  );
  await client.send(command);
  return url;
}

function addressOf({ protocol, hostname, port, path, query = {} }: Request): string {
  // As they were signed: `URLSearchParams` would write a blank as a plus.
  const words = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`);
  return `${protocol}//${hostname}${port ? `:${port}` : ''}${path}?${words.join('&')}`;
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
