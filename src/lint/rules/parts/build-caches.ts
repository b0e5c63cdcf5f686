import type { StageStep } from '../../stages/index.ts';
import { officialName } from './official-images.ts';
import { is, type ToolCall } from './tools.ts';

/** What a builder fetches or compiles, and would need again in the next build. */
export interface BuildCache {
  /** Folders for root, in the images where they are known. */
  readonly folders: readonly string[];
  readonly fills: (tool: ToolCall) => boolean;
  /** Official images, or the beginning of their names, in which the folders are these. */
  readonly image: RegExp;
  /** Later RUNs of the stage work with what lies there. */
  readonly isNeededLater: boolean;
}

/** The tools' manuals; the folders: the Dockerfiles of these images. */
const BUILD_CACHES: readonly BuildCache[] = [
  {
    folders: ['/go/pkg/mod', '/root/.cache/go-build'],
    fills: (tool) =>
      (is(tool, 'go', 'build', 'install', 'test', 'generate') && !tool.given.some(({ text }) => text.includes('@'))) ||
      (is(tool, 'go', 'mod') && tool.given[0]?.text === 'download'),
    image: /^golang$/,
    isNeededLater: true,
  },
  { folders: ['/root/.m2'], fills: (tool) => tool.tool === 'mvn', image: /^maven$|^eclipse-temurin$/, isNeededLater: true },
  {
    folders: ['/usr/local/cargo/registry'],
    fills: (tool) => is(tool, 'cargo', 'build', 'install', 'fetch', 'test'),
    image: /^rust$/,
    isNeededLater: true,
  },
  {
    folders: ['/root/.nuget/packages'],
    fills: (tool) => is(tool, 'dotnet', 'restore', 'build', 'publish'),
    image: /^mcr\.microsoft\.com\/dotnet\/sdk$/,
    isNeededLater: true,
  },
  { folders: ['/root/.npm'], fills: (tool) => is(tool, 'npm', 'ci', 'install', 'i'), image: /^node$/, isNeededLater: false },
  { folders: ['/root/.cache/pip'], fills: (tool) => is(tool, 'pip', 'install', 'wheel'), image: /^python$/, isNeededLater: false },
];

/** The cache that a tool fills in a base image; undefined where nobody knows its folder. */
export const buildCacheOf = (base: string, tool: ToolCall): BuildCache | undefined =>
  BUILD_CACHES.find(({ image, fills }) => image.test(officialName(base) ?? base) && fills(tool));

/** Whether a step works as root, as these images do unless USER says otherwise. */
export const isByRoot = ({ user }: StageStep): boolean => user === undefined || /^(?:root|0)(?::|$)/.test(user);
