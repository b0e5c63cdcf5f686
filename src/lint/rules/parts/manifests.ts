import { flagValue, hasFlag, type Call } from '../../script/index.ts';
import { toolCall } from './tools.ts';

/** An install of dependencies that needs a few files and not the source. */
export interface ManifestInstall {
  /** `npm ci`. */
  readonly says: string;
  /** The files that it reads. */
  readonly manifests: readonly string[];
}

/** What each installer reads: the tools' manuals. */
const MANIFESTS: Readonly<Record<string, { readonly subcommands: readonly string[]; readonly manifests: readonly string[] }>> = {
  npm: { subcommands: ['ci', 'install', 'i'], manifests: ['package.json', 'package-lock.json'] },
  yarn: { subcommands: ['install', ''], manifests: ['package.json', 'yarn.lock'] },
  pnpm: { subcommands: ['install', 'i', 'fetch'], manifests: ['package.json', 'pnpm-lock.yaml'] },
  bun: { subcommands: ['install', 'i'], manifests: ['package.json', 'bun.lock'] },
  go: { subcommands: ['mod'], manifests: ['go.mod', 'go.sum'] },
  bundle: { subcommands: ['install', ''], manifests: ['Gemfile', 'Gemfile.lock'] },
  composer: { subcommands: ['install'], manifests: ['composer.json', 'composer.lock'] },
  poetry: { subcommands: ['install'], manifests: ['pyproject.toml', 'poetry.lock'] },
  pipenv: { subcommands: ['install', 'sync'], manifests: ['Pipfile', 'Pipfile.lock'] },
  mvn: { subcommands: ['dependency:go-offline', 'dependency:resolve'], manifests: ['pom.xml'] },
};

/** The install that a call is; undefined where it names packages, or may need the source. */
export function manifestInstall(call: Call): ManifestInstall | undefined {
  const tool = toolCall(call);
  const says = `${tool.tool} ${tool.subcommand}`.trimEnd();
  if (tool.tool === 'pip' || (tool.tool === 'uv' && tool.subcommand === 'pip')) {
    const file = flagValue(call, 'r', 'requirement');
    const only = tool.tool === 'pip' ? tool.subcommand === 'install' && tool.given.length === 0 : tool.given.length === 1;
    return !only || file === undefined || file.expands || hasFlag(call, 'e', 'editable')
      ? undefined
      : { says: `${tool.tool === 'uv' ? 'uv pip' : 'pip'} install -r`, manifests: [file.text.split('/').at(-1) ?? file.text] };
  }
  if (tool.tool === 'uv' && tool.subcommand === 'sync') return { says, manifests: ['pyproject.toml', 'uv.lock'] };
  const known = MANIFESTS[tool.tool];
  if (known === undefined || !known.subcommands.includes(tool.subcommand) || hasFlag(call, 'global', 'help', 'version')) return undefined;
  if (tool.tool !== 'go' && (tool.given.length > 0 || call.args.some(({ text }) => text === '-g'))) return undefined;
  if (tool.tool === 'go' && tool.given[0]?.text !== 'download') return undefined;
  return { says: tool.tool === 'go' ? 'go mod download' : says, manifests: known.manifests };
}
