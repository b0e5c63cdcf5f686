import { manifestInstall } from './manifests.ts';
import { installsPackages, type ToolCall } from './tools.ts';

/** What builds and installs, by tool and subcommand. */
const WORK: Readonly<Record<string, RegExp>> = {
  pip: /^install$/,
  npm: /^(?:ci|i|install|run|build)$/,
  yarn: /^(?:install|build|run|add)?$/,
  pnpm: /^(?:i|install|build|run|add)$/,
  bundle: /^(?:install)?$/,
  composer: /^(?:install|require)$/,
  gem: /^install$/,
  go: /^(?:build|install|mod)$/,
  cargo: /^(?:build|install|fetch)$/,
  make: /^(?!.*clean)/,
  mvn: /./,
  gradle: /./,
  dotnet: /^(?:restore|build|publish)$/,
  'docker-php-ext-install': /./,
};

/** Whether an image is broken when it fails: installs of packages and dependencies, and builds. */
export const isWork = (tool: ToolCall): boolean =>
  installsPackages(tool) || manifestInstall(tool.call) !== undefined || (WORK[tool.tool]?.test(tool.subcommand) ?? false);
