import type { LabelType } from '../../hadolint-settings.ts';
import type { Report, Subject } from '../../types.ts';
import { plain, reportAt } from './hadolint.ts';

/** Labels of a type whose value is not of that type. */
export function* wrongLabels(
  { reading, hadolint }: Pick<Subject, 'reading' | 'hadolint'>,
  type: LabelType | undefined,
  isRight: (value: string) => boolean,
  says: string,
): Iterable<Report> {
  const names = Object.keys(hadolint.labelSchema).filter((name) => type === undefined || hadolint.labelSchema[name] === type);
  for (const { content, at } of plain(reading)) {
    if (content.name !== 'LABEL') continue;
    for (const name of names) {
      const wrong = content.pairs.find((pair) => pair.name === name && !isRight(pair.value));
      if (wrong !== undefined) yield reportAt(at, `the label \`${name}\` ${says}`, wrong.span);
    }
  }
}
