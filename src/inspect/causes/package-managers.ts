import { cause } from './cause.ts';

const DEBIAN = /^(?:apt|libapt-pkg[\d.]+|apt-utils|aptitude)$/;
const PYTHON = /^(?:pip|setuptools|wheel|uv|poetry|poetry-core|pipenv|pdm|virtualenv)$/;
const PATHS =
  /(?:^|\/)(?:(?:site|dist)-packages\/(?:pip|setuptools|_distutils_hack|pkg_resources|wheel)(?:-[^/]+\.(?:dist|egg)-info)?\/|lib(?:64)?\/python3[\d.]*\/ensurepip\/|lib\/node_modules\/(?:npm|corepack|yarn|pnpm)\/)|^opt\/yarn-|(?:^|\/)bin\/(?:uvx?|poetry|pip[\d.]*|pnpm|bun)$|^usr\/(?:bin|lib|libexec)\/(?:apt(?:-[a-z]+)?(?:\/|$)|libapt-pkg)|^usr\/bin\/apt-|^(?:usr\/)?sbin\/apk$|^(?:usr\/)?lib\/libapk\.so/;

export const packageManagers = cause({
  id: 'package-managers',
  title: 'package managers',
  why: 'A running container installs nothing, and whoever gets into it would.',
  source: 'NIST SP 800-190, 4.1.2; Google, "Distroless" container images',
  fix: 'let the last stage stand on an image without them and `COPY --from` only what runs; pip goes with `RUN pip uninstall -y pip` in the RUN that installs',
  matches: ({ path, owner }) =>
    (owner?.by === 'debian' && DEBIAN.test(owner.name)) || (owner?.by === 'python' && PYTHON.test(owner.name)) || PATHS.test(path),
});
