/** What to do in place of an installer that goes straight into a shell. Source: the installation pages of these projects. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /deb\.nodesource\.com|rpm\.nodesource\.com|nvm-sh\/nvm|creationix\/nvm|fnm\.vercel\.app|tj\/n\//,
    'start from `node:VERSION`, or copy Node.js from it',
  ],
  [/install\.python-poetry\.org|get-poetry/, '`python3 -m venv /opt/poetry && /opt/poetry/bin/pip install poetry==VERSION`'],
  [/astral\.sh\/uv/, '`COPY --from=ghcr.io/astral-sh/uv:VERSION /uv /bin/`'],
  [/get-pip\.py|bootstrap\.pypa\.io/, '`python3 -m ensurepip`, or the package `python3-pip`'],
  [/get-helm|get\.helm\.sh/, 'download `helm-VERSION` and check its `.sha256sum`'],
  [/get\.docker\.com/, '`COPY --from=docker:VERSION-cli /usr/local/bin/docker /usr/local/bin/`'],
  [/golangci-lint/, '`COPY --from=golangci/golangci-lint:VERSION /usr/bin/golangci-lint /usr/local/bin/`'],
  [/bun\.sh\/install/, '`COPY --from=oven/bun:VERSION /usr/local/bin/bun /usr/local/bin/`'],
  [/deno\.land\/(?:x\/)?install/, '`COPY --from=denoland/deno:bin-VERSION /deno /usr/local/bin/`'],
  [/getcomposer\.org/, '`COPY --from=composer:VERSION /usr/bin/composer /usr/local/bin/`'],
  [
    /dot\.net\/|dotnet-install\.sh/,
    'start from `mcr.microsoft.com/dotnet/sdk:VERSION`, or `COPY --from=mcr.microsoft.com/dotnet/sdk:VERSION /usr/share/dotnet /usr/share/dotnet`',
  ],
  [/get\.pnpm\.io/, '`corepack enable pnpm`, or `npm install -g pnpm@VERSION`'],
];

/** Whether there is a better way for that very tool. */
export const hasAdvice = (url: string): boolean => ADVICE.some(([pattern]) => pattern.test(url));

/** What to do instead of running what a URL sends. */
export const installerAdvice = (url: string): string =>
  ADVICE.find(([pattern]) => pattern.test(url))?.[1] ?? 'download a version, check its sha256, and run that';
