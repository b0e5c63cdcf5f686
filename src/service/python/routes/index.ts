// Every reader of this folder; a test compares this list with the folder.
export { aiohttpRoutes } from './aiohttp.ts';
export { djangoRoutes } from './django.ts';
export { falconRoutes } from './falcon.ts';
export { fastapiRoutes } from './fastapi.ts';
export { flaskRoutes } from './flask.ts';
export { httpServerRoutes } from './http-server.ts';
export { litestarRoutes } from './litestar.ts';
export { starletteRoutes } from './starlette.ts';
export { streamlitRoutes } from './streamlit.ts';
export { tornadoRoutes } from './tornado.ts';
