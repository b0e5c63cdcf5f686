import { errorCode, messageOf } from '../base/index.ts';
import type { AskJob } from './types.ts';

export type Asked =
  | { readonly ok: true; readonly value: unknown; readonly asOf: string }
  /** `there`: somebody answered, only not this. Where nobody did, asking the same host again is of no use. */
  | { readonly ok: false; readonly there: boolean; readonly why: string };

/** No answer of a source that is asked has half as much; the tracker's whole file has 70 MB. */
const LARGEST = 512 * 1024 * 1024;

type Got =
  | { readonly ok: true; readonly bytes: Buffer; readonly asOf: string }
  | { readonly ok: false; readonly there: boolean; readonly why: string };

/**
 * One request for JSON; whatever goes wrong is a value. A login in the address is sent as a header and never shown. `body`
 * makes it a POST. Throws only when the job is aborted.
 */
export async function askJson(address: string, job: AskJob, body?: unknown): Promise<Asked> {
  const got = await askBytes(address, job, body);
  if (!got.ok) return got;
  try {
    return { ok: true, value: JSON.parse(got.bytes.toString('utf8')) as unknown, asOf: got.asOf };
  } catch {
    return { ok: false, there: true, why: `${shown(address)} answers with what is no JSON` };
  }
}

/** The same for any content. */
export async function askBytes(address: string, job: AskJob, body?: unknown): Promise<Got> {
  const { url, headers } = withLogin(address);
  if (url === undefined) return { ok: false, there: false, why: `\`${shown(address)}\` is no http or https address` };
  const timeout = AbortSignal.timeout(job.withinMs);
  try {
    const response = await fetch(url, {
      signal: job.signal ? AbortSignal.any([job.signal, timeout]) : timeout,
      headers: { accept: 'application/json, */*;q=0.1', ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return { ok: false, there: true, why: `${shown(address)} answers HTTP ${response.status}` };
    }
    const date = Date.parse(response.headers.get('date') ?? '');
    return { ok: true, bytes: await bytesOf(response), asOf: new Date(Number.isNaN(date) ? job.nowMs : date).toISOString() };
  } catch (error) {
    job.signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const why = timeout.aborted
      ? `did not answer in ${job.withinMs / 1000} s`
      : `cannot be reached (${errorCode(cause) ?? messageOf(cause)})`;
    return { ok: false, there: false, why: `${shown(address)} ${why}` };
  }
}

async function bytesOf(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST) throw new Error(`more than ${LARGEST} bytes came`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function withLogin(address: string): { url?: URL; headers: Record<string, string> } {
  if (!URL.canParse(address)) return { headers: {} };
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { headers: {} };
  const login = [url.username, url.password].map(decodeURIComponent).join(':');
  [url.username, url.password] = ['', ''];
  return { url, headers: login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` } };
}

/** An address for people: its host and path, nothing of what may be secret in it. */
export function shown(address: string): string {
  if (!URL.canParse(address)) return address.replace(/\/\/[^/]*@/, '//').replace(/\?.*/, '');
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}
