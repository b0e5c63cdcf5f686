// Every reader of this folder that finds applications; a test compares this list with the folder.
export { aiohttp } from './aiohttp.ts';
export { bottle } from './bottle.ts';
export { celery } from './celery.ts';
export { dash } from './dash.ts';
export { django } from './django.ts';
export { falcon } from './falcon.ts';
export { fastapi } from './fastapi.ts';
export { flask } from './flask.ts';
export { grpc } from './grpc.ts';
export { litestar } from './litestar.ts';
export { quart } from './quart.ts';
export { sanic } from './sanic.ts';
export { script } from './script.ts';
export { starlette } from './starlette.ts';
export { streamlit } from './streamlit.ts';
export { tornado } from './tornado.ts';
