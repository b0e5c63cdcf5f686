import { inferred } from '../../base/index.ts';
import { byDefault, chosen, configured, decision, detected, type Answer } from '../decision.ts';

/** No port: a worker or a batch job. */
export const NO_PORT = 'none';

/** Where a framework's own way to serve listens when nothing is said: `web.run_app` of aiohttp, `Flask.run`, in their manuals. */
const OWN_DEFAULTS: Readonly<Record<string, number>> = { aiohttp: 8080, flask: 5000, bottle: 8080, dash: 8050, streamlit: 8501 };
/** What listens only where its source says so. */
const SILENT: readonly string[] = ['script', 'celery', 'grpc'];

export const port = decision({
  id: 'port',
  question: 'Which port does it listen on?',
  choices: {},
  why: 'EXPOSE, the health check and every manifest name it. Above 1024, so that no privilege is needed.',
  key: 'port',
  decide(context): Answer {
    const { config, service } = context;
    if (config.port !== undefined) return configured(String(config.port), `TCP ${config.port}`, 'port');
    if (service.port) {
      const { port: number, variable } = service.port.value;
      return detected(String(number), `TCP ${number}${variable === undefined ? '' : `, from ${variable}`}`, ...service.port.because);
    }
    const server = chosen(context, 'server');
    if (server === 'own' && !service.framework)
      return byDefault(NO_PORT, 'none: nothing in the source listens', inferred('port/none', 'no port is read or bound'));
    if (server === 'own' && SILENT.includes(service.framework?.value ?? ''))
      return byDefault(NO_PORT, 'none: nothing in the source listens', inferred('port/none', 'no port is read or bound'));
    const number = (server === 'own' && OWN_DEFAULTS[service.framework?.value ?? '']) || 8000;
    return byDefault(
      String(number),
      `TCP ${number}`,
      inferred('port/default', `the default of ${server === 'own' ? (service.framework?.value ?? 'the framework') : server}`),
    );
  },
});
