import { configured, decision, detected, type Answer, type Context } from '../decision.ts';

export const translations = decision({
  id: 'translations',
  question: 'Are translations compiled?',
  choices: {
    compile: 'each .po file gets its .mo beside it, made anew by each build; nothing of the service runs for it',
    none: 'only the .mo files of the repository are in the image, as old as they may be',
  },
  why: "A program reads .mo files. They are made of the .po files, so they are seldom in a repository, and one that lies in somebody's folder may be out of date.",
  key: 'build.translations',
  decide({ service, config }): Answer | undefined {
    if (!service.translations) return undefined;
    if (config.build?.translations === 'none') return configured('none', 'none, as plimsoll.yaml says', 'build.translations');
    const { value, because } = service.translations;
    return detected('compile', `compiled: ${value.length === 1 ? value[0] : `${value.length} .po files`}`, ...because);
  },
});

/** Paths of the .po files to compile. */
export const translationsOf = ({ service, config }: Pick<Context, 'service' | 'config'>): readonly string[] =>
  config.build?.translations === 'none' ? [] : (service.translations?.value ?? []);
