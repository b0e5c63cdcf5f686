import { folderOf } from '../../repository.ts';
import { callsOf } from '../source/walk.ts';
import { applicationReader, usual, WEIGHT } from './candidate.ts';

/** What only a page does. */
const PAGE = /^streamlit\.(title|header|write|markdown|set_page_config|navigation|dataframe|sidebar|text_input|button|metric|line_chart)\b/;

export const streamlit = applicationReader({
  id: 'python/frameworks/streamlit',
  about: 'A Streamlit page, run by `streamlit run`; files below `pages/` belong to another one.',
  source: "Streamlit's documentation, “Run your app”, “Working with configuration options”",
  reads: ['**/*.py'],
  mentions: ['streamlit'],
  read({ module, program }) {
    if (folderOf(module.path).split('/').at(-1) === 'pages') return [];
    const found = callsOf(module).find(({ call }) => PAGE.test(program.qualify(call.callee, module) ?? ''));
    if (!found) return [];
    const first = /(^|\/)(streamlit_app|Home|home)\.py$/.test(module.path) ? 4 : 0;
    const application = {
      kind: 'module',
      module: 'streamlit',
      file: module.path,
      arguments: [
        'run',
        module.path,
        '--server.address=0.0.0.0',
        '--server.port={port}',
        '--server.headless=true',
        '--browser.gatherUsageStats=false',
      ],
    } as const;
    return [
      {
        application,
        framework: 'streamlit',
        root: program.root,
        at: module.file.at(found.call),
        weight: WEIGHT.served + usual(module.path) + first,
      },
    ];
  },
});
