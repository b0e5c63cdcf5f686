import { cause } from './cause.ts';

export const locales = cause({
  id: 'locales',
  title: 'translations and locales',
  why: 'Messages of system programs in languages that nobody asked for, and sources of translations, which no program reads.',
  source: 'dpkg.cfg(5), "path-exclude"; locale(7); GNU gettext manual, "PO Files"',
  fix: 'before packages are installed: `RUN printf "path-exclude=/usr/share/locale/*\\n" > /etc/dpkg/dpkg.cfg.d/locales`; LANG=C.UTF-8 needs none of them',
  matches: ({ path }) =>
    (path.startsWith('usr/') &&
      (/^usr\/share\/(?:locale|i18n)\//.test(path) ||
        (path.startsWith('usr/lib/locale/') && !/^usr\/lib\/locale\/C\.utf-?8\//i.test(path)))) ||
    (/\.pot?$/.test(path) && /\/(?:site|dist)-packages\//.test(path)),
});
