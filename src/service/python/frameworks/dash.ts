import type { Application } from '../../types.ts';
import { sitesOf } from '../source/walk.ts';
import { applicationReader, usual, WEIGHT } from './candidate.ts';
import { objectCandidates } from './objects.ts';
import { programCandidate } from './script.ts';

const rule = { framework: 'dash', kind: 'wsgi', makers: ['dash.Dash', 'dash.dash.Dash'] } as const;

export const dash = applicationReader({
  id: 'python/frameworks/dash',
  about: 'A Dash application: `server = app.server` is what a WSGI server serves; without it the program serves by itself.',
  source: "Dash's manual, “Deploy Your Dash App”",
  reads: ['**/*.py'],
  mentions: ['dash'],
  shownBy: rule,
  read(located) {
    const { module, program } = located;
    const [made] = objectCandidates(located, rule);
    if (!made || !('object' in made.application)) return [];
    const { object, module: name } = made.application;
    for (const { statement: s, functions } of sitesOf(module)) {
      if (s.kind !== 'assign' || functions.length > 0 || s.value?.kind !== 'attribute' || s.value.name !== 'server') continue;
      const [target] = s.targets;
      if (target?.kind !== 'name' || s.value.object.kind !== 'name' || s.value.object.name !== object) continue;
      const application: Application = { kind: 'wsgi', module: name, object: target.name, factory: false, file: module.path };
      return [{ application, framework: 'dash', root: program.root, at: module.file.at(s), weight: WEIGHT.object + usual(module.path) }];
    }
    return [
      { ...programCandidate(located, 'dash', WEIGHT.served + usual(module.path), module.body[0] ?? { from: 0, to: 0 }), at: made.at },
    ];
  },
});
