// Every reader of this folder; a test compares this list with the folder.
export { aiohttpRoutes } from './aiohttp.ts';
export { djangoRoutes } from './django.ts';
export { fastapiRoutes } from './fastapi.ts';
export { flaskRoutes } from './flask.ts';
export { httpServerRoutes } from './http-server.ts';
export { starletteRoutes } from './starlette.ts';
