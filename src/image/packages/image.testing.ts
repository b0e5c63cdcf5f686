import { encodeHead, endOfTar, paddingOf } from '../tar/index.ts';
import { flatten, type ImageTree } from '../layer/flatten.ts';

/** A tree of layers that are given as path → text; a text that begins with `→ ` is a link. */
export function treeOf(...layers: readonly Readonly<Record<string, string | Uint8Array>>[]): Promise<ImageTree> {
  return flatten(
    layers.map((files) => ({
      async *tar() {
        for (const [path, said] of Object.entries(files)) {
          const target = typeof said === 'string' && said.startsWith('→ ') ? said.slice(2) : undefined;
          const content = target === undefined ? Buffer.from(said as string) : Buffer.alloc(0);
          const type = target === undefined ? 'file' : 'symlink';
          yield encodeHead({
            path,
            type,
            mode: 0o644,
            uid: 0,
            gid: 0,
            mtimeSeconds: 0,
            sizeBytes: content.length,
            ...(target === undefined ? {} : { target }),
          });
          yield content;
          yield new Uint8Array(paddingOf(content.length));
        }
        yield endOfTar();
      },
    })),
  );
}
