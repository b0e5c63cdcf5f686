import { callsOf } from '../source/walk.ts';
import { applicationReader, usual, WEIGHT } from './candidate.ts';
import { programCandidate } from './script.ts';

const MAKERS = ['grpc.server', 'grpc.aio.server'];

export const grpc = applicationReader({
  id: 'python/frameworks/grpc',
  about: 'A gRPC server: the module that makes it.',
  source: "gRPC's documentation, “Basics tutorial, Python”, “Starting the server”",
  reads: ['**/*.py'],
  mentions: ['grpc'],
  shownBy: { framework: 'grpc', makers: MAKERS },
  read(located) {
    const { module, program } = located;
    const found = callsOf(module).find(({ call }) => MAKERS.includes(program.qualify(call.callee, module) ?? ''));
    return found ? [programCandidate(located, 'grpc', WEIGHT.object + usual(module.path), found.call)] : [];
  },
});
