// Every reader of this folder that finds applications; a test compares this list with the folder.
export { aiohttp } from './aiohttp.ts';
export { django } from './django.ts';
export { fastapi } from './fastapi.ts';
export { flask } from './flask.ts';
export { script } from './script.ts';
export { starlette } from './starlette.ts';
