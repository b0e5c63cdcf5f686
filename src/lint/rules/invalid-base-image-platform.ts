import { formatPlatform } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';
import { fromWords } from './parts/from.ts';

export const invalidBaseImagePlatform = rule({
  id: 'invalid-base-image-platform',
  aliases: ['InvalidBaseImagePlatform'],
  presets: ['buildkit', 'recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'The base image is for the platform that is asked for.',
  why: 'An image of another architecture does not start, or runs under emulation, many times slower.',
  source: 'BuildKit, "InvalidBaseImagePlatform"; the platform of an image is known where a store or a registry was asked',
  examples: [
    { text: 'FROM --platform=linux/arm64 «example»\n', bases: { example: 'linux/amd64' } },
    { text: 'FROM example\n', bases: { example: 'linux/amd64' } },
  ],
  *detect({ evaluation, platformOf }) {
    for (const { name, at, platform } of evaluation.images) {
      const actual = platformOf(name);
      if (actual === undefined || actual === `${platform.os}/${platform.architecture}`) continue;
      const word = at?.name === 'FROM' ? fromWords(at)[0] : undefined;
      yield {
        span: word?.span ?? at?.span ?? { start: 0, end: 0 },
        message: `\`${name}\` is for ${actual}, and the build is for ${formatPlatform(platform)}`,
        instruction: at,
        ...(at === undefined ? { lines: { start: 0, end: 0 } } : {}),
      };
    }
  },
});
