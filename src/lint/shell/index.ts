export {
  hasArg,
  hasFlag,
  hasSequence,
  isCall,
  operands,
  valuesOf,
  withoutValuesOf,
  type Argument,
  type Command,
  type CommandFlag,
} from './command.ts';
export { readScript, type Script } from './read.ts';
