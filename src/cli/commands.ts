import type { Command } from 'commander';

/** A command's module: it declares its options on commander's command and says what to do. Loaded when it is chosen. */
export interface CommandModule {
  readonly define: (command: Command) => void;
}

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** In the order of the help. */
export const commands: readonly CommandEntry[] = [
  { name: 'init', summary: 'write a Dockerfile and a .dockerignore, with the reason for each part', load: () => import('./init.ts') },
  { name: 'ship', summary: 'plan, build, check: from a repository to an image that is shown to work', load: () => import('./ship.ts') },
  { name: 'plan', summary: 'what the service is and what was decided, each with its evidence', load: () => import('./plan.ts') },
  { name: 'build', summary: 'only the image', load: () => import('./build.ts') },
  { name: 'run', summary: 'run it as the checks do, with its ports published', load: () => import('./run.ts') },
  { name: 'prove', summary: 'only the checks, on the image that was built', load: () => import('./prove.ts') },
  { name: 'lint', summary: 'what is wrong with a Dockerfile, and mend it', load: () => import('./lint.ts') },
  { name: 'inspect', summary: 'why an image is as large as it is, which line did it, and what can go', load: () => import('./inspect.ts') },
  { name: 'compare', summary: 'two images side by side: size, contents, user, checks', load: () => import('./compare.ts') },
  { name: 'scan', summary: 'known vulnerabilities of what is in an image', load: () => import('./scan.ts') },
  { name: 'validate', summary: 'does an image keep to the OCI specification', load: () => import('./validate.ts') },
  { name: 'sbom', summary: 'what is installed in an image, as CycloneDX or SPDX', load: () => import('./sbom.ts') },
  {
    name: 'pin',
    summary: 'lock what a build takes, and images in files by digest; or move them to what is newest',
    load: () => import('./pin.ts'),
  },
  { name: 'explain', summary: 'any check, decision or rule, in full', load: () => import('./explain.ts') },
  { name: 'doctor', summary: 'what this machine can build and run with, and how to get the rest', load: () => import('./doctor.ts') },
  { name: 'cache', summary: 'what the store holds, and how to shrink it', load: () => import('./cache.ts') },
  { name: 'completion', summary: 'tab completion for bash, zsh or fish', load: () => import('./completion.ts') },
];
