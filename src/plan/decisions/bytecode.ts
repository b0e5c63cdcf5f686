import { inferred } from '../../base/index.ts';
import { byDefault, configured, decision, flagged, type Answer } from '../decision.ts';

export const bytecode = decision({
  id: 'bytecode',
  question: 'Is byte code of the dependencies in the image?',
  choices: {
    dependencies: 'the service starts sooner; a few megabytes more',
    none: 'smallest; every start compiles each module anew, for the root is read-only',
  },
  why: 'Python cannot keep byte code under a read-only root, so without it every container compiles its dependencies at each start (measured: npm run bench:start). Unchecked-hash files (PEP 552) stay valid whatever the modification times.',
  key: 'bytecode',
  decide({ config, flags }): Answer {
    const say = (choice: string): string => (choice === 'none' ? 'no: smaller, slower to start' : 'yes: the service starts sooner');
    if (flags.bytecode !== undefined)
      return flagged(flags.bytecode, say(flags.bytecode), flags.bytecode === 'none' ? '--no-bytecode' : '--bytecode');
    if (config.bytecode !== undefined) return configured(config.bytecode, say(config.bytecode), 'bytecode');
    return byDefault(
      'dependencies',
      say('dependencies'),
      inferred('bytecode/read-only', 'under a read-only root Python compiles at every start'),
    );
  },
});
