import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { routesFrom } from './route.ts';

export const streamlitRoutes = reader({
  id: 'python/routes/streamlit',
  about: 'The health endpoint that every Streamlit server has.',
  source: "Streamlit's documentation, “Deploy Streamlit using Docker”, HEALTHCHECK",
  reads: ['**/*.py'],
  read(running: Running): readonly Route[] {
    const [module] = running.modules;
    const span = module?.bindings.find((b) => b.module === 'streamlit');
    if (running.framework !== 'streamlit' || !module || !span) return [];
    return [
      ...routesFrom({ methods: ['GET'], path: '/_stcore/health', module, span, readsBody: false }),
      ...routesFrom({ methods: ['GET'], path: '/', module, span, readsBody: false }),
    ];
  },
});
