import { hasFlag, operands, type Call } from '../../script/index.ts';

/** What is meant for development alone, with what its makers name for production. */
const SERVERS: readonly { readonly is: (call: Call) => boolean; readonly instead: string }[] = [
  { is: (call) => call.program === 'flask' && firstWords(call).includes('run'), instead: 'gunicorn or another WSGI server' },
  {
    is: (call) => [call.word, ...call.args].some(({ text }) => text.endsWith('manage.py')) && firstWords(call).includes('runserver'),
    instead: 'gunicorn or uvicorn',
  },
  {
    is: (call) => /^(?:uvicorn|gunicorn|hypercorn|granian|daphne)$/.test(call.program) && hasFlag(call, 'reload'),
    instead: 'the same without `--reload`',
  },
  { is: (call) => call.program === 'fastapi' && firstWords(call)[0] === 'dev', instead: '`fastapi run`' },
  { is: (call) => /^(?:npm|yarn|pnpm|bun)$/.test(call.program) && isDevelopmentScript(call), instead: 'the built program' },
  {
    is: ({ program }) => /^(?:nodemon|ts-node-dev|tsnd|webpack-dev-server|browser-sync|air|CompileDaemon|reflex|watchmedo)$/.test(program),
    instead: 'the program itself',
  },
  {
    is: (call) =>
      /^(?:node|tsx|bun)$/.test(call.program) && (hasFlag(call, 'watch') || (call.program === 'tsx' && firstWords(call)[0] === 'watch')),
    instead: 'the program itself',
  },
  {
    is: (call) => call.program === 'vite' && /^(?:dev|serve|undefined)$/.test(String(firstWords(call)[0])),
    instead: 'what `vite build` makes',
  },
  {
    is: (call) =>
      /^(?:next|nuxt|nuxi|astro|remix|svelte-kit|gatsby)$/.test(call.program) && /^dev(?:elop)?$/.test(firstWords(call)[0] ?? ''),
    instead: 'what its `build` makes',
  },
  { is: (call) => /^(?:ng|vue-cli-service|webpack)$/.test(call.program) && firstWords(call)[0] === 'serve', instead: 'the built files' },
  { is: (call) => call.program === 'react-scripts' && firstWords(call)[0] === 'start', instead: 'the built files' },
  { is: (call) => call.program === 'nest' && hasFlag(call, 'watch'), instead: '`node dist/main.js`' },
  {
    is: (call) => [call.word, ...call.args].some(({ text }) => /(?:^|\/)artisan$/.test(text)) && firstWords(call).includes('serve'),
    instead: 'php-fpm, FrankenPHP or Octane',
  },
  { is: (call) => call.program === 'php' && call.args.some(({ text }) => text === '-S'), instead: 'php-fpm or FrankenPHP' },
  {
    is: (call) => call.program === 'symfony' && /^(?:serve|server:start)$/.test(firstWords(call)[0] ?? ''),
    instead: 'php-fpm or FrankenPHP',
  },
  {
    is: (call) =>
      /^(?:rails|puma)$/.test(call.program) &&
      call.args.some(({ text }, i) => text === 'development' && /^-e$|^--environment$/.test(call.args[i - 1]?.text ?? '')),
    instead: 'the production environment',
  },
  {
    is: (call) => /^(?:go|cargo|dotnet)$/.test(call.program) && /^(?:run|watch)$/.test(firstWords(call)[0] ?? ''),
    instead: 'the built program: this one compiles at each start',
  },
  {
    is: (call) =>
      /^(?:mvnw?|gradlew?)$/.test(call.program) &&
      call.args.some(({ text }) => /(?:^|:)(?:spring-boot:run|bootRun|quarkus:dev|quarkusDev|jetty:run|tomcat7:run)$/.test(text)),
    instead: '`java -jar` with the built file',
  },
];

const firstWords = (call: Call): readonly string[] => operands(call).map(({ text }) => text);

function isDevelopmentScript(call: Call): boolean {
  const words = firstWords(call);
  return /^(?:dev|develop|watch|start:dev|start:debug|start:development|dev:\w+|serve:dev)$/.test(
    (words[0] === 'run' ? words[1] : words[0]) ?? '',
  );
}

/** The first call that is meant for development, with what is there for production. */
export function developmentServer(calls: readonly Call[]): { readonly call: Call; readonly instead: string } | undefined {
  for (const call of calls) {
    const known = SERVERS.find(({ is }) => is(call));
    if (known !== undefined) return { call, instead: known.instead };
  }
  return undefined;
}
