import { cause } from './cause.ts';

/** Texts that a licence asks to keep, wherever they lie. */
const LICENCE = /(?:^|\/)(?:copyright|licen[cs]e|copying|notice|authors)/i;

export const documentation = cause({
  id: 'documentation',
  title: 'manuals and documentation',
  why: 'Nobody reads a manual in a container.',
  source: 'dpkg.cfg(5), "path-exclude"; Filesystem Hierarchy Standard 3.0, "/usr/share/doc", "/usr/share/man"',
  fix: 'before packages are installed: `RUN printf "path-exclude=/usr/share/doc/*\\npath-include=/usr/share/doc/*/copyright\\npath-exclude=/usr/share/man/*\\n" > /etc/dpkg/dpkg.cfg.d/slim`; or a slim base',
  matches: ({ path }) =>
    (/^usr\/(?:local\/)?(?:share\/)?(?:doc|man|info|gtk-doc|lintian|doc-base)\//.test(path) ||
      (path.includes('node_modules/') && /\.(?:md|markdown)$/i.test(path)) ||
      (path.includes('-packages/') && /\/(?:site|dist)-packages\/[^/]+\/docs?\//.test(path))) &&
    !LICENCE.test(path),
});
