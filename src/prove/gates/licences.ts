import type { Because } from '../../base/index.ts';
import { packagesOf } from '../../image/index.ts';
import { debianLicences, namedLicences } from '../licences/system.ts';
import { pythonLicences } from '../licences/python.ts';
import { failed, gate, listed, passed, seen } from '../outcome.ts';
import { count } from '../quantity.ts';

export const licences = gate({
  id: 'licences',
  level: 'required',
  promise: 'The licence of each package is in the image: every text that the package brought, or else its name in the package’s metadata.',
  why: 'Nearly every licence asks that its text goes along with copies, and an image is a copy; what was cut to save space cannot be handed on.',
  source: 'Debian Policy 12.5, "Copyright information"; PEP 639, "Improving License Clarity"; Apache License 2.0, 4; MIT License',
  needs: [],
  limit: () => count(0, 'missing text'),
  async measure({ tree }) {
    const all = await tree();
    const [debian, python] = [await debianLicences(all), await pythonLicences(all)];
    const [alpine, rpm] = [await namedLicences(all, 'alpine'), await namedLicences(all, 'rpm')];
    const { unread } = await packagesOf(all);
    const packages = [...debian, ...alpine, ...rpm, ...python];
    const lost = packages.flatMap(({ name, texts }) =>
      texts.filter((path) => all.resolve(path) === undefined).map((path) => ({ name, path })),
    );
    const silent = packages.filter(({ texts, named }) => texts.length === 0 && !named).map(({ name }) => name);
    const looked = seen(
      'packages',
      [
        `${debian.length} of Debian, ${alpine.length} of Alpine, ${rpm.length} of RPM, ${python.length} of Python`,
        ...unread.map(({ path, why }) => `/${path} is left out: ${why}`),
      ].join('; '),
    );
    const [first, ...rest] = lost;
    if (first) {
      const evidence: Because = [
        seen(first.name, `/${first.path} is not there`),
        ...rest.map((it) => seen(it.name, `/${it.path} is not there`)),
        looked,
      ];
      return failed(`gone: ${listed(lost.map(({ path }) => `/${path}`))}`, FIX, evidence, count(lost.length, 'missing text'));
    }
    const note = silent.length === 0 ? {} : { why: `nothing says the licence of ${listed(silent)}: its maker left it out` };
    return passed([looked], { measured: count(0, 'missing text'), ...note });
  },
});

const FIX =
  'keep them where a step cleans up: leave `/usr/share/doc/*/copyright` and `*.dist-info` out of what `rm` takes (`find /usr/share/doc -type f ! -name copyright -delete`), and copy packages whole';
