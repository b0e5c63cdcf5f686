import { replace, type Dockerfile, type Instruction } from '../../../dockerfile/index.ts';
import type { Fix } from '../../types.ts';

/** Writes MAINTAINER as the label that tools read. */
export function asLabel({ escape }: Dockerfile, { args, span }: Instruction): Fix | undefined {
  const author = args.form === 'text' ? args.word.text.replace(/^"(.*)"$/, '$1') : '';
  if (author === '') return undefined;
  const quoted = author.replaceAll(/["$\\`]/g, (char) => `${escape}${char}`);
  return { title: 'write it as a label', edits: [replace(span, `LABEL org.opencontainers.image.authors="${quoted}"`)] };
}
