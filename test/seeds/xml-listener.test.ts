import { seedTests } from './seed.testing.ts';

seedTests('xml-listener');
