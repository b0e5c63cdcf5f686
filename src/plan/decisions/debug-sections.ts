import { inferred } from '../../base/index.ts';
import { byDefault, configured, decision, type Answer } from '../decision.ts';

export const debugSections = decision({
  id: 'debug-sections',
  question: 'Do debug sections of libraries stay?',
  choices: {
    strip: 'smaller; every loaded byte and the build id stay, so a debugger can still fetch symbols',
    keep: 'files exactly as their wheels have them',
  },
  why: 'Some wheels carry more debug data than program (uvloop: 14 of 16 MB). Only sections that are never loaded are taken out; RECORD gets the new hash and size.',
  key: 'debugSections',
  decide({ config }): Answer {
    if (config.debugSections !== undefined) return configured(config.debugSections, config.debugSections, 'debugSections');
    return byDefault(
      'strip',
      'no: sections that are never loaded are taken out',
      inferred('debug-sections/unloaded', 'no program reads them'),
    );
  },
});
