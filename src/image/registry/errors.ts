import { EnvironmentError, UserError } from '../../base/index.ts';

/** What a registry serves is not the image that it names. Where an image is judged this is a finding; elsewhere it is exit 3. */
export class ContentError extends EnvironmentError {}

/** The registry answers, and has nothing of that name. */
export class AbsentError extends UserError {}

export const contentError = (where: string, what: string): ContentError =>
  new ContentError(
    `${where}: ${what}`,
    'try again; if it stays, push the image anew: what the registry, a mirror or a proxy serves is damaged or was changed',
  );

/** What lies under `fetch failed` and `terminated`. */
export const causeOf = (error: unknown): unknown => (error instanceof Error && error.cause !== undefined ? error.cause : error);

/**
 * The codes in the body of a registry's error: distribution-spec, "Error Codes". Only these words are repeated: the
 * messages beside them are the other side's, who may put in what it was sent.
 */
export function codesIn(body: Uint8Array): readonly string[] {
  try {
    const { errors } = JSON.parse(Buffer.from(body).toString('utf8')) as { errors?: readonly { code?: unknown }[] };
    return (errors ?? []).flatMap(({ code }) => (typeof code === 'string' && /^[A-Z_]{3,32}$/.test(code) ? [code] : []));
  } catch {
    return [];
  }
}
