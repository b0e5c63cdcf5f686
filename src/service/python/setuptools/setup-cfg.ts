import { normalizedName } from '../../../base/index.ts';
import type { TextFile } from '../../text.ts';
import { keyOf, under, type Declared, type Written } from './declared.ts';
import { readIni } from './ini.ts';

/** What setup.cfg declares. setuptools' manual, “Configuring setuptools using setup.cfg files”. */
export function declaredInCfg(file: TextFile): Declared {
  const sections = readIni(file);
  const lines = (section: string, key: string): readonly Written[] | undefined => sections.get(section)?.get(key);
  const one = (section: string, key: string): Written | undefined => {
    const [first] = lines(section, key) ?? [];
    // `attr:` and `file:` name where the value is.
    return first && !/^(attr|file):/.test(first.text) ? first : undefined;
  };
  const [name, version, description, requires] = [
    one('metadata', 'name'),
    one('metadata', 'version'),
    one('metadata', 'description'),
    one('options', 'python_requires'),
  ];
  const install = lines('options', 'install_requires');
  const from = install?.[0] && /^file:\s*(.+)$/.exec(install[0].text)?.[1];
  const extras = new Map<string, Written[]>();
  const conditional: Written[] = [];
  for (const [key, written] of sections.get('options.extras_require') ?? []) {
    const { extra, marker } = keyOf(key);
    const all = split(written).map((each) => under(marker, each));
    if (extra === '') conditional.push(...all);
    else extras.set(normalizedName(extra), [...(extras.get(normalizedName(extra)) ?? []), ...all]);
  }
  return {
    file,
    ...(name ? { name } : {}),
    ...(version ? { version } : {}),
    ...(description ? { description } : {}),
    ...(requires ? { requires } : {}),
    ...(from !== undefined
      ? { from: from.split(/[\s,]+/) }
      : install || conditional.length > 0
        ? { install: [...split(install ?? []), ...conditional] }
        : {}),
    extras,
    problems: [],
  };
}

/** A list stands one item a line, or divided by `;` on one line, where no marker can follow: “list-semi”. */
function split(lines: readonly Written[]): readonly Written[] {
  const [only] = lines;
  if (
    lines.length !== 1 ||
    !only ||
    !/^[^;]*;\s*[A-Za-z][\w.-]*\s*([<>=!~;[]|$)/.test(only.text) ||
    /;\s*(python_|sys_|platform_|os_name|implementation_|extra\b)/.test(only.text)
  )
    return lines;
  return [...only.text.matchAll(/[^;]+/g)].flatMap((match) => {
    const text = match[0].trim();
    const from = only.span.from + match.index + match[0].indexOf(text);
    return text === '' ? [] : [{ text, span: { from, to: from + text.length } }];
  });
}
