import { seedTests } from './seed.testing.ts';

seedTests('appointments');
