/**
 * `plimsoll/dockerfile`: the Dockerfile language, for programs. It uses nothing that a browser does not have.
 *
 *     import { parse } from 'plimsoll/dockerfile';
 *     const { instructions, problems, rangeOf } = parse('FROM alpine\nRUN echo hello\n');
 */
export * from './index.ts';
