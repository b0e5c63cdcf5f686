import { EnvironmentError } from '../../../base/index.ts';
import { runProcess } from '../../../base/node.ts';
import type { HostPython } from './host-python.ts';
import { lastLine } from './uv.ts';

/**
 * Compiles in one fresh process, in the given order, with a fixed hash seed: marshal's output depends on what the
 * process has interned before. Unchecked-hash files (PEP 552) hold no time. A source that this Python cannot
 * compile (templates, code for other versions) has no byte code, as with pip.
 */
const PROGRAM = `
import sys, py_compile
for line in sys.stdin:
    source, name = line.rstrip("\\n").split("\\0")
    try:
        py_compile.compile(source, dfile=name, doraise=True, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except (py_compile.PyCompileError, ValueError, RecursionError):
        pass
`;

export interface Source {
  /** On this machine. */
  readonly file: string;
  /** Absolute, in the image: it goes into the byte code, for tracebacks. */
  readonly installedAs: string;
}

/** Writes `__pycache__` beside each source. Throws EnvironmentError when the interpreter cannot run. */
export async function compileSources(python: HostPython, sources: readonly Source[]): Promise<void> {
  const end = await runProcess({
    argv: [...python.argv, '-I', '-S', '-X', 'utf8', '-c', PROGRAM],
    env: { PYTHONHASHSEED: '0', LANG: 'C.UTF-8' },
    input: sources.map((s) => `${s.file}\0${s.installedAs}\n`).join(''),
    timeoutMs: 600_000,
  });
  if (end.code !== 0)
    throw new EnvironmentError(
      `byte code could not be made: ${lastLine(end)}`,
      'pass `--no-bytecode`: the image is smaller and starts more slowly',
      'permanent',
    );
}
