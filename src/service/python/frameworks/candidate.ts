import type { Evidence } from '../../../base/index.ts';
import type { Reader } from '../../reader.ts';
import type { Application, Framework } from '../../types.ts';
import type { Module } from '../source/module.ts';
import type { Program } from '../source/program.ts';

/** A module with the folder that is on the interpreter's path when it is imported. */
export interface Located {
  readonly module: Module;
  readonly program: Program;
}

export interface Candidate {
  readonly application: Application;
  readonly framework: Framework;
  /** Folder that is first on the interpreter's path. */
  readonly root: string;
  readonly at: Evidence;
  /** Where the framework is seen, when not there. */
  readonly frameworkAt?: Evidence;
  /** More is better; equal is equally good. */
  readonly weight: number;
  /** Started only where somebody names it. */
  readonly byNameOnly?: true;
}

/** Finds what a server or `python` may start in one module. */
export interface ApplicationReader extends Reader<Located, readonly Candidate[]> {
  /** A file without any of these words is not parsed for this reader. */
  readonly mentions: readonly string[];
  /** Full names whose call shows that a program is of this framework, whoever serves it. */
  readonly shownBy?: { readonly framework: Framework; readonly makers: readonly string[] };
}

export const applicationReader = (definition: ApplicationReader): ApplicationReader => definition;

/** Weights by what is found; the distance between them outweighs name and depth together. */
export const WEIGHT = { object: 100, factory: 85, served: 70, script: 40 } as const;

const USUAL_FILES = new Set([
  'main',
  'app',
  'wsgi',
  'asgi',
  'server',
  'application',
  'api',
  'run',
  'manage',
  'index',
  '__init__',
  '__main__',
]);
const USUAL_OBJECTS = new Set(['app', 'application', 'api', 'create_app', 'make_app']);

/** How usual a name and place are: frameworks' tutorials all say main.py, app.py and `app`, near the top. */
export function usual(path: string, object?: string): number {
  const parts = path.split('/');
  const stem = (parts.at(-1) ?? '').replace(/\.py$/, '');
  const depth = Math.min(parts.length - 1, 5);
  return (USUAL_FILES.has(stem) ? 4 : 0) + (object !== undefined && USUAL_OBJECTS.has(object) ? 3 : 0) - depth / 10;
}
