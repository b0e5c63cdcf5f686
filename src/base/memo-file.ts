import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256 } from './hash.ts';
import type { Memo } from './memo.ts';

/** A memo in one file. Each run keeps only what it asked for, so that the file does not grow. */
export interface MemoFile extends Memo {
  /** Writes what is new. Never throws. */
  save(): Promise<void>;
}

/** `maker` names the program's very code: what other code made is not recalled. */
export async function openMemo(path: string, maker: string): Promise<MemoFile> {
  const before = await readMemo(path, maker);
  const asked: Record<string, unknown> = {};
  let isNew = false;
  const keyOf = (kind: string, text: string): string => `${kind} ${sha256(text)}`;
  return {
    recall<T>(kind: string, text: string) {
      const key = keyOf(kind, text);
      if (before[key] === undefined) return undefined;
      asked[key] = before[key];
      return before[key] as T;
    },
    remember(kind, text, value) {
      asked[keyOf(kind, text)] = value;
      isNew = true;
    },
    async save() {
      if (!isNew) return;
      const from = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(from, JSON.stringify({ value: { maker, made: asked }, blobs: [] }));
        await rename(from, path);
      } catch {
        await rm(from, { force: true }).catch(() => {}); // the next run makes it all again
      }
    },
  };
}

async function readMemo(path: string, maker: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { value } = JSON.parse(await readFile(path, 'utf8')) as { value: { maker: string; made: Record<string, unknown> } };
    return value.maker === maker ? (value.made ?? {}) : {};
  } catch {
    return {};
  }
}
