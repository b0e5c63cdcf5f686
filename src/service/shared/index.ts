// Every reader of this folder; a test compares this list with the folder.
export { compose } from './compose.ts';
export { envExample } from './env-example.ts';
export { procfile } from './procfile.ts';
export { translations } from './translations.ts';
